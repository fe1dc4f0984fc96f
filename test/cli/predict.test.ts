// predict as a person's script calls it: the same scores as eval, for rows with and without labels.

import {
  cpSync,
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
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCommand } from "./command.ts";
import { syntheticLog } from "./syntheticLog.ts";

const folder = mkdtempSync(join(tmpdir(), "predict-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const tomorrow = syntheticLog(1500, 2);
let checkpoint: string;

beforeAll(async () => {
  writeFileSync(at("train.txt"), syntheticLog(3000, 1));
  writeFileSync(at("tomorrow.txt"), tomorrow);
  writeFileSync(at("unlabelled.txt"), tomorrow.replaceAll(/^.\t/gm, ""));
  await good("preprocess", `--input=${at("train.txt")}`, `--output=${at("data")}`, "--threshold=3");
  await good(
    "preprocess",
    `--input=${at("tomorrow.txt")}`,
    `--output=${at("encoded")}`,
    `--vocabulary=${at("data")}`,
  );
  const small = { embeddingDim: 4, optimizer: { learningRate: 0.01 }, integers: "log", batchSize: 256 };
  const branches = [{ units: [{ size: 8, order: 2 }] }, { units: [{ size: 6, order: 1 }] }];
  writeFileSync(at("small.json"), JSON.stringify({ ...small, branches }));
  await good(
    "train",
    `--dataset_path=${at("data")}`,
    `--config=${at("small.json")}`,
    `--ckpt_path=${at("ck")}`,
  );
  checkpoint = at(`ck/${readdirSync(at("ck")).find((name) => name.endsWith(".safetensors"))}`);
}, 120_000);

async function good(command: string, ...args: string[]) {
  const { code, result, stderr } = await runCommand(command, args);
  expect(code, stderr).toBe(0);
  return result;
}

function predict(output: string, ...args: string[]) {
  return runCommand("predict", [`--checkpoint_path=${checkpoint}`, `--output=${at(output)}`, ...args]);
}

it("asks for the data set of a checkpoint that left the folder where train noted it", async () => {
  mkdirSync(at("alone"));
  cpSync(checkpoint, at("alone/a.safetensors"));
  const args = [`--checkpoint_path=${at("alone/a.safetensors")}`, `--input=${at("tomorrow.txt")}`];
  const { code, stderr } = await runCommand("predict", [...args, `--output=${at("alone/a.csv")}`]);
  expect(code).toBe(2);
  expect(stderr).toContain("no final-studio-dataset.json beside the checkpoint says where it is");
  await good("predict", ...args, `--output=${at("alone/a.csv")}`, `--dataset_path=${at("data")}`);
  // As it was noted before.
  writeFileSync(at("alone/dataset.json"), JSON.stringify({ dataset_path: "../data" }));
  await good("predict", ...args, `--output=${at("alone/b.csv")}`);
});

it("finds the data set by the note of an earlier version", async () => {
  mkdirSync(at("earlier"));
  cpSync(checkpoint, at("earlier/a.safetensors"));
  writeFileSync(at("earlier/dataset.json"), JSON.stringify({ dataset_path: "../data" }));
  const input = `--input=${at("tomorrow.txt")}`;
  await good(
    "predict",
    `--checkpoint_path=${at("earlier/a.safetensors")}`,
    input,
    `--output=${at("earlier/a.csv")}`,
  );
});

it("gives eval's scores, the same with labels and without, in CSV and in Parquet", async () => {
  const evaluated = await good("eval", `--checkpoint_path=${checkpoint}`, `--dataset_path=${at("encoded")}`);
  const { code, result, stderr } = await predict("scores.csv", `--input=${at("tomorrow.txt")}`);
  expect(code, stderr).toBe(0);
  expect(result.labelled).toMatchObject({ auc: evaluated.auc, logLoss: evaluated.logLoss, rows: 1500 });
  expect(readFileSync(at("acc.log"), "utf8")).toBe(`auc : ${evaluated.auc.fused}\n`);
  expect(readFileSync(at("auc.log"), "utf8")).toContain(`{'AUC': ${evaluated.auc.fused}, 'eval_time': `);

  const lines = readFileSync(at("scores.csv"), "utf8").trimEnd().split("\n");
  expect(lines[0]).toBe("row,probability,probability_branch1,probability_branch2,label");
  expect(lines).toHaveLength(1501);
  const labels = tomorrow
    .trimEnd()
    .split("\n")
    .map((line) => line[0]);
  expect(lines.slice(1).map((line) => line.split(",")[4])).toEqual(labels);

  const parquet = await predict("scores.parquet", `--input=${at("unlabelled.txt")}`, "--threads=2");
  expect(parquet.result).toMatchObject({ rows: 1500, labelled: null, unseenShare: result.unseenShare });
  const file = readFileSync(at("scores.parquet"));
  const rows = await parquetReadObjects({ file: new Uint8Array(file).buffer });
  expect(Object.keys(rows[0]!)).toEqual(lines[0]!.split(",").slice(0, -1));
  expect(rows.map((row) => [row.row, row.probability])).toEqual(
    lines
      .slice(1)
      .map((line) => line.split(",").slice(0, 2).map(Number))
      .map(([row, p]) => [row, Math.fround(p!)]),
  );
});

it("reads what preprocess reads: columns by their names, in any order and form, with a label or without", async () => {
  const names = ["user", "click", "price", "city"];
  const rows = Array.from({ length: 700 }, (_, i) => {
    const [user, price, city] = [(i * 7) % 23, ((i * 13) % 90) / 4, ["Köln", "a,b", 'say "x"'][i % 3]!];
    return { user: `u${user}`, click: (i * 31) % 13 < user % 11 ? 1 : 0, price, city, rowid: `r${i}` };
  });
  type Cell = number | string;
  const quoted = (value: Cell) =>
    /[",;]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : value;
  const csv = (
    columns: string[],
    { separator = ",", header = true, write = (value: Cell): Cell => value } = {},
  ) => {
    const lines = rows.map((row) => columns.map((name) => quoted(write(row[name as "user"]))));
    return [...(header ? [columns] : []), ...lines].map((cells) => `${cells.join(separator)}\n`).join("");
  };
  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(at(name), content);
    return `--input=${at(name)}`;
  };
  await good("preprocess", write("clicks.csv", csv(names)), `--output=${at("clicks")}`, "--threshold=1");
  await good(
    "train",
    `--dataset_path=${at("clicks")}`,
    `--config=${at("small.json")}`,
    `--ckpt_path=${at("clicksCk")}`,
  );
  const file = readdirSync(at("clicksCk")).find((name) => name.endsWith(".safetensors"));
  const model = [`--checkpoint_path=${at(`clicksCk/${file}`)}`, `--dataset_path=${at("clicks")}`];
  let count = 0;
  const scores = async (...args: string[]) => {
    const output = at(`clicks-${count++}.csv`);
    const result = await good("predict", ...model, ...args, `--output=${output}`);
    const [head, ...lines] = readFileSync(output, "utf8").trimEnd().split("\n");
    const column = (name: string) => lines.map((line) => line.split(",")[head!.split(",").indexOf(name)]);
    return { labelled: result.labelled, probabilities: column("probability"), ids: column("rowid") };
  };
  const right = await scores(`--input=${at("clicks.csv")}`);
  expect(new Set(right.probabilities).size).toBeGreaterThan(50);
  const german = (value: Cell) => (typeof value === "number" ? String(value).replace(".", ",") : value);
  const reversed = names.toReversed();
  const features = names.filter((name) => name !== "click");
  const labelled: [string, string | Uint8Array][] = [
    ["reversed.csv", csv(reversed)],
    ["german.csv", csv(reversed, { separator: ";", write: german })],
    ["packed.tsv.gz", gzipSync(csv(reversed, { separator: "\t" }))],
    ["rows.jsonl", rows.map((row) => `${JSON.stringify(row)}\n`).join("")],
    ["headless.csv", csv(names, { header: false })],
  ];
  for (const [name, content] of labelled) {
    const found = await scores(write(name, content));
    expect(found.probabilities, name).toEqual(right.probabilities);
    expect(found.labelled, name).toEqual(right.labelled);
  }
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const columnData = ["rowid", ...features].map((name) => ({
    name,
    data: rows.map((row) => row[name as "user"]),
  }));
  const unlabelled: [string, string | Uint8Array, string?][] = [
    ["unlabelled.csv", csv([...features, "rowid"]), "rowid"],
    ["unlabelled.parquet", new Uint8Array(parquetWriteBuffer({ columnData })), "rowid"],
    ["unlabelledHeadless.csv", csv(features, { header: false })],
    ["namedHeadless.csv", csv(["rowid", ...features], { header: false }), "1"],
  ];
  for (const [name, content, id] of unlabelled) {
    const found = await scores(write(name, content), ...(id ? [`--id_column=${id}`] : []));
    expect(found.probabilities, name).toEqual(right.probabilities);
    expect(found.labelled, name).toBeNull();
    if (id === "rowid") expect(found.ids, name).toEqual(rows.map(({ rowid }) => rowid));
  }
  const lacking = await runCommand("predict", [
    ...model,
    write("lacking.csv", csv(["user", "price"])),
    `--output=${at("never.csv")}`,
  ]);
  expect(lacking.result.problem.sentence).toMatch(
    /has the columns user, price, and clicks has a column "city"/,
  );
  const nameless = await runCommand("predict", [
    ...model,
    `--input=${at("reversed.csv")}`,
    "--id_column=nobody",
    `--output=${at("never.csv")}`,
  ]);
  expect(nameless.result.problem.code).toBe("id-column-missing");
}, 60_000);

it("says in a sentence what cannot be scored, and leaves no file", async () => {
  writeFileSync(at("half.txt.gz"), gzipSync(tomorrow).subarray(0, 9000));
  await good("preprocess", `--input=${at("tomorrow.txt")}`, `--output=${at("other")}`, "--threshold=3");
  const truncated = await predict("never.csv", `--input=${at("half.txt.gz")}`);
  expect(truncated).toMatchObject({ code: 1, result: { problem: { code: "log-truncated" } } });
  const foreign = await runCommand("predict", [
    `--checkpoint_path=${checkpoint}`,
    `--dataset_path=${at("other")}`,
    `--input=${at("tomorrow.txt")}`,
    `--output=${at("never.csv")}`,
  ]);
  expect(foreign.result.problem.code).toBe("checkpoint-other-vocabulary");
  expect(foreign.stderr).toContain("name it with --dataset_path");
  expect(readdirSync(folder).filter((name) => name.startsWith("never"))).toEqual([]);
  expect((await predict("scores.csv", `--input=${at("tomorrow.txt")}`)).result.problem.code).toBe(
    "output-file-exists",
  );
  expect(existsSync(at("never.csv"))).toBe(false);
});
