// Holds an engine against a golden file: logits, losses, gradients and parameters that float64 PyTorch computed.
// Runs wherever the engine does, in Node and in the browser.

import type { Batch, NamedArrays } from "../base/batch.ts";
import { notJson } from "../base/notJson.ts";
import { problem } from "../base/problem.ts";
import { firstFault } from "../base/problems/schemaIssues.ts";
import { err, ok, type Result } from "../base/result.ts";
import { z } from "../base/zod.ts";
import type { BackendName, Engine } from "../engine/engine.ts";
import { type Config, type InputShape, parseConfig } from "../model/config.ts";
import { parameterSpecs, runningSpecs } from "../model/parameters.ts";

const numbers = z.array(z.number());
const lossSchema = z.object({
  fused: z.number(),
  branches: numbers,
  distillation: numbers,
  l2: z.number(),
  total: z.number(),
});
const goldenSchema = z.object({
  config: z.looseObject({ fields: z.number().int(), vocabSize: z.number().int() }),
  parameters: z.record(z.string(), z.object({ shape: numbers, values: numbers })),
  steps: z
    .array(
      z.object({
        ids: numbers,
        weights: numbers,
        labels: numbers,
        branchLogits: z.array(numbers),
        fusedLogits: numbers,
        loss: lossSchema,
        gradients: z.record(z.string(), numbers).optional(),
      }),
    )
    .min(1),
  finalParameters: z.record(z.string(), numbers),
  finalRunning: z.record(z.string(), numbers),
  evaluation: z.object({ branchLogits: z.array(numbers), fusedLogits: numbers }),
});

export interface Golden {
  file: z.infer<typeof goldenSchema>;
  config: Config;
  shape: InputShape;
}

/** How far an array may be off: `relative` of its largest magnitude plus `absolute` (DESIGN section 3). */
export interface Limits {
  relative: number;
  absolute: number;
}

/** The largest errors that pass: GPUs round more. */
export function limitsOf(backend: BackendName): Limits {
  return backend === "webgpu" ? { relative: 1e-4, absolute: 1e-6 } : { relative: 2e-5, absolute: 1e-7 };
}

/** The largest error of each kind, relative to what is compared; `passed` says whether all keep the limits. */
export interface GoldenErrors {
  logits: number;
  losses: number;
  gradients: number;
  parameters: number;
  /** Of the running statistics and of the evaluation-mode logits after the last update. */
  evaluation: number;
  passed: boolean;
}

/** Parses a golden file of a model; one without `config` holds something else and is refused by name. */
export function parseGolden(text: string, name: string): Result<Golden> {
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch (cause) {
    return err(problem("golden-invalid", { name, reason: notJson(text, cause) }));
  }
  if (typeof input !== "object" || input === null || !("config" in input))
    return err(
      problem("golden-invalid", {
        name,
        reason: "it has no `config`, so it is not a golden file of a model",
      }),
    );
  const parsed = goldenSchema.safeParse(input, { reportInput: true });
  if (!parsed.success) {
    const { where, reason } = firstFault(parsed.error);
    return err(problem("golden-invalid", { name, reason: `${where}: ${reason}` }));
  }
  const config = parseConfig(parsed.data.config);
  if (!config.ok) return config;
  const { fields, vocabSize } = parsed.data.config;
  return ok({ file: parsed.data, config: config.value, shape: { fields, tableRows: vocabSize } });
}

/** Runs all of the file's steps on an engine made for its configuration, which is spent afterwards. */
export async function checkGolden({ file, config, shape }: Golden, engine: Engine): Promise<GoldenErrors> {
  const limits = limitsOf(engine.description.backend);
  const worst = { logits: 0, losses: 0, gradients: 0, parameters: 0, evaluation: 0 };
  let passed = true;
  function compare(
    kind: keyof typeof worst,
    actual: ArrayLike<number>,
    expected: number[],
    loosened?: Loosened,
  ): void {
    const { error, within } = arrayError(actual, expected, limits, loosened);
    worst[kind] = Math.max(worst[kind], error);
    passed &&= within;
  }

  await engine.write(initialState(file.parameters, config, shape));
  const gradients = await engine.gradients(toBatch(file.steps[0]!, shape.fields));
  for (const [name, expected] of Object.entries(file.steps[0]!.gradients ?? {}))
    compare("gradients", gradients.get(name)!.values, expected);

  for (const step of file.steps) {
    await engine.step(toBatch(step, shape.fields), config.optimizer.learningRate);
    const [report] = await engine.drain();
    const logits = step.branchLogits.flatMap((row, r) => [...row, step.fusedLogits[r]!]);
    compare("logits", report!.logits, logits);
    const { fused, branches, distillation, l2, total } = step.loss;
    const got = report!.losses;
    compare("losses", [got.fused, ...got.branches], [fused, ...branches]);
    compare("losses", got.distillation, distillation);
    compare("losses", [got.l2], [l2]);
    compare("losses", [got.total], [total]);
  }

  const final = await engine.read();
  const reach = file.steps.length * config.optimizer.learningRate;
  for (const [name, expected] of Object.entries(file.finalParameters)) {
    const first = file.steps[0]!.gradients?.[name];
    compare("parameters", final.parameters.get(name)!.values, expected, first && { gradient: first, reach });
  }
  for (const [name, expected] of Object.entries(file.finalRunning))
    compare("evaluation", final.running.get(name)!.values, expected);
  const evaluated = await engine.evaluate(toBatch(file.steps.at(-1)!, shape.fields));
  const expected = file.evaluation.branchLogits.flatMap((row, r) => [
    ...row,
    file.evaluation.fusedLogits[r]!,
  ]);
  compare("evaluation", evaluated.logits, expected);
  return { ...worst, passed };
}

/**
 * Elements whose first gradient is under 1e-4 of its array's largest: there Adam turns rounding into a step, so the
 * only limit is how far all steps together can reach.
 */
interface Loosened {
  gradient: number[];
  reach: number;
}

function arrayError(
  actual: ArrayLike<number>,
  expected: number[],
  { relative, absolute }: Limits,
  loosened?: Loosened,
): { error: number; within: boolean } {
  if (actual.length !== expected.length) return { error: Number.POSITIVE_INFINITY, within: false };
  const scale = largest(expected);
  const smallGradient = loosened ? 1e-4 * largest(loosened.gradient) : 0;
  let error = 0;
  let within = true;
  for (const [i, value] of expected.entries()) {
    const off = Math.abs(actual[i]! - value);
    if (loosened && Math.abs(loosened.gradient[i]!) < smallGradient) {
      within &&= off <= loosened.reach;
      continue;
    }
    // Written so that a NaN is over the limit.
    within &&= off <= relative * scale + absolute;
    error = Math.max(error, Number.isNaN(off) ? Number.POSITIVE_INFINITY : off / Math.max(scale, absolute));
  }
  return { error, within };
}

function largest(values: number[]): number {
  return values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
}

function toBatch(step: { ids: number[]; weights: number[]; labels: number[] }, fields: number): Batch {
  return {
    rowCount: step.labels.length,
    fields,
    ids: Int32Array.from(step.ids),
    weights: Float32Array.from(step.weights),
    labels: Float32Array.from(step.labels),
  };
}

function initialState(parameters: Golden["file"]["parameters"], config: Config, shape: InputShape) {
  const zeros = (): NamedArrays =>
    new Map(
      parameterSpecs(config, shape).map((s) => [
        s.name,
        { shape: s.shape, values: new Float32Array(product(s.shape)) },
      ]),
    );
  return {
    step: 0,
    parameters: new Map(
      Object.entries(parameters).map(([name, p]) => [
        name,
        { shape: p.shape, values: Float32Array.from(p.values) },
      ]),
    ),
    running: new Map(
      runningSpecs(config).map((s) => [
        s.name,
        { shape: s.shape, values: new Float32Array(s.shape[0]!).fill(s.initial) },
      ]),
    ),
    firstMoments: zeros(),
    secondMoments: zeros(),
  };
}

function product(shape: number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
