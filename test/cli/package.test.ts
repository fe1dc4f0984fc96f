// The npm package as a person installs it, away from the repository: plain Node, nothing installed beside it.

import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { syntheticLog } from "../../src/preprocess/synthetic.ts";

const root = resolve(import.meta.dirname, "..", "..");
const place = mkdtempSync(join(tmpdir(), "package-"));
const run = promisify(execFile);
// npm's own command is a script of the shell on Windows.
const npm = (args: string[], cwd: string) => run("npm", args, { cwd, shell: process.platform === "win32" });

beforeAll(async () => {
  await npm(["pack", "--pack-destination", place], root);
  const tarball = readdirSync(place).find((name) => name.endsWith(".tgz"))!;
  writeFileSync(join(place, "package.json"), "{}");
  await npm(["install", "--offline", "--omit=optional", "--no-audit", "--no-fund", `./${tarball}`], place);
}, 120_000);
afterAll(() => rmSync(place, { recursive: true }));

const studio = (...args: string[]) =>
  run(process.execPath, [join("node_modules", "final-studio", "build", "main.js"), ...args], { cwd: place });

it("installs nothing but itself where GPUs are left out, and says its version", async () => {
  const installed = readdirSync(join(place, "node_modules")).filter((name) => !name.startsWith("."));
  expect(installed).toEqual(["final-studio"]);
  expect(readdirSync(join(place, "node_modules", ".bin"))).toContain("final-studio");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect((await studio("--version")).stdout.trim()).toBe(version);
});

it("offers what needs no clone, under the name it is called by", async () => {
  const { stdout } = await studio("--help");
  expect(stdout).toContain("usage: final-studio COMMAND [options]");
  for (const name of ["preprocess", "train", "eval"]) expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
  for (const name of ["chaos", "soak", "bench"]) expect(stdout).not.toMatch(new RegExp(`^  ${name} `, "m"));
});

it("preprocesses, trains and evaluates, on several threads", async () => {
  const log: Uint8Array[] = [];
  for await (const piece of syntheticLog({ rows: 2000, seed: 1 })) log.push(piece);
  writeFileSync(join(place, "log.txt"), Buffer.concat(log));
  await studio("preprocess", "--input=log.txt", "--output=data", "--threshold=5", "--threads=2");
  const options = ["--dataset_path=data", "--train_epochs=1", "--batch_size=512", "--threads=2"];
  const trained = JSON.parse((await studio("train", "--ckpt_path=saved", ...options)).stdout);
  expect(trained).toMatchObject({ reason: "completed" });
  await studio("export", "data", "--torchrun", "--preset=demo", "--output=job");
  expect(readdirSync(join(place, "job"))).toEqual(expect.arrayContaining(["train.py", "job.json", "launch"]));
  const [file] = readdirSync(join(place, "saved")).filter((name) => name.endsWith(".safetensors"));
  const evaluated = JSON.parse(
    (await studio("eval", "--dataset_path=data", `--checkpoint_path=saved/${file}`)).stdout,
  );
  expect(evaluated.rows).toBeGreaterThan(0);
  // Trained on two threads, evaluated on one: sums round otherwise.
  expect(evaluated.logLoss.fused).toBeCloseTo(trained.logLoss.fused, 5);
});

// Bundles hold modules of CommonJS otherwise than Node does.
it("reads what needs a package of its own", async () => {
  const tables = join(root, "test", "golden", "tables");
  const formats = join(root, "test", "golden", "formats");
  for (const path of [
    ...["csv-10.csv.bz2", "csv-17.csv.zst", "csv-12.csv.zip", "pandas-7.feather", "pandas-3.parquet"].map(
      (name) => join(tables, name),
    ),
    join(formats, "train_part_0.tfrecord.gz"),
    join(formats, "columns.mindrecord.gz"),
  ]) {
    const { stdout } = await studio("preprocess", `--input=${path}`, `--output=read/${basename(path)}`);
    expect(JSON.parse(stdout).rows).toBeGreaterThan(0);
  }
  writeFileSync(join(place, "columns.yaml"), "- {name: click, role: label}\n- {name: price, role: number}\n");
  writeFileSync(join(place, "priced.csv"), `click,price\n${"1,2\n0,3\n".repeat(20)}`);
  const { stdout } = await studio(
    "preprocess",
    "--input=priced.csv",
    "--columns=columns.yaml",
    "--output=priced",
  );
  expect(JSON.parse(stdout).rows).toBe(40);
});
