// The arena as a person's script calls it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { preset } from "../../src/model/presets.ts";
import { preprocessLog, runCommand } from "./command.ts";
import { syntheticLog } from "./syntheticLog.ts";

const folder = mkdtempSync(join(tmpdir(), "arena-"));
const dataset = join(folder, "dataset");
const demo = preset("demo");
const files = { A: demo, still: { ...demo, optimizer: { ...demo.optimizer, learningRate: 1e-7 } } };
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  for (const [name, config] of Object.entries(files))
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(config));
  await preprocessLog(folder, syntheticLog(6000));
});

function arena(...args: string[]) {
  return runCommand("arena", [`--dataset_path=${dataset}`, "--batch_size=256", ...args]);
}
const config = (name: string) => `--config=${join(folder, `${name}.json`)}`;

it("says which configuration is better on held-out rows, and which learned faster", async () => {
  const { code, result, stderr } = await arena(config("A"), config("still"), "--seeds=3", "--train_epochs=2");
  expect(code, stderr).toBe(0);
  expect(stderr).toContain("3 seeds × ");
  expect(result).toMatchObject({
    stopped: false,
    members: [
      { name: "A", difference: null, problem: null },
      { name: "still", difference: "learning rate 0.004 → 1e-7" },
    ],
    seeds: [2020, 2021, 2022],
    atTheEnd: { seeds: 3, pairs: [{ first: "A", second: "still", better: "A" }] },
    plan: { isMeasured: false },
  });
  expect(result.atTheEnd.scope).toMatch(/^For new seeds and new rows like these: 3 seeds/);
  expect(result.whileLearning.pairs).toHaveLength(1);
  const { logLoss } = result.atTheEnd.pairs[0];
  expect(logLoss.low).toBeGreaterThan(0);
  expect(logLoss.low).toBeLessThan(logLoss.difference);
  expect(logLoss.hillis.low).toBeGreaterThanOrEqual(logLoss.low);
  const means = result.tests.map(
    (seed: { members: { logLoss: number }[] }) => seed.members[1]!.logLoss - seed.members[0]!.logLoss,
  );
  expect(logLoss.difference).toBeCloseTo((means[0] + means[1] + means[2]) / 3, 12);

  // Its variance serves the next plan, on the same data alone.
  const earlier = join(folder, "earlier.json");
  writeFileSync(earlier, JSON.stringify(result));
  const one = ["--seeds=1", "--train_epochs=1", `--earlier=${earlier}`];
  const next = await arena(config("A"), config("still"), ...one);
  expect(next.result.plan.isMeasured, next.stderr).toBe(true);
  expect(next.result.plan.logLoss).not.toBe(result.plan.logLoss);
  expect(next.stderr).toContain("from how much earlier arenas on this data varied");
  writeFileSync(earlier, JSON.stringify({ ...result, dataset: { identity: "other" } }));
  const other = await arena(config("A"), config("still"), ...one);
  expect(other.stderr).toContain(
    "earlier.json is of other data: how much its differences varied is not used",
  );
  expect(other.result.plan.isMeasured).toBe(false);
  writeFileSync(earlier, "{}");
  const neither = await arena(config("A"), config("still"), ...one);
  expect(neither).toMatchObject({ code: 1, result: { problem: { code: "arena-file-invalid" } } });
});

it("takes presets by name, and numbers those that come twice", async () => {
  const { code, result, stderr } = await arena(
    "--config=demo",
    "--config=demo",
    "--seeds=1",
    "--train_epochs=1",
  );
  expect(code, stderr).toBe(0);
  expect(result.members.map(({ name }: { name: string }) => name)).toEqual(["demo", "demo 2"]);
  expect(result.atTheEnd.overview).toBe("demo and demo 2 are identical: every test loss is the same.");
});

it("says what is wrong: a lone member, an unknown preset, members that cannot share batches", async () => {
  const lone = await arena(config("A"));
  expect(lone).toMatchObject({ code: 2, result: undefined });
  expect(lone.stderr).toContain("Give 2 to 6 times --config");
  const unknown = await arena(config("A"), "--config=nobody");
  expect(unknown).toMatchObject({ code: 1, result: { problem: { code: "preset-unknown" } } });
  writeFileSync(join(folder, "long.json"), JSON.stringify({ ...demo, epochs: 7 }));
  const unlike = await arena(config("A"), config("long"));
  expect(unlike).toMatchObject({ code: 1, result: { problem: { code: "arena-members-differ" } } });
});
