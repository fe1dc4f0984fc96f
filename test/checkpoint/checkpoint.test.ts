import { describe, expect, it } from "vitest";
import { orThrow } from "../../src/base/result.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { compareCheckpoint } from "../../src/checkpoint/compare.ts";
import { parseConfig, unitsOf } from "../../src/model/config.ts";
import { joined, sampleCheckpoint } from "./sample.ts";

async function written(change: (checkpoint: ReturnType<typeof sampleCheckpoint>) => void = () => {}) {
  const checkpoint = sampleCheckpoint();
  change(checkpoint);
  return joined(await encodeCheckpoint(checkpoint));
}

it("gives back every number and word that went in", async () => {
  expect(decodeCheckpoint(await written(), "a.safetensors")).toEqual({ ok: true, value: sampleCheckpoint() });
});

it("gives back a run that has only begun", async () => {
  const bytes = await written((checkpoint) => {
    checkpoint.best = null;
    checkpoint.progress.best = null;
    checkpoint.history = { progress: [], evaluations: [] };
    Object.assign(checkpoint.meter, { auc: null, last: null, pushed: 0 });
    checkpoint.meter.logits = new Float32Array(0);
    checkpoint.meter.labels = new Float32Array(0);
  });
  const { history, meter, best } = orThrow(decodeCheckpoint(bytes, "a"));
  expect({ history, held: meter.labels.length, best }).toEqual({
    history: { progress: [], evaluations: [] },
    held: 0,
    best: null,
  });
});

it("reads a file that does not start on a multiple of eight", async () => {
  const bytes = await written();
  const shifted = new Uint8Array(bytes.length + 3).subarray(3);
  shifted.set(bytes);
  expect(decodeCheckpoint(shifted, "a")).toEqual({ ok: true, value: sampleCheckpoint() });
});

describe("a sealed file whose content cannot be", () => {
  const cases: [string, (checkpoint: ReturnType<typeof sampleCheckpoint>) => void, string, RegExp][] = [
    [
      "a NaN in a moment",
      (c) => c.state.secondMoments.get("embedding")!.values.fill(Number.NaN, 3, 4),
      "checkpoint-not-finite",
      /adam\/v\/embedding/,
    ],
    [
      "an infinity in the best model",
      (c) => c.best!.running.get("branch0/unit0/mean")!.values.fill(Number.POSITIVE_INFINITY),
      "checkpoint-not-finite",
      /best\/branch0\/unit0\/mean/,
    ],
    [
      "a parameter left out",
      (c) => c.state.parameters.delete("fusion/bias"),
      "checkpoint-invalid",
      /fusion\/bias: it is missing/,
    ],
    [
      "a tensor too many",
      (c) => c.state.parameters.set("__proto__", { shape: [1], values: new Float32Array(1) }),
      "checkpoint-invalid",
      /__proto__/,
    ],
    [
      "a shape turned round",
      (c) => c.state.parameters.get("embedding")!.shape.reverse(),
      "checkpoint-invalid",
      /\[4, 9\], not \[9, 4\]/,
    ],
    [
      "numbers of another type",
      (c) => Object.assign(c.state.running.get("branch0/unit0/mean")!, { values: new Float64Array(6) }),
      "checkpoint-invalid",
      /branch0\/unit0\/mean: it has another type/,
    ],
    [
      "a negative step",
      (c) => Object.assign(c.progress, { step: -1 }),
      "checkpoint-invalid",
      /progress\.step/,
    ],
    [
      "an unknown setting",
      (c) => Object.assign(c.config, { momentum: 1 }),
      "checkpoint-invalid",
      /config.*momentum/,
    ],
    [
      "a curve that is not finite",
      (c) => Object.assign(c.history.progress[0]!, { total: Number.POSITIVE_INFINITY }),
      "checkpoint-invalid",
      /history\/progress/,
    ],
  ];
  it.each(cases)("%s", async (_, change, code, sentence) => {
    const result = decodeCheckpoint(await written(change), "mine.safetensors");
    expect(result).toMatchObject({ ok: false, problem: { code } });
    if (result.ok) return;
    expect(result.problem.sentence).toMatch(sentence);
    expect(result.problem.sentence).toContain("mine.safetensors");
    expect(result.problem.remedy).not.toBe("");
  });
});

it("lists what differs, and which tensors another model could take over", async () => {
  const checkpoint = sampleCheckpoint();
  const { config, dataset, engine } = checkpoint;
  const same = compareCheckpoint(checkpoint, { config, dataset, engine });
  expect(same).toMatchObject({ config: [], dataset: [], engine: [], unmatched: [] });
  expect(same.matching).toHaveLength(checkpoint.state.parameters.size + checkpoint.state.running.size);

  const [first, second] = config.branches;
  const wider = orThrow(
    parseConfig({ ...config, branches: [first, { units: [{ ...unitsOf(second!)[0]!, size: 8 }] }] }),
  );
  const other = { ...dataset, identity: "cd".repeat(32), name: "other" };
  const comparison = compareCheckpoint(checkpoint, {
    config: wider,
    dataset: other,
    engine: { ...engine, threads: 4 },
  });
  expect(comparison.config).toEqual([{ where: "branches.1.units.0.size", checkpoint: "5", current: "8" }]);
  expect(comparison.dataset.map(({ where }) => where)).toEqual(["name", "identity"]);
  expect(comparison.engine).toEqual([{ where: "threads", checkpoint: "1", current: "4" }]);
  expect(comparison.unmatched).toEqual(["branch1/unit0/weight", "branch1/unit0/bias", "branch1/head/weight"]);
  expect(comparison.matching).toContain("embedding");
});
