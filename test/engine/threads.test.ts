// The WASM kernels on several threads: the same numbers, whatever their number.

import { beforeAll, expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { orThrow } from "../../src/base/result.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createIdGrouper } from "../../src/engine/idGroups.ts";
import { createWasmFastEngine } from "../../src/engine/wasm/fast.ts";
import { createTeamGrouper } from "../../src/engine/wasm/grouping.ts";
import { kernelTeam } from "../../src/engine/wasm/kernels.ts";
import { call } from "../../src/engine/wasm/signatures.ts";
import { createWorkspace } from "../../src/engine/wasm/workspace.ts";
import { parseConfig } from "../../src/model/config.ts";
import { randomBatch } from "./agreement.ts";

const shape = { rows: 700, fields: 7, tableRows: 900, weights: "any", ids: "all", policy: "choose" } as const;

/** Every part of the model that the threads share: both halves of a gated branch, batch norm, dropout, all interactions. */
const everything = {
  embeddingDim: 10,
  branches: [
    {
      featureGating: true,
      units: [
        {
          size: 40,
          order: 2,
          interaction: "concat",
          gate: "linear",
          batchNorm: true,
          activation: "relu",
          dropout: 0.1,
        },
        { size: 24, order: 3, interaction: "sum", gate: "sigmoid" },
      ],
    },
    {
      units: [
        { size: 33, order: 2, interaction: "cascade", dropout: 0.2 },
        { size: 16, order: 1 },
      ],
    },
  ],
  fusion: "gate",
  optimizer: { learningRate: 1e-3 },
  l2Embedding: 1e-4,
  batchSize: 700,
};

const otherKinds = [
  { kind: "linear" },
  { kind: "fm" },
  { kind: "cross", layers: 3 },
  { kind: "cross", layers: 1 },
];

beforeAll(() => useNodeBackend("wasm"));

it.each([
  ["FINAL's units", {}],
  ["the other kinds of branches", { branches: otherKinds, fusion: "sum" }],
])("computes the same bit for bit on 1, 2 and 4 threads with %s", async (_, changes) => {
  for (const updates of ["dense", "lazy"]) {
    const one = await trained(1, { ...changes, updates });
    for (const threads of [2, 4]) expect(await trained(threads, { ...changes, updates })).toEqual(one);
  }
});

it("says a kernel that failed on another thread", async () => {
  await useNodeBackend("wasm", 4);
  const outside = 2 ** 31;
  const tasks = Array.from({ length: 8 }, () => [call("squares", { count: 4, x: outside })]);
  expect(() => kernelTeam().run(tasks)).toThrow(/kernel/);
});

it.each([1, 2])("groups a batch's ids on %s threads as idGroups.ts does", async (threads) => {
  await useNodeBackend("wasm", threads);
  const config = orThrow(parseConfig(everything));
  const random = createRandom(5);
  for (const ids of ["one", "few", "all"] as const)
    for (const weights of ["ones", "any"] as const) {
      const workspace = createWorkspace(config, shape);
      const grouper = createTeamGrouper(workspace);
      for (const rows of [3, 700, 1, 300]) {
        const batch = randomBatch(random, rows, { ...shape, ids, weights });
        expect(grouper.group(batch)).toEqual(createIdGrouper(shape.tableRows).group(batch));
      }
      grouper.dispose();
      workspace.dispose();
    }
});

async function trained(threads: number, changes: object): Promise<unknown> {
  await useNodeBackend("wasm", threads);
  const engine = createWasmFastEngine(orThrow(parseConfig({ ...everything, ...changes })), shape);
  expect(engine.description.threads).toBe(threads);
  const random = createRandom(11);
  for (const rows of [700, 1, 300, 700]) await engine.step(randomBatch(random, rows, shape), 1e-3);
  const evaluation = await engine.evaluate(randomBatch(random, 500, shape));
  const numbers = { reports: await engine.drain(), evaluation, state: await engine.read() };
  engine.dispose();
  return numbers;
}
