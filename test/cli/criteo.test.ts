// 100,000 real rows, where they are: Criteo forbids passing them on, so they lie beside the project, never in it.

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCommand } from "./command.ts";

const log = resolve(import.meta.dirname, "..", "..", "..", "shared", "criteo", "criteo-100k.tsv.gz");
const present = existsSync(log);
/** `npm run test:full` takes three; they differ by less than 0.002. */
const SEEDS = Number(process.env.CRITEO_SEEDS ?? 1);
const why = present ? "" : " (skipped: the real rows are not beside this project)";

describe.skipIf(!present)(`100,000 real Criteo rows${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "criteo-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("reach a mean test AUC of 0.74 in two epochs of the demo preset", async () => {
    const dataset = join(folder, "dataset");
    const made = await runCommand("preprocess", [`--input=${log}`, `--output=${dataset}`, "--threshold=10"]);
    expect(made.code, made.stderr).toBe(0);
    expect(made.result).toMatchObject({ rows: 100_000, badLines: 0 });
    const aucs: number[] = [];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const trained = await runCommand("train", [
        `--dataset_path=${dataset}`,
        `--ckpt_path=${join(folder, String(seed))}`,
        "--preset=demo",
        `--seed=${seed}`,
      ]);
      expect(trained.code, trained.stderr).toBe(0);
      aucs.push(trained.result.auc.fused);
    }
    expect(aucs.reduce((a, b) => a + b) / aucs.length).toBeGreaterThan(0.74);
  }, 360_000);
});
