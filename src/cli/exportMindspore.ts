// export --format=mindspore --job: a folder for MindSpore's tools and Ascend 310.

import { problemError } from "../base/result.ts";
import { mindsporeFolder } from "../export/mindspore/job.ts";
import type { ExportedModel } from "../export/model.ts";
import type { Fitted } from "../preprocess/fitting.ts";
import { openDataset } from "../shards/openDataset.ts";
import { UsageError } from "./arguments.ts";
import { openDevice } from "./device.ts";
import { writeJobFolder } from "./jobFolder.ts";
import { say } from "./log.ts";

/** Writes the folder; `fitted` is the data set whose test rows become its inputs, null for a folder without any. */
export async function writeMindsporeJob(
  output: string,
  model: ExportedModel,
  fitted: Fitted | null,
  batchSize: number,
): Promise<Record<string, unknown>> {
  if (batchSize < 1) throw new UsageError("--batch_size must be at least 1.");
  const written = fitted
    ? await withInputs(output, model, fitted, batchSize)
    : { files: await writeJobFolder(output, mindsporeFolder(model, batchSize, null)), rows: 0 };
  if (!fitted) say("no rows for a device are in it: name the data set with --dataset_path for these");
  say(`${output}/README.md says how to make MindIR and OM of it`);
  return written;
}

async function withInputs(output: string, model: ExportedModel, { folder }: Fitted, most: number) {
  const dataset = await openDataset(folder);
  try {
    const { rows } = dataset.manifest.splits.test;
    if (rows === 0) throw problemError("split-empty", { split: "test" });
    const batchSize = Math.min(most, rows);
    const { config, parameters, running } = model;
    const engine = await (await openDevice("WASM")).createEngine(config, model.shape);
    try {
      await engine.write({ ...(await engine.read()), parameters, running });
      const heads = config.branches.length + 1;
      const folder = mindsporeFolder(model, batchSize, {
        batches: dataset.batches({ split: "test", batchSize, integers: config.integers, shuffle: null }),
        async logits(batch) {
          const { logits } = await engine.evaluate(batch);
          return Float32Array.from({ length: batch.rowCount }, (_, r) => logits[(r + 1) * heads - 1]!);
        },
      });
      const files = await writeJobFolder(output, folder);
      const leftOut = rows % batchSize;
      if (leftOut > 0)
        say(
          `the last ${leftOut} test rows are left out: a graph for a device takes ${batchSize} rows at a time`,
        );
      return { files, batchSize, rows: rows - leftOut };
    } finally {
      engine.dispose();
    }
  } finally {
    await dataset.close();
  }
}
