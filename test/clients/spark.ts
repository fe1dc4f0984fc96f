// The Spark job on a cluster of this machine, beside `preprocess`: the same vocabulary, columns and rows from the same logs.

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { syntheticLog } from "../cli/syntheticLog.ts";
import { at, check, command, environment, fail, skipped } from "./environment.ts";
import { preparedInStore, S3_KEYS } from "./objectStore.ts";

const requirements = join(import.meta.dirname, "../../src/export/spark/job/requirements.txt");

interface Case {
  name: string;
  /** Files of the log, in their order. */
  files: Record<string, string>;
  /** Of `preprocess` and of the job. */
  options: string[];
  /** Whether the job is shown the log: one that is not Criteo's. */
  shown: boolean;
}

export async function sparkJobs(): Promise<void> {
  if (spawnSync("java", ["-version"]).status !== 0) return void skipped("Spark", "there is no Java");
  const python = environment("spark", readFileSync(requirements, "utf8"));
  if (!python) return;
  const pairs: string[] = [];
  const prepare = (job: string, input: string, output: string) =>
    submit(python, [join(job, "prepare.py"), `--input=${input}`, `--output=${output}`, "--block_kb=64"]);
  for (const [index, one] of cases().entries()) {
    const log = at(`${one.name}-log`);
    mkdirSync(log);
    for (const [file, text] of Object.entries(one.files)) writeFileSync(join(log, file), text, "latin1");
    const [job, made, expected] = ["job", "spark", "studio"].map((kind) => at(`${one.name}-${kind}`));
    await command("preprocess", `--input=${log}`, `--output=${expected}`, ...one.options);
    const shown = one.shown ? [`--input=${join(log, Object.keys(one.files)[0]!)}`] : [];
    await command("export", "--spark", `--output=${job}`, ...shown, ...one.options);
    if (!prepare(job!, log, made!)) continue;
    await command("inspect", made!);
    pairs.push(made!, expected!);
    if (index > 0) continue;
    const copied = await preparedInStore(python, log, (input, output) => prepare(job!, input, output));
    if (copied) pairs.push(copied, expected!);
  }
  check(python, "check_spark.py", pairs);
  await sameFigures(pairs);
}

/** spark-submit on two processors of this machine. */
function submit(python: string, args: string[]): boolean {
  const options = ["--master", "local[2]", "--conf", "spark.ui.enabled=false"];
  const { status, stderr } = spawnSync(join(python, "../spark-submit"), [...options, ...args], {
    encoding: "utf8",
    env: { ...process.env, ...S3_KEYS, PYSPARK_PYTHON: python },
  });
  if (status !== 0) fail(`spark-submit: ${stderr.trim().split("\n").slice(-30).join("\n")}`);
  return status === 0;
}

/** A model's figures on the test rows do not depend on who made the data set. */
async function sameFigures([made, expected]: string[]): Promise<void> {
  if (!made || !expected) return;
  await command("train", `--dataset_path=${made}`, `--ckpt_path=${at("spark-model")}`, "--preset=demo");
  const checkpoint = readdirSync(at("spark-model")).findLast((file) => file.endsWith(".safetensors"));
  const path = `--checkpoint_path=${at(`spark-model/${checkpoint}`)}`;
  const ours = (await command("eval", `--dataset_path=${made}`, path)).auc.fused;
  const theirs = (await command("eval", `--dataset_path=${expected}`, path)).auc.fused;
  if (ours !== theirs) fail(`eval: an AUC of ${ours} instead of ${theirs}`);
  else process.stdout.write(`Spark: eval gives an AUC of ${ours} on either data set\n`);
}

/** Of a row each: a cell's place, and how a label, a number or a value is written there. */
const ODD_CELLS: [number, string][] = [
  ...written([" 1", "1.0", "1.000e+00", "0e0", "01"], 0),
  ...written(
    ["12.0", "007", "+5", "1e2", " 5 ", "1 234", "1\u00c2\u00a0234", "2147483647", "-2147483647"],
    1,
  ),
  ...written(["2147483648", "-2147483648", "NaN", "-", "  "], 2),
  ...written(["null", " ", "ABCDEF01", "M\u00c3\u00bcnchen", "M\u00fcnchen"], 14),
];

function written(texts: string[], place: number): [number, string][] {
  return texts.map((text) => [place, text]);
}

function cases(): Case[] {
  const lines = syntheticLog(4000).split("\n").slice(0, -1);
  lines[70] = "1\t2";
  lines[2500] = lines[2500]!.replace("\t", "\tabc");
  lines[3999] = "";
  const parts = () => ({
    "part-2.txt": lines.slice(0, 1500).join("\n"),
    "part-9.txt": lines.slice(1500, 1600).join("\r\n"),
    "part-10.txt": `${lines.slice(1600).join("\n")}\n`,
  });
  const criteo = parts();
  for (const [row, [place, text]] of ODD_CELLS.entries()) {
    const cells = lines[300 + row]!.split("\t");
    cells[place] = text;
    lines[300 + row] = cells.join("\t");
  }
  return [
    { name: "criteo", files: criteo, options: ["--threshold=5"], shown: false },
    {
      name: "mindspore",
      files: parts(),
      options: ["--rules=mindspore", "--threshold=3", "--id_order=first-seen"],
      shown: true,
    },
    { name: "random", files: tables(), options: [...tableOptions("random"), "--seed=7"], shown: true },
    { name: "time", files: tables(), options: [...tableOptions("time"), "--test_last=6h"], shown: true },
  ];
}

function tableOptions(split: string): string[] {
  const columns = [
    { name: "price", role: "number", ...(split === "random" && { fill: "0.5" }) },
    { name: "device", role: "category", missing: ["unknown"] },
    { name: "hour", role: "time" },
    { name: "city", role: "category", fill: "none" },
    { name: "age", role: "integer", missing: ["-1"] },
    { name: "row", role: "id" },
    { name: "clicked", role: "label", click: "yes" },
  ];
  const file = at("columns.json");
  writeFileSync(file, JSON.stringify(columns));
  return [`--columns=${file}`, "--threshold=2", `--split=${split}`];
}

/** Semicolons, quotes, a header with columns in another order in the second file, fractions, words for nothing. */
function tables(): Record<string, string> {
  let state = 1;
  const next = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
  const names = ["row", "price", "device", "hour", "city", "age", "clicked"];
  const row = (number: number) => {
    const price = ["", "nan", String(next(5000)), (next(9000) / 7).toFixed(3), "1e-3", "-0.25"][next(6)]!;
    const day = String(1 + Math.floor(number / 600)).padStart(2, "0");
    const device = ["phone", "unknown", "", "null", "tab let", 'a ""big"" one'][next(6)]!;
    const city = ["M\u00c3\u00bcnchen", "a;b", "", "NA", "0a1b2c3d", " "][next(6)]!;
    const quote = (text: string) => (/[";]/.test(text) || next(9) === 0 ? `"${text}"` : text);
    const cells = [number, price, quote(device), `2026-03-${day} ${String(next(24)).padStart(2, "0")}:00:00`];
    return [...cells, quote(city), ["-1", "30", " 41", "7", ""][next(5)], next(4) === 0 ? "yes" : "no"].map(
      String,
    );
  };
  const rows = Array.from({ length: 3000 }, (_, number) => row(number));
  rows[900]![5] = "young";
  rows[1700]![6] = "maybe";
  rows[901]![5] = "\u00fc";
  rows[902]![2] = "b\u00f6se";
  rows[1701]![6] = "m\u00c3\u00bcde";
  rows[1200]![3] = "NaT";
  rows[1201]![3] = "0000-00-00 00:00:00";
  rows[2500]![3] = "2026/03/04T05:00:00,25+01:00";
  rows[2501]!.pop();
  const text = (some: string[][], order: number[]) =>
    [names, ...some].map((cells) => order.map((place) => cells[place]).join(";")).join("\n");
  return {
    "a.csv": text(rows.slice(0, 2000), [0, 1, 2, 3, 4, 5, 6]),
    "b.csv": text(rows.slice(2000), [6, 2, 4, 1, 0, 5, 3]),
  };
}
