// A race as a person's script calls it.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { orThrow } from "../../src/base/result.ts";
import { parseRaceFile } from "../../src/race/raceFile.ts";
import { preprocessLog, runCommand } from "./command.ts";
import { syntheticLog } from "./syntheticLog.ts";

const folder = mkdtempSync(join(tmpdir(), "race-"));
const dataset = join(folder, "dataset");
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  writeFileSync(
    join(folder, "vary.yaml"),
    "optimizer.learningRate: {from: 0.0001, to: 0.02, scale: log}\nembeddingDim: [4, 8]\n",
  );
  await preprocessLog(folder, syntheticLog(6000));
});

function race(output: string, ...args: string[]) {
  return runCommand("race", [
    `--dataset_path=${dataset}`,
    `--output=${join(folder, output)}`,
    `--vary=${join(folder, "vary.yaml")}`,
    ...["--batch_size=256", "--train_epochs=1", "--trials=7", "--eta=2", "--finalists=2", "--seeds=3"],
    ...args,
  ]);
}

it("says what it takes, who was dropped when and why, and what the winner is worth", async () => {
  const { code, result, stderr } = await race("whole");
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/7 configurations, looked at after 50 %, 100 % of their training/);
  expect(stderr).toMatch(/It takes about .*; the largest needs \d+ MB of memory, all fit at once/);
  expect(stderr).toMatch(
    /Trial \d: Dropped at 50 %: rank \d of 7 by validation log loss, the best 3 promoted/,
  );
  expect(result).toMatchObject({ stopped: false, method: "sobol", rungs: [0.5, 1] });
  expect(result.trials).toHaveLength(7);
  const types = result.trials.map(({ fate }: { fate: { type: string } }) => fate.type);
  expect(types.filter((type: string) => type === "finished")).toHaveLength(3);
  expect(result.finalists).toHaveLength(2);
  expect(result.seeds).toEqual([2021, 2022, 2023]);
  expect(result.atTheEnd.scope).toMatch(/^For new seeds and new rows like these: 3 seeds/);
  expect(result.atTheEnd.pairs[0].first).toBe(result.finalists[0].name);
  expect(result.chance.words).toMatch(/^7 configurations were tried\. .* by chance alone\./);
  expect(result.effects.effects).toHaveLength(2);
  const best = JSON.parse(readFileSync(join(folder, "whole", "best.json"), "utf8"));
  expect(best).toEqual(result.finalists[0].config);
  // What training needed is gone.
  expect(readdirSync(join(folder, "whole")).filter((name) => name.endsWith(".safetensors"))).toEqual([]);

  // The page opens the file as it stands, and one that says neither its data nor when it began.
  const written = readFileSync(join(folder, "whole", "race.json"), "utf8");
  const opened = orThrow(parseRaceFile("race.json", written));
  expect(opened.progress.outcome!.heldOut!.overview).toBe(result.atTheEnd.overview);
  expect(opened.data).toMatchObject({
    identity: result.dataset.identity,
    rows: { train: expect.any(Number) },
  });
  expect(Date.now() - opened.startedAt!).toBeLessThan(600_000);
  const { data: _, startedAt: __, ...earlier } = JSON.parse(written);
  const openedEarlier = orThrow(parseRaceFile("race.json", JSON.stringify(earlier)));
  expect(openedEarlier).toEqual({ ...opened, data: null, startedAt: null });

  // A race that was killed after its first rung: the same command continues, to the same end.
  const file = join(folder, "whole", "race.json");
  const noted = JSON.parse(readFileSync(file, "utf8"));
  const { results } = noted.progress;
  noted.progress = {
    results: results.filter(({ rung }: { rung: number }) => rung === 0),
    judged: [],
    outcome: null,
  };
  writeFileSync(file, JSON.stringify(noted));
  for (const name of readdirSync(join(folder, "whole")))
    if (name.endsWith(".logits")) rmSync(join(folder, "whole", name));
  const again = await race("whole");
  expect(again.stderr).toContain("continuing after 7 results");
  expect(again.result).toEqual(result);

  // Another race does not fit into its folder.
  const other = await race("whole", "--seed=5");
  expect(other).toMatchObject({ code: 1, result: { problem: { code: "race-other" } } });
});

it("only says what it takes with --dry_run", async () => {
  const { code, result } = await race("dry", "--dry_run", "--method=grid");
  expect(code).toBe(0);
  expect(result).toMatchObject({ trials: 6, leftOut: 0 });
  expect(result.estimate.seconds).toBeGreaterThan(0);
  expect(result.estimate.bytes).toBeGreaterThan(1e4);
});

it("says what is wrong: no validation rows, a setting that is not there, a file that is not YAML", async () => {
  const bare = join(folder, "bare");
  const input = `--input=${join(folder, "train.txt")}`;
  const made = await runCommand("preprocess", [
    input,
    `--output=${bare}`,
    "--rules=mindspore",
    "--threshold=5",
  ]);
  expect(made.code, made.stderr).toBe(0);
  const vary = join(folder, "vary.yaml");
  const without = [
    "race",
    [`--dataset_path=${bare}`, `--vary=${vary}`, `--output=${join(folder, "r")}`],
  ] as const;
  expect(await runCommand(without[0], [...without[1]])).toMatchObject({
    code: 1,
    result: { problem: { code: "race-without-validation" } },
  });
  for (const [text, code] of [
    ["learningRate: [1, 2]\n", "vary-invalid"],
    ["a: [1, 2\nb: }", "vary-not-yaml"],
  ]) {
    writeFileSync(join(folder, "wrong.yaml"), text!);
    const alone = [`--dataset_path=${dataset}`, `--vary=${join(folder, "wrong.yaml")}`];
    expect(await runCommand("race", [...alone, `--output=${join(folder, "r")}`])).toMatchObject({
      code: 1,
      result: { problem: { code } },
    });
  }
  expect(await race("few", "--finalists=1")).toMatchObject({ code: 2 });
});
