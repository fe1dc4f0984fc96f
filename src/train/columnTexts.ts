// The values of a data set's columns in words, which it is opened once more for.

import type { NumberModes } from "../base/numberModes.ts";
import { problemError } from "../base/result.ts";
import type { DatasetLocation } from "../datasets/requests.ts";
import { createValueTexts, type ValueTexts } from "../insight/valueTexts.ts";

/**
 * Of the data set at `location`, for a model that numbers enter by `integers`. Throws a ProblemError where its content has another
 * identity than `identity`: other values would stand behind the ids.
 */
export async function readValueTexts(
  location: DatasetLocation,
  identity: string,
  integers: NumberModes,
): Promise<ValueTexts> {
  const { openAt } = await import("../datasets/openAt.ts");
  const { categoryTexts } = await import("../preprocess/export/json.ts");
  const { dataset, folder } = await openAt(location, () => {});
  try {
    const { manifest } = dataset;
    if (dataset.identity !== identity) throw problemError("dataset-changed", { name: manifest.name });
    return createValueTexts(manifest, integers, await categoryTexts(folder, manifest));
  } finally {
    await dataset.close();
  }
}
