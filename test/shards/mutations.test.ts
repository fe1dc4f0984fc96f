// Damaged data sets: a few hundred random changes to manifests and shards. Each must be told as a problem, or change
// nothing that a model would see.

import { hash } from "node:crypto";
import { expect, it } from "vitest";
import { createRandom, type Random } from "../../src/base/random.ts";
import { ProblemError } from "../../src/base/result.ts";
import { memoryFolder } from "../../src/shards/byteSource.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { SHARD_FORMATS } from "../../src/shards/shardFile.ts";
import { logLine, makeDataset } from "../preprocess/made.ts";

const CASES = 150;
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

function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random.uniform() * items.length)]!;
}

/** Flips a bit, cuts, doubles or zeroes some bytes. */
function changeBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const at = Math.floor(random.uniform() * bytes.length);
  const length = 1 + Math.floor(random.uniform() * Math.min(64, bytes.length - at));
  const kind = pick(["flip", "cut", "remove", "double", "zero"] as const, random);
  const changed = bytes.slice();
  switch (kind) {
    case "flip":
      changed[at]! ^= 1 << Math.floor(random.uniform() * 8);
      return changed;
    case "cut":
      return changed.slice(0, at);
    case "remove":
      return Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(at + length)]);
    case "double":
      return Uint8Array.from([...bytes.slice(0, at + length), ...bytes.slice(at)]);
    case "zero":
      return changed.fill(0, at, at + length);
  }
}

/** Puts something else into a random place of a JSON value. */
function changeValue(value: unknown, random: Random): unknown {
  const container = typeof value === "object" && value !== null;
  if (!container || random.uniform() < 0.1)
    return pick([null, -1, 0, 1, 1.5, 2 ** 40, "", "train", [], {}, true, Number(value) + 1], random);
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  const key = pick(Object.keys(copy), random);
  if (key === undefined) return [value];
  if (random.uniform() < 0.15) delete copy[key];
  else copy[key] = changeValue(copy[key], random);
  return Array.isArray(value) ? Object.values(copy) : copy;
}

it.each(SHARD_FORMATS)("tells %s data sets that were changed from whole ones", async (format) => {
  const { files } = await makeDataset(lines.join("\n"), { threshold: 3 }, 1 << 16, { format });
  const whole = await contentOf(files);
  const random = createRandom(format.length);
  let told = 0;
  for (let i = 0; i < CASES; i++) {
    const name = pick(
      [...files.keys()].filter((file) => file !== "vocabulary.tsv"),
      random,
    );
    const bytes = files.get(name)!;
    const asValue = name === "manifest.json" && random.uniform() < 0.7;
    const changed = asValue
      ? new TextEncoder().encode(
          JSON.stringify(changeValue(JSON.parse(new TextDecoder().decode(bytes)), random)),
        )
      : changeBytes(bytes, random);
    try {
      expect(await contentOf(new Map([...files, [name, changed]])), `case ${i} of ${name}`).toBe(whole);
    } catch (cause) {
      if (!(cause instanceof ProblemError)) throw cause;
      told++;
    }
  }
  // Some changes are none: a zero to a zero, a footer's byte that says what is said elsewhere.
  expect(told).toBeGreaterThan(0.8 * CASES);
});
