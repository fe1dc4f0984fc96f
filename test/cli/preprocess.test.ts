import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { diskFolder } from "../../src/cli/files.ts";
import { syntheticLog } from "../../src/preprocess/synthetic.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { logLine } from "../preprocess/made.ts";
import { runCommand } from "./command.ts";

const place = mkdtempSync(join(tmpdir(), "preprocess-"));
const output = join(place, "dataset");
const input = join(place, "log.txt.gz");
const log = Array.from({ length: 500 }, (_, i) => logLine(i % 2, [i], [i % 3 ? "aaaaaaaa" : ""])).join("\n");

afterAll(() => rmSync(place, { recursive: true }));
beforeEach(() => {
  for (const name of readdirSync(place)) rmSync(join(place, name), { recursive: true });
  writeFileSync(input, gzipSync(log));
});

describe("preprocess", () => {
  it("makes a data set of a gzip log, and says what it holds", async () => {
    const { code, result } = await runCommand("preprocess", [
      `--input=${input}`,
      `--output=${output}`,
      "--threshold=20",
    ]);
    expect(code).toBe(0);
    expect(result).toMatchObject({ rows: 500, badLines: 0 });
    expect(readdirSync(place).toSorted()).toEqual(["dataset", "log.txt.gz"]);
    const dataset = await openDataset(diskFolder(output));
    expect(dataset.manifest).toMatchObject({ name: "log", source: { files: ["log.txt.gz"], lines: 500 } });
    expect(dataset.manifest.splits.train).toEqual(result.splits.train);
    await dataset.close();
  });

  it("takes a folder's files as the splits that they are named for", async () => {
    const folder = join(place, "Criteo_x4");
    mkdirSync(folder);
    const header = "Label,I1,I2,C1\n";
    for (const [name, rows] of Object.entries({ train: 30, valid: 10, test: 20 }))
      writeFileSync(join(folder, `${name}.csv`), header + `1,${rows},,aaaaaaaa\n`.repeat(rows));
    writeFileSync(join(folder, "README.md"), "# Criteo_x4\n");
    const { code, result, stderr } = await runCommand("preprocess", [
      `--input=${folder}`,
      `--output=${output}`,
    ]);
    expect(code).toBe(0);
    expect(result.splits).toMatchObject({ train: { rows: 30 }, valid: { rows: 10 }, test: { rows: 20 } });
    expect(stderr).toContain("reading CSV: train.csv, valid.csv, test.csv");
    expect(stderr).toContain("README.md");
    const several = await runCommand("preprocess", [
      ...["test", "train"].map((name) => `--input=${join(folder, `${name}.csv`)}`),
      `--output=${output}2`,
      "--split=hash",
      "--valid_share=0.3",
      "--test_share=0",
      "--seed=3",
      "--rule=at-least",
      "--threshold=50",
      "--fitted_on=train",
      "--id_order=first-seen",
    ]);
    const { rules, splits } = JSON.parse(readFileSync(join(`${output}2`, "manifest.json"), "utf8"));
    expect(rules).toEqual({
      rule: "at-least",
      threshold: 50,
      split: "hash",
      seed: 3,
      validShare: 0.3,
      testShare: 0,
      fittedOn: "train",
      idOrder: "first-seen",
    });
    expect(splits.valid.rows).toBeGreaterThan(5);
    expect(splits.train.rows + splits.valid.rows).toBe(50);
    expect(several.result.splits).toEqual(splits);
  });

  it("knows MindSpore's options", async () => {
    mkdirSync(join(place, "origin_data"));
    const lines = Array.from({ length: 40 }, (_, i) => `1\t${i}\t${20 - (i % 2)}\t${100 + (i % 3)}`);
    writeFileSync(join(place, "origin_data", "train.txt"), lines.join("\n"));
    const { code } = await runCommand("preprocess", [
      `--data_path=${place}`,
      `--output=${output}`,
      "--dense_dim=1",
      "--slot_dim=2",
      "--threshold=9",
      "--train_line_count=30",
      "--skip_id_convert=1",
      "--split=none",
    ]);
    expect(code).toBe(0);
    expect(readFileSync(join(output, "vocabulary.tsv"), "utf8").split("\n").slice(1, 6)).toEqual([
      "C1\t19\t15",
      "C1\t20\t15",
      "C2\t100\t10",
      "C2\t101\t10",
      "C2\t102\t10",
    ]);
  });

  it("gives new rows the ids of a data set, and says by which rules they were chosen", async () => {
    const base = `${output}1`;
    await runCommand("preprocess", [`--input=${input}`, `--output=${base}`, "--threshold=20"]);
    const args = [`--input=${input}`, `--output=${output}`, `--vocabulary=${base}`];
    expect((await runCommand("preprocess", [...args, "--threshold=3"])).code).toBe(2);
    const { code, result } = await runCommand("preprocess", args);
    expect(code).toBe(0);
    expect(result).not.toHaveProperty("warning");
    const { rules, splits } = JSON.parse(readFileSync(join(output, "manifest.json"), "utf8"));
    expect(rules).toMatchObject({ rule: "over", threshold: 20, fittedOn: "given" });
    expect(splits.test.rows).toBe(500);
    const exported = await runCommand("export", [output, "--mindspore", `--output=${output}2`]);
    expect(exported.result.threshold).toBe(20);
    writeFileSync(input, gzipSync(log.replaceAll("aaaaaaaa", "AAAAAAAA")));
    const strange = await runCommand("preprocess", [
      `--input=${input}`,
      `--output=${output}3`,
      `--vocabulary=${base}`,
    ]);
    expect(strange.result.warning.code).toBe("values-unseen");
    expect(strange.stderr).toContain("67 % of the rows of log have a value in C1 that log has no id for");
  });

  it("writes the same bytes on three threads as on one", async () => {
    const pieces: Uint8Array[] = [];
    for await (const piece of syntheticLog({ rows: 40_000, seed: 1 })) pieces.push(piece);
    writeFileSync(input, Buffer.concat(pieces));
    for (const threads of [1, 3]) {
      const { code, stderr } = await runCommand("preprocess", [
        `--input=${input}`,
        `--output=${output}${threads}`,
        `--threads=${threads}`,
        "--threshold=5",
      ]);
      expect(code, stderr).toBe(0);
    }
    for (const name of readdirSync(`${output}1`))
      expect(
        readFileSync(join(`${output}3`, name)).equals(readFileSync(join(`${output}1`, name))),
        name,
      ).toBe(true);
  });

  it.each([
    ["a truncated gzip", () => writeFileSync(input, gzipSync(log).subarray(0, 300)), "log-truncated"],
    ["an empty file", () => writeFileSync(input, ""), "log-empty"],
    ["a file of another kind", () => writeFileSync(input, "a,b,c\n1,2,3\n"), "label-unclear"],
    ["a log of other columns", () => writeFileSync(input, "1\t2\tx\n"), "log-columns"],
    ["no file", () => rmSync(input), "file-unreadable"],
    ["to replace a file", () => writeFileSync(output, "precious"), "output-exists"],
  ])("refuses %s in a sentence, and leaves nothing behind", async (_, prepare, expected) => {
    prepare();
    const { code, result, stderr } = await runCommand("preprocess", [
      `--input=${input}`,
      `--output=${output}`,
    ]);
    expect(code).toBe(1);
    expect(result.problem.code).toBe(expected);
    expect(stderr).toContain(result.problem.sentence);
    expect(existsSync(`${output}.partial`)).toBe(false);
  });

  it("does not write over a data set", async () => {
    const made = await runCommand("preprocess", [`--input=${input}`, `--output=${output}`]);
    expect(made.code).toBe(0);
    const again = await runCommand("preprocess", [`--input=${input}`, `--output=${output}`]);
    expect(again.result.problem.code).toBe("output-exists");
    expect(existsSync(join(output, "manifest.json"))).toBe(true);
  });

  it("lets files keep the order in which they number their values", async () => {
    const files = join(import.meta.dirname, "..", "golden", "formats", "fuxictr");
    const { code, stderr } = await runCommand("preprocess", [
      `--input=${files}`,
      `--output=${output}`,
      "--id_order=first-seen",
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain("leave --id_order out");
    expect(existsSync(output)).toBe(false);
  });

  it("says wrong usage with exit code 2", async () => {
    const { code, stderr } = await runCommand("preprocess", [
      `--input=${input}`,
      `--output=${output}`,
      "--test_share=2",
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain("--test_share");
  });
});
