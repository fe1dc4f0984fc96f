// Troubles that people reported with files of clicks, each with what is right: computed apart, with pandas.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { OpenOptions } from "../../../src/preprocess/formats/logSource.ts";
import type { Rules } from "../../../src/shards/manifest.ts";
import { MISSING } from "../../../src/shards/rows.ts";
import { type Imported, importFiles, openFiles } from "./opened.ts";

const CASES = join(import.meta.dirname, "..", "..", "golden", "cases");

/** A case's file, or all files of its folder, named from below it. */
function caseFiles(path: string): Record<string, Uint8Array<ArrayBuffer>> {
  const place = join(CASES, path);
  const read = (file: string) => Uint8Array.from(readFileSync(file));
  if (/\.\w+$|\/day_0$/.test(path)) return { [path.split("/").at(-1)!]: read(place) };
  const names = readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(place.length + 1));
  return Object.fromEntries(names.toSorted().map((name) => [name, read(join(place, name))]));
}

function importCase(path: string, options: OpenOptions = {}, rules: Partial<Rules> = {}): Promise<Imported> {
  return importFiles(caseFiles(path), options, { threshold: 1, ...rules });
}

const counts = ({ manifest: { splits, badLines } }: Imported) => [
  splits.train.rows + splits.valid.rows + splits.test.rows,
  splits.train.positives + splits.valid.positives + splits.test.positives,
  badLines,
];

async function refusal(path: string, options: OpenOptions = {}): Promise<string> {
  const cause = await openFiles(caseFiles(path), options).then(
    () => null,
    (caught: unknown) => caught as { problem: { sentence: string; remedy: string } },
  );
  return `${cause?.problem.sentence} ${cause?.problem.remedy}`;
}

describe("a folder", () => {
  it.each(["01-dac-folder/dac", "01-dac-folder/dac_b"])("%s: train.txt alone is read", async (path) => {
    const imported = await importCase(path);
    expect(counts(imported)).toEqual([300, 94, 0]);
    expect(imported.source.files).toEqual(["train.txt"]);
    expect(imported.source.leftOut).toMatchObject([
      { name: "readme.txt", reason: expect.stringMatching(/no table/) },
      { name: "test.txt", reason: expect.stringMatching(/has no label/) },
    ]);
  });

  it("with a log beside itself packed has its rows once", async () => {
    const imported = await importCase("31-packed-and-unpacked/criteo");
    expect(counts(imported)[0]).toBe(600);
    expect(imported.source.leftOut).toEqual([{ name: "day_0.gz", reason: "its rows are those of day_0" }]);
  });

  it("is read without what is hidden in it", async () => {
    const imported = await importCase("32-hidden-folder/data");
    const { train, test } = imported.manifest.splits;
    expect([train.rows, test.rows]).toEqual([400, 100]);
    expect(imported.source.leftOut).toHaveLength(2);
  });

  it("of FuxiCTR's is read without a test split that has no label", async () => {
    const imported = await importCase("34-test-without-label/x");
    expect(imported.source.leftOut).toMatchObject([
      { name: "test.parquet", reason: expect.stringContaining('no column "label"') },
    ]);
    expect(counts(imported)[0]).toBeGreaterThan(0);
  });
});

describe("an archive", () => {
  it.each(["train_only.tar.gz", "train_only.tar", "dac.tar.gz", "dac_train_first.tar.gz"])(
    "%s: every row of its train.txt",
    async (name) => {
      const imported = await importCase(`02-dac-tar-gz/${name}`);
      expect(counts(imported)).toEqual([300, 94, 0]);
      expect(imported.source.files).toEqual([`${name}/train.txt`]);
    },
  );
});

describe("a dialect", () => {
  it("with blanks behind its commas is that without", async () => {
    const layout = { integers: 1, categories: 1 };
    const [spaced, plain] = await Promise.all(
      ["criteo_like", "nospace"].map((name) => importCase(`03-csv-spaces/${name}.csv`, { layout })),
    );
    expect(spaced!.rows).toEqual(plain!.rows);
    expect(spaced!.vocabulary).toEqual(plain!.vocabulary);
  });

  it.each(["semicolon.csv", "pipe.csv", "utf16.csv"])("%s is read like the log itself", async (name) => {
    const log = await importCase("01-dac-folder/dac");
    const imported = await importCase(`08-separators/${name}`);
    expect(imported.rows).toEqual(log.rows);
    expect(imported.vocabulary).toEqual(log.vocabulary);
  });

  it("of blanks is read", async () => {
    const imported = await importCase("08-separators/space.txt");
    expect(counts(imported)).toEqual([300, 94, 0]);
    expect(imported.manifest.columns).toHaveLength(39);
  });

  it.each([
    ["criteo.libsvm", /is in libsvm's form .*as CSV/],
    ["criteo.libffm", /is in libffm's form .*as CSV/],
  ])("%s is named", async (name, sentence) => {
    expect(await refusal(`08-separators/${name}`)).toMatch(sentence);
  });
});

describe("a value that is missing", () => {
  it.each(["train.txt", "train.csv", "nan.txt", "nan.csv"])("%s: \\N or NaN in numbers", async (name) => {
    const log = await importCase("01-dac-folder/dac");
    const imported = await importCase(`09-hive-null/${name}`);
    expect(imported.rows).toEqual(log.rows);
    expect(imported.manifest.columns).toEqual(log.manifest.columns);
  });

  it("\\N in categories", async () => {
    const log = await importCase("01-dac-folder/dac");
    const imported = await importCase("09-hive-null/cats_null.txt");
    expect(imported.vocabulary).toEqual(log.vocabulary);
    expect(imported.rows).toEqual(log.rows);
  });
});

describe("a label", () => {
  it.each(["minus1.csv", "true_false.csv", "quoted.csv"])("of %s is 0 or 1", async (name) => {
    const log = await importCase("01-dac-folder/dac");
    expect((await importCase(`16-labels/${name}`)).rows).toEqual(log.rows);
  });

  it("is found by its name behind all other columns", async () => {
    const log = await importCase("01-dac-folder/dac");
    expect((await importCase("04-label-last/criteo.csv")).rows).toEqual(log.rows);
  });

  it.each([
    ["is_click", "is_click.csv"],
    ["is_clicked", "is_clicked.csv"],
    ["Clicked_on_Ad", "Clicked_on_Ad.csv"],
    ["conversion", "conversion.csv"],
  ])("named %s is one when one says so", async (label, name) => {
    const imported = await importCase(`38-label-names/${name}`, {
      label,
      layout: { integers: 0, categories: 2 },
    });
    expect(counts(imported)[0]).toBeGreaterThan(100);
    expect(imported.manifest.columns.map((column) => column.name)).toEqual(["user_id", "video_id"]);
  });

  it("of a name that may mean something else is asked for", async () => {
    expect(await refusal("38-label-names/conversion.csv")).toMatch(
      /no column whose name says that it is the label.*"conversion" holds two values.*--label/,
    );
  });
});

describe("columns", () => {
  it("in another order are those of their names", async () => {
    const right = await importCase("05-categories-first/right_order.csv");
    for (const options of [{}, { layout: { integers: 13, categories: 26 } }]) {
      const imported = await importCase("05-categories-first/x.csv", options);
      expect(imported.rows).toEqual(right.rows);
      expect(imported.manifest.columns).toEqual(right.manifest.columns);
    }
    expect(await refusal("05-categories-first/x.csv", { layout: { integers: 26, categories: 13 } })).toMatch(
      /names 13 columns I… and 26 columns C…, not 26 and 13.*--dense_dim/,
    );
  });

  it.each([
    ["train.csv", "tomorrow.csv"],
    ["train_ok.csv", "tomorrow_ok.csv"],
  ])("of %s find theirs in %s", async (train, tomorrow) => {
    const options = { layout: { integers: 0, categories: 2 } };
    const base = await importCase(`28-header-names/${train}`, options);
    const next = await importFiles(caseFiles(`28-header-names/${tomorrow}`), options, {}, base);
    const text = new TextDecoder().decode(caseFiles(`28-header-names/${tomorrow}`)[tomorrow]!);
    const [, app, site] = text.split("\n")[1]!.split(",");
    const [names] = [base.manifest.columns.map((column) => column.name)];
    const idOf = (column: string, value: string) =>
      base.vocabulary
        .filter((line) => line.startsWith(`${column}\t`))
        .findIndex((line) => line.split("\t")[1] === value) + 1;
    expect(next.rows.test[0]).toEqual([1, idOf(names[0]!, site!), idOf(names[1]!, app!)]);
  });
});

describe("FuxiCTR's map", () => {
  it("says which id is OOV", async () => {
    const { vocabulary } = await importCase("20-fuxictr-pretrained/tiny");
    const of = (column: string) =>
      vocabulary.filter((line) => line.startsWith(`${column}\t`)).map((line) => line.split("\t")[1]);
    expect(of("userid")).toEqual(["u1", "u2", "u3", "u4", "u5", "u6", "u7"]);
    expect(of("item")).toEqual(["a", "b", "c", "d"]);
  });

  it("goes with parts that are empty", async () => {
    const { manifest } = await importCase("22-fuxictr-empty-part/x");
    expect([manifest.splits.train.rows, manifest.splits.test.rows]).toEqual([150, 40]);
  });
});

describe("HDF5", () => {
  it("of Blosc is named", async () => {
    expect(await refusal("29-hdf5-blosc/blosc_fixed")).toMatch(/packed with Blosc.*complib/);
  });

  it.each(["empty_part", "series_label"])("%s is read like the plain one", async (path) => {
    const plain = await importCase("29-hdf5-blosc/plain_fixed");
    expect(counts(plain)[0]).toBe(200);
    expect((await importCase(`29-hdf5-blosc/${path}`)).rows).toEqual(plain.rows);
  });

  it("of FuxiCTR is read", async () => {
    const { manifest, rows } = await importCase("29-hdf5-blosc/fuxictr_h5");
    expect(manifest.columns.map(({ name }) => name)).toEqual(["I1", "C1"]);
    expect(rows.train.length + rows.test.length).toBe(200);
    expect(rows.train[0]![1]).not.toBe(MISSING);
  });
});

it.each([
  ["train.csv", /train.csv is a Git LFS pointer, not the file itself\. .*git lfs pull/],
  ["html.txt", /html.txt is an HTML page, not the file itself\. .*download the file again/],
])("%s: what stands for a file is named", async (name, sentence) => {
  expect(await refusal(`35-lfs-pointer/${name}`)).toMatch(sentence);
});
