// A data set's statistics → the three dictionaries that MindSpore's preprocessing script keeps: the integers' maxima and
// minima (both start at 0 there) and the values' counts. The script pickles them, which only Python should do: a few lines
// of it lie beside the JSON.
//
// The script counts every value; a data set keeps the frequent ones alone. With the threshold that `exportMindSpore`
// returns the script gives these the same ids as this studio: its own order, column by column.

import type { OutputFolder } from "../../shards/byteSink.ts";
import type { Folder } from "../../shards/byteSource.ts";
import { integerColumns, type Manifest } from "../../shards/manifest.ts";
import { readVocabulary } from "../vocabularyFile.ts";
import type { Exported } from "./fuxictr.ts";
import { textOf, writeJson } from "./json.ts";

const TO_PICKLES = `"""Pickles the dictionaries beside this script, as MindSpore's preprocessing script keeps them."""

import collections
import json
import pathlib
import pickle

here = pathlib.Path(__file__).parent
for name in ("val_max_dict", "val_min_dict", "cat_count_dict"):
    content = json.loads((here / f"{name}.json").read_text(encoding="utf-8"))
    if name == "cat_count_dict":
        content = {column: collections.defaultdict(int, counts) for column, counts in content.items()}
    (here / f"{name}.pkl").write_bytes(pickle.dumps(content))
`;

/** Writes the dictionaries; `threshold` is what the script's get_cat2id must be given. */
export async function exportMindSpore(
  manifest: Manifest,
  folder: Folder,
  output: OutputFolder,
): Promise<Omit<Exported, "rows"> & { threshold: number }> {
  const integers = integerColumns(manifest);
  const vocabulary = await readVocabulary(folder, manifest);
  const bounds = (bound: (column: (typeof integers)[number]) => number) =>
    new Map(integers.map((column, c) => [`val_${c + 1}`, bound(column) / (column.scale ?? 1)]));
  const counts = new Map(
    vocabulary.map((values, c) => [
      `cat_${c + 1}`,
      new Map(values.map(({ value, count }) => [textOf(value), count])),
    ]),
  );
  await writeJson(
    output,
    "val_max_dict.json",
    bounds(({ maximum }) => Math.max(0, maximum ?? 0)),
  );
  await writeJson(
    output,
    "val_min_dict.json",
    bounds(({ minimum }) => Math.min(0, minimum ?? 0)),
  );
  await writeJson(output, "cat_count_dict.json", counts);
  const script = await output.create("to_pickles.py");
  await script.write(new TextEncoder().encode(TO_PICKLES));
  await script.close();
  // The script takes values that occur more often than its threshold.
  const { rule, threshold } = manifest.rules;
  return {
    files: ["val_max_dict.json", "val_min_dict.json", "cat_count_dict.json", "to_pickles.py"],
    threshold: rule === "over" ? threshold : threshold - 1,
  };
}
