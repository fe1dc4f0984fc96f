// Tables that Python's csv, pandas and pyarrow wrote, in dialects and layouts drawn at random, read back value by value.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Manifest } from "../../../src/shards/manifest.ts";
import { MISSING } from "../../../src/shards/rows.ts";
import { type Imported, importFiles } from "./opened.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "golden", "tables");

type Value = string | number | null;
type Expected = {
  file: string;
  rows: [number, number | null, number | null, string | null, string | null][];
};
const tables: Expected[] = JSON.parse(readFileSync(join(FOLDER, "tables.json"), "utf8"));

function filesOf(name: string): Record<string, Uint8Array<ArrayBuffer>> {
  const path = join(FOLDER, name);
  const read = (file: string) => Uint8Array.from(readFileSync(file));
  if (!statSync(path).isDirectory()) return { [name]: read(path) };
  const inside = readdirSync(path, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".parquet"),
  );
  return Object.fromEntries(inside.toSorted().map((file) => [file, read(join(path, file))]));
}

/** The rows as their values, in the order of the data set's columns. */
function valuesOf({ manifest, rows, vocabulary }: Imported): Value[][] {
  const words = manifest.columns.map(({ name }) =>
    vocabulary.filter((line) => line.startsWith(`${name}\t`)).map((line) => line.split("\t")[1]!),
  );
  return rows.train.map(([label, ...cells]) => [
    label!,
    ...cells.map((cell, c) => {
      if (manifest.columns[c]!.kind === "category") return words[c]![cell - 1]! || null;
      return cell === MISSING || Number.isNaN(cell) ? null : cell;
    }),
  ]);
}

const inOrder = (manifest: Manifest, row: Expected["rows"][number]): Value[] => {
  const [label, depth, price, site, user] = row;
  const of: Record<string, Value> = {
    depth,
    price: price === null ? null : Math.fround(price),
    site,
    user_id: user,
  };
  return [label, ...manifest.columns.map(({ name }) => of[name]!)];
};

// A vocabulary has a value a line.
const kept = (value: Value) => (typeof value === "string" ? value.replace(/[\t\n]/g, " ") : value);

it.each(tables)("$file", async ({ file, rows }) => {
  const imported = await importFiles(
    filesOf(file),
    {},
    { threshold: 0, rule: "over", split: "none", idOrder: "count" },
  );
  const { manifest } = imported;
  expect(manifest.columns.map(({ name }) => name).toSorted()).toEqual(["depth", "price", "site", "user_id"]);
  expect(manifest.badLines).toBe(0);
  expect(valuesOf(imported)).toEqual(rows.map((row) => inOrder(manifest, row).map(kept)));
});

it.each(["structs.parquet", "structs.arrow"])(
  "fields of records are columns of their own: %s",
  async (file) => {
    const imported = await importFiles(filesOf(file), {}, { threshold: 0, rule: "over", split: "none" });
    expect(imported.source.columns!.map(({ name, role }) => [name, role])).toEqual([
      ["click", "label"],
      ["device.make", "category"],
      ["device.price", "integer"],
      ["device.geo.country", "category"],
      ["tags", "several"],
      ["hits.pages", "several"],
    ]);
    expect(valuesOf(imported)).toEqual(
      JSON.parse(readFileSync(join(FOLDER, "structs.json"), "utf8")) as Value[][],
    );
  },
);

it.each(["decimals.parquet", "decimals.arrow"])(
  "decimals are kept apart beyond what a float holds: %s",
  async (file) => {
    const imported = await importFiles(filesOf(file), {}, { threshold: 0, rule: "over", split: "none" });
    const sign = (i: number) => (i % 2 ? "-" : "");
    expect(imported.source.noticed).toEqual([]);
    expect(imported.manifest.columns.map(({ name }) => name)).toEqual([
      "price",
      "user_id",
      "item_id",
      "deep.id",
    ]);
    expect(valuesOf(imported)).toEqual(
      Array.from({ length: 40 }, (_, i) => [
        i % 4 === 0 ? 1 : 0,
        Math.fround(i / 100 - 1),
        i % 9 === 0 ? null : `${sign(i)}${9007199254740993n + BigInt(i % 20)}`,
        `${900719925474099300n + BigInt(i % 20)}`,
        `${10n ** 20n + BigInt(i % 3)}`,
      ]),
    );
  },
);
