// Damaged data sets: each change of a shard, of the vocabulary's place or of the manifest's text must be refused as a
// problem, or change nothing that a model would see.

import { hash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { memoryFolder } from "../../src/shards/byteSource.ts";
import { MANIFEST_FILE } from "../../src/shards/manifest.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { SHARD_FORMATS } from "../../src/shards/shardFile.ts";
import { logLine, makeDataset } from "../preprocess/made.ts";
import { changed, changes, damaged, damages } from "./damage.ts";
import { CASES, outcomeOf } from "./examine.ts";

const lines = Array.from({ length: 400 }, (_, i) =>
  logLine(
    i % 3 === 0 ? 1 : 0,
    [i, i % 7 ? -i : "", i * i],
    [`v${i % 20}`, (i % 5).toString(16).padStart(8, "0")],
  ),
);

type Files = Map<string, Uint8Array>;

/** Everything that a model would see of a data set. */
async function contentOf(files: Files): Promise<string> {
  const dataset = await openDataset(memoryFolder(files));
  const parts: unknown[] = [dataset.identity, dataset.shape("max"), dataset.shape("bucket")];
  for (const split of ["train", "test"] as const)
    for (const integers of ["max", "bucket"] as const)
      for await (const { ids, weights, labels } of dataset.batches({
        split,
        batchSize: 100,
        integers,
        shuffle: null,
      }))
        for (const array of [ids, weights, labels]) parts.push(hash("sha1", new Uint8Array(array.buffer)));
  return JSON.stringify(parts);
}

it.each(SHARD_FORMATS)("refuses %s data sets that were changed", async (format) => {
  const { files } = await makeDataset(lines.join("\n"), { threshold: 3 }, 1 << 16, { format });
  const whole = await contentOf(files);
  const byteLength = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  const shards = [...files.keys()].filter((name) => name.endsWith(`.${format}`));
  expect(shards.length).toBeGreaterThan(1);
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...shards), damages, async (name, all) => {
      const bytes = damaged(files.get(name)!.slice(), all);
      const outcome = await outcomeOf(byteLength, () => contentOf(new Map([...files, [name, bytes]])));
      if ("problem" in outcome) refused++;
      else expect(outcome.accepted).toBe(whole);
    }),
    { numRuns: CASES },
  );
  // Some changes are none: a zero to a zero, a footer's byte that says what is said elsewhere.
  expect(refused).toBeGreaterThan(0.8 * CASES);
});

it("refuses a manifest whose words were changed", async () => {
  const { files } = await makeDataset(lines.join("\n"), { threshold: 3 });
  const whole = await contentOf(files);
  const text = new TextDecoder().decode(files.get(MANIFEST_FILE));
  const byteLength = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  await fc.assert(
    fc.asyncProperty(changes, async (all) => {
      const bytes = new TextEncoder().encode(changed(text, all));
      const outcome = await outcomeOf(byteLength, () =>
        contentOf(new Map([...files, [MANIFEST_FILE, bytes]])),
      );
      if ("accepted" in outcome) expect(outcome.accepted).toBe(whole);
    }),
    { numRuns: CASES },
  );
});
