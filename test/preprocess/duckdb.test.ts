// DuckDB as an oracle: what it counts in a log is what the manifest says, and what it reads in the shards is the log.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { syntheticLog } from "../../src/preprocess/synthetic.ts";
import { categoryColumns, integerColumns } from "../../src/shards/manifest.ts";
import { MISSING } from "../../src/shards/rows.ts";
import { type Made, makeDataset } from "./made.ts";

// A native package, which not every platform has.
const duckdb = await import("@duckdb/node-api").catch(() => null);

const ROWS = 20_000;
const THRESHOLD = 20;
const place = mkdtempSync(join(tmpdir(), "duckdb-"));
const integers = Array.from({ length: 13 }, (_, c) => `I${c + 1}`);
const categories = Array.from({ length: 26 }, (_, c) => `C${c + 1}`);

const connection = duckdb && (await (await duckdb.DuckDBInstance.create()).connect());
afterAll(() => connection?.closeSync());

/** The rows of a query, numbers as numbers. */
async function query(sql: string): Promise<unknown[][]> {
  const reader = await connection!.runAndReadAll(sql);
  return reader.getRows().map((row) => row.map((cell) => (typeof cell === "bigint" ? Number(cell) : cell)));
}

describe.skipIf(!duckdb)("DuckDB", () => {
  let made: Made;
  const shards = `read_parquet('${place}/*.parquet')`;

  beforeAll(async () => {
    const pieces: Uint8Array[] = [];
    for await (const piece of syntheticLog({ rows: ROWS, seed: 5 })) pieces.push(piece);
    const text = Buffer.concat(pieces);
    writeFileSync(join(place, "log.tsv"), text);
    made = await makeDataset(text, { threshold: THRESHOLD });
    for (const [name, bytes] of made.files) writeFileSync(join(place, name), bytes);
    const names = ["label", ...integers, ...categories].map((name) => `'${name}'`).join();
    await query(
      `create table log as select * from read_csv('${place}/log.tsv',
        delim='\t', header=false, all_varchar=true, quote='', names=[${names}])`,
    );
  });
  afterAll(() => rmSync(place, { recursive: true }));

  it("finds the same rows, clicks, bounds and missing integers", async () => {
    const [totals, ...columns] = await query(
      [
        `select count(*), sum(label::int), 0 from log`,
        ...integers.map(
          (name) => `select min(${name}::int), max(${name}::int), count(*) - count(${name}) from log`,
        ),
      ].join(" union all "),
    );
    const { splits } = made.manifest;
    expect(totals).toEqual([
      splits.train.rows + splits.test.rows,
      splits.train.positives + splits.test.positives,
      0,
    ]);
    expect(columns).toEqual(
      integerColumns(made.manifest).map(({ minimum, maximum, missing }) => [minimum, maximum, missing]),
    );
  });

  it("counts the same values", async () => {
    const counts = categories
      .map((name, c) => `select ${c} as c, coalesce(${name}, '') as v, count(*) as n from log group by v`)
      .join(" union all ");
    const frequent = await query(
      `select c, v, n from (${counts}) where n > ${THRESHOLD} order by c, n desc, v`,
    );
    const vocabulary = new TextDecoder()
      .decode(made.files.get("vocabulary.tsv"))
      .trimEnd()
      .split("\n")
      .slice(1);
    expect(vocabulary).toEqual(frequent.map(([c, v, n]) => [categories[c as number], v, n].join("\t")));
    const distinct = await query(`select c, count(*) from (${counts}) group by c order by c`);
    expect(categoryColumns(made.manifest).map((column) => column.distinct)).toEqual(
      distinct.map(([, n]) => n),
    );
  });

  it("opens the Parquet shards, which hold the log's integers and each value as often as it occurs", async () => {
    const sums = (from: string, present: (name: string) => string) =>
      `select count(*), sum(label::int), ${integers.map((name) => `sum(${name}::bigint) filter (${present(name)})`).join()} from ${from}`;
    expect(await query(sums(shards, (name) => `${name} <> ${MISSING}`))).toEqual(
      await query(sums("log", (name) => `${name} is not null`)),
    );
    const ids = await query(
      `${categories
        .map(
          (name, c) =>
            `select ${c} as c, ${name} as id, count(*) as n from ${shards} where ${name} > 0 group by id`,
        )
        .join(" union all ")} order by c, id`,
    );
    const vocabulary = new TextDecoder()
      .decode(made.files.get("vocabulary.tsv"))
      .trimEnd()
      .split("\n")
      .slice(1);
    expect(ids.map(([c, , n]) => `${categories[c as number]} ${n}`)).toEqual(
      vocabulary.map((line) => line.split("\t")).map(([column, , count]) => `${column} ${count}`),
    );
  });
});
