import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { DEFAULT_RULES, rulesOf } from "../../../src/preprocess/rules.ts";
import { surveyedRules } from "../../../src/preprocess/splitSurvey.ts";
import { importFiles, openFiles } from "./opened.ts";
import { NAMES, ROWS, text, utf16 } from "./writtenRows.ts";

const rules = { threshold: 0 };

describe("a folder", () => {
  const log = text();
  const packed = Uint8Array.from(gzipSync(log));
  const of = async (files: Parameters<typeof openFiles>[0]) => {
    const { source, manifest } = await importFiles(files, {}, rules);
    return {
      read: source.files,
      leftOut: source.leftOut.map(({ name }) => name).toSorted(),
      lines: manifest.source.lines,
    };
  };

  it("with a log beside itself packed under another name has its rows once", async () => {
    expect(await of({ "d/train.csv": log, "d/train.gz": packed })).toEqual({
      read: ["d/train.csv"],
      leftOut: ["d/train.gz"],
      lines: 240,
    });
  });

  it("is read without what editors, browsers and tools leave in it", async () => {
    const left = {
      "d/a.csv~": log,
      "d/a.csv.bak": log,
      "d/b.csv.tmp": log.slice(0, 900),
      "d/c.crdownload": log,
      "d/Thumbs.db": "x",
      "d/~$a.csv": "x",
      "d/.git/x.csv": log,
      "d/notes.json": '{"a": 1}',
      "d/README.md": "# x\n\ntext, more, and\n",
    };
    const found = await of({ "d/a.csv": log, ...left });
    expect(found).toEqual({ read: ["d/a.csv"], leftOut: Object.keys(left).toSorted(), lines: 240 });
  });

  it("with a folder for each day has the rows of all days, though they be alike, and the day as a column", async () => {
    const files = { "d/day=2014-10-21/part-0.csv": log, "d/day=2014-10-22/part-0.csv": log.trimEnd() };
    expect((await of(files)).lines).toBe(480);
    const { form, parts } = await openFiles(files);
    const chosen = rulesOf(DEFAULT_RULES, { split: "time", testLast: "1d", validLast: "0d" });
    const surveyed = await surveyedRules(chosen, { name: "d", form, parts });
    const { source, manifest } = await importFiles(files, {}, surveyed);
    expect(source.columns?.find(({ role }) => role === "time")?.name).toBe("day");
    expect(manifest.splits).toMatchObject({ train: { rows: 240 }, test: { rows: 240 } });
  });

  it("with a folder for each label and country has both as columns", async () => {
    const parts = ["0", "1"].flatMap((click) => ["de", "New%20York"].map((country) => ({ click, country })));
    const files = parts.map(({ click, country }): [string, string] => {
      const rows = ROWS.filter(([own], i) => own === Number(click) && (i % 3 === 0) === (country === "de"));
      const lines = [NAMES.slice(1), ...rows.map(([, ...rest]) => rest)].map((row) => row.join());
      return [`d/click=${click}/country=${country}/part-0.csv`, `${lines.join("\n")}\n`];
    });
    const { manifest, vocabulary, source } = await importFiles(Object.fromEntries(files), {}, rules);
    expect(source.noticed).toEqual([]);
    const clicks = Object.values(manifest.splits).reduce((sum, { positives }) => sum + positives, 0);
    expect(clicks).toBe(60);
    expect(vocabulary.filter((line) => line.startsWith("country\t"))).toEqual([
      "country\tNew York\t160",
      "country\tde\t80",
    ]);
  });

  it("whose folders name splits has no column of them", async () => {
    const { manifest, source } = await importFiles({ "d/split=train/a.csv": log, "d/split=test/a.csv": log });
    expect(manifest.columns.map(({ name }) => name)).toEqual(["price", "age", "user", "item"]);
    expect(source.splits).toEqual([0, 2]);
  });

  it.each<[string, Parameters<typeof openFiles>[0]]>([
    ["other line ends", { "d/a.csv": log, "d/b.csv": log.replaceAll("\n", "\r\n") }],
    ["no line end behind the last row", { "d/a.csv": log, "d/b.csv": log.trimEnd() }],
    ["UTF-16", { "d/a.csv": log, "d/b.csv": utf16(log) }],
  ])("with a copy of a small log that has %s has its rows once", async (_, files) => {
    expect(await of(files)).toEqual({ read: ["d/a.csv"], leftOut: ["d/b.csv"], lines: 240 });
  });
});
