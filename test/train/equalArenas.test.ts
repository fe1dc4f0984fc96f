// Real arenas of two equal configurations, which differ in the draw of their initial values alone: whatever is claimed
// is false. Each has demo data of its own, so that rows are drawn anew too. ARENAS=40 (npm run test:full) trains 40, at
// most 5 of which may claim something; without it one arena is trained.

import { beforeAll, expect, it } from "vitest";
import type { Member } from "../../src/arena/questions.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createEngine } from "../../src/engine/create.ts";
import type { Config } from "../../src/model/config.ts";
import { makeDemoDataset } from "../../src/preprocess/synthetic.ts";
import type { HeldOut } from "../../src/runs/arenaEvents.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { runArena } from "../../src/train/arena.ts";
import { createControl } from "../../src/train/control.ts";
import { smallConfig } from "./configs.ts";

const ARENAS = Number(process.env.ARENAS ?? 1);
const MOST_FALSE = 5;

beforeAll(() => useNodeBackend("wasm"));

async function heldOutOf(arena: number): Promise<HeldOut> {
  const dataset = await openDataset(await makeDemoDataset({ rows: 8000, seed: 100 + arena }));
  const config = smallConfig({ batchSize: 128, integers: "bucket", epochs: 1 });
  const members: Member[] = [1, 2].map((draw) => ({ name: `Draw ${draw}`, config, draw }));
  let found: HeldOut | null = null;
  await runArena({
    members,
    seeds: [1, 2, 3].map((seed) => 10 * arena + seed),
    dataset,
    control: createControl(),
    createEngine: (member: Config) => createEngine("fast", member, dataset.shape(member.integers)),
    evaluateEverySteps: 0,
    emit(event) {
      if (event.type === "concluded") found = event.heldOut;
    },
  });
  await dataset.close();
  return found!;
}

it(`claims a difference of equal configurations in at most ${MOST_FALSE} of 40 arenas`, async () => {
  const claims = { logLoss: 0, auc: 0 };
  for (let arena = 0; arena < ARENAS; arena++) {
    const { pairs, rows, seeds } = await heldOutOf(arena);
    expect([rows > 500, seeds]).toEqual([true, 3]);
    const { logLoss, auc } = pairs[0]!;
    // They do differ, in what chance made of them.
    expect(logLoss!.mean).not.toBe(0);
    if (logLoss!.isClear) claims.logLoss++;
    if (auc!.isClear) claims.auc++;
  }
  if (ARENAS >= 40)
    console.info(`of ${ARENAS} arenas claimed: log loss ${claims.logLoss}, AUC ${claims.auc}`);
  expect(Math.max(claims.logLoss, claims.auc)).toBeLessThanOrEqual(MOST_FALSE);
});
