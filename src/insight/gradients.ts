// What moves which part of a model while it is trained: the gradient of the click loss beside that of distillation.

import { type Batch, firstRows } from "../base/batch.ts";
import { type Engine, GRADIENT_SOURCES } from "../engine/engine.ts";
import type { Config } from "../model/config.ts";

/** Gradients of a part of a model at a step. */
export interface PartGradients {
  /** As the parameters' names begin: `embedding`, `branch0/unit1`; `all` for the whole model. */
  part: string;
  /** Euclidean norms of the click loss's gradient and of that of the weighted distillation losses. */
  clicks: number;
  distillation: number;
  /** Of the angle between the two; null where one of them is zero. */
  cosine: number | null;
}

/** Gradients before a step, on its batch or the first rows of it. */
export interface GradientPoint {
  /** The step that they belong to, and the rows trained on until it. */
  step: number;
  rowsSeen: number;
  /** How many rows of the batch, and how many it has. */
  rows: number;
  batchRows: number;
  /** The whole model, then its parts in the order of its parameters. */
  parts: PartGradients[];
  /** Of looking at gradients so far, and of training. */
  seconds: number;
  trainedSeconds: number;
}

export const WHOLE_MODEL = "all";

/** Whether the branches learn from the fused output at all. */
function hasDistillation({ branches, distillationWeight }: Config): boolean {
  return branches.length > 1 && distillationWeight > 0;
}

/** Measures both gradients on a batch, as the next step would find them. */
export async function measureGradients(
  engine: Pick<Engine, "gradientsOf">,
  config: Config,
  batch: Batch,
): Promise<PartGradients[]> {
  const clicks = await engine.gradientsOf("clicks", batch);
  const distillation = hasDistillation(config) ? await engine.gradientsOf("distillation", batch) : null;
  const whole: Products = { clicks: 0, distillation: 0, both: 0 };
  const parts = new Map<string, Products>();
  for (const [name, { values }] of clicks) {
    const products = productsOf(values, distillation?.get(name)?.values ?? null);
    const part = partOf(name);
    addTo(whole, products);
    const sum = parts.get(part);
    if (sum) addTo(sum, products);
    else parts.set(part, products);
  }
  return [[WHOLE_MODEL, whole] as const, ...parts].map(([part, products]) => finding(part, products));
}

/** The part that a parameter belongs to: its name without the last word. */
function partOf(name: string): string {
  const end = name.lastIndexOf("/");
  return end < 0 ? name : name.slice(0, end);
}

/** Inner products of the two gradients with themselves and each other. */
interface Products {
  clicks: number;
  distillation: number;
  both: number;
}

function productsOf(clicks: Float32Array, distillation: Float32Array | null): Products {
  const sums = { clicks: 0, distillation: 0, both: 0 };
  for (let i = 0; i < clicks.length; i++) {
    const c = clicks[i]!;
    const d = distillation ? distillation[i]! : 0;
    sums.clicks += c * c;
    sums.distillation += d * d;
    sums.both += c * d;
  }
  return sums;
}

function addTo(sum: Products, { clicks, distillation, both }: Products): void {
  sum.clicks += clicks;
  sum.distillation += distillation;
  sum.both += both;
}

function finding(part: string, { clicks, distillation, both }: Products): PartGradients {
  const product = Math.sqrt(clicks) * Math.sqrt(distillation);
  return {
    part,
    clicks: Math.sqrt(clicks),
    distillation: Math.sqrt(distillation),
    cosine: product > 0 ? Math.max(-1, Math.min(1, both / product)) : null,
  };
}

/** Norm of the sum of the two gradients, without L2's part. */
export function togetherNorm({ clicks, distillation, cosine }: PartGradients): number {
  const squares = clicks ** 2 + distillation ** 2 + 2 * clicks * distillation * (cosine ?? 0);
  return Math.sqrt(Math.max(0, squares));
}

/** Looks at gradients before some of a run's steps. */
export interface GradientWatch {
  /** Whether there is time for it before the next step. */
  isDue(place: { step: number }): boolean;
  /** Measures the gradients of the step to come on its batch. */
  look(engine: Engine, batch: Batch, place: { step: number; rowsSeen: number }): Promise<void>;
}

interface GradientWatchInputs {
  config: Config;
  /** Of the whole run. */
  totalSteps: number;
  /** Seconds of training so far. */
  trainedSeconds(): number;
  emit(point: GradientPoint): void;
}

/** Of training's time. Evaluations have a share of their own (examiner.ts); both together stay below 5 %. */
export const GRADIENT_SHARE = 0.02;
/** What is drawn needs no more. */
const LEAST_STEPS = 10;
/** Where a run is too short for so many looks at whole batches, fewer rows are looked at. */
const LOOKS_WANTED = 40;
const LEAST_ROWS = 256;

/** Looks at a run's gradients every so many steps, within its share of training's time. */
export function createGradientWatch(inputs: GradientWatchInputs): GradientWatch {
  const { config, trainedSeconds, emit } = inputs;
  const { batchSize } = config;
  // A look is a forward and a backward pass for each source.
  const affordable =
    (GRADIENT_SHARE * inputs.totalSteps * batchSize) / GRADIENT_SOURCES.length / LOOKS_WANTED;
  const rows = Math.min(batchSize, Math.max(LEAST_ROWS, Math.round(affordable)));
  let seconds = 0;
  let firstStep: number | null = null;
  let lastStep = Number.NEGATIVE_INFINITY;
  /** Of the longest look so far. */
  let mostSeconds: number | null = null;

  return {
    isDue({ step }) {
      firstStep ??= step;
      const trained = trainedSeconds();
      if (step === firstStep || step - lastStep < LEAST_STEPS) return false;
      const stepSeconds = trained / (step - firstStep);
      // Code that runs for the first time is slow, and fewer rows than a batch cost more each.
      const expected = mostSeconds ?? GRADIENT_SOURCES.length * stepSeconds;
      return seconds + expected <= GRADIENT_SHARE * trained;
    },
    async look(engine, batch, { step, rowsSeen }) {
      const began = performance.now();
      const looked = firstRows(batch, rows);
      const parts = await measureGradients(engine, config, looked);
      const passed = (performance.now() - began) / 1000;
      mostSeconds = Math.max(passed, mostSeconds ?? 0);
      seconds += passed;
      lastStep = step;
      emit({
        step: step + 1,
        rowsSeen,
        rows: looked.rowCount,
        batchRows: batch.rowCount,
        parts,
        seconds,
        trainedSeconds: trainedSeconds(),
      });
    },
  };
}
