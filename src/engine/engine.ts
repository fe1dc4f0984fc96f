// What the training loop asks of an engine. Three keep this interface: plain, reference and fast.

import type { Batch, NamedArrays } from "../base/batch.ts";

export const ENGINES = ["plain", "reference", "fast"] as const;
export type EngineName = (typeof ENGINES)[number];

export const BACKENDS = ["webgpu", "wasm", "cpu"] as const;
export type BackendName = (typeof BACKENDS)[number];

/** What computed a number: it is kept with every run and checkpoint, since other engines round otherwise. */
export interface EngineDescription {
  engine: EngineName;
  backend: BackendName;
  /** Threads on WASM; 1 elsewhere. */
  threads: number;
  /** Left out where a product is rounded before it is added; with WASM's relaxed SIMD both are rounded at once. */
  simd?: "relaxed" | undefined;
}

/** Whether two engines compute the same numbers bit for bit: the fast one does on every number of threads. */
export function roundAlike(one: TrainedBy, other: EngineDescription): boolean {
  if (!isEngineHere(one)) return false;
  const threadsMatter = one.engine !== "fast" && one.threads !== other.threads;
  const sameModule = one.backend === other.backend && one.simd === other.simd;
  return one.engine === other.engine && sameModule && !threadsMatter;
}

export const JOB_BACKENDS = ["cuda", "npu", "cpu"] as const;

/** PyTorch in an exported job (src/export/torchrun), whose checkpoints open here; `threads` are its processes. */
export interface JobEngine {
  engine: "torch";
  backend: (typeof JOB_BACKENDS)[number];
  threads: number;
}

/** What computed a checkpoint. */
export type TrainedBy = EngineDescription | JobEngine;

/** Whether an engine of the studio computed it, which can resume it. */
export function isEngineHere(trainedBy: TrainedBy): trainedBy is EngineDescription {
  return trainedBy.engine !== "torch";
}

/** "fast on wasm, 2 threads, relaxed SIMD"; "torch on 8 processes (cuda)". */
export function engineText(trainedBy: TrainedBy): string {
  const { engine, backend, threads } = trainedBy;
  if (!isEngineHere(trainedBy))
    return `torch on ${threads} ${threads === 1 ? "process" : "processes"} (${backend})`;
  const { simd } = trainedBy;
  return `${engine} on ${backend}, ${threads} thread${threads === 1 ? "" : "s"}${simd ? `, ${simd} SIMD` : ""}`;
}

/** What a gradient comes from: the clicks, or the fused output that teaches the branches. */
export const GRADIENT_SOURCES = ["clicks", "distillation"] as const;
export type GradientSource = (typeof GRADIENT_SOURCES)[number];

/** The losses of one batch (DESIGN section 3), each a mean over its rows, in nats. */
export interface Losses {
  /** Log loss of the fused output against clicks. */
  fused: number;
  /** Log loss of each branch against clicks. */
  branches: number[];
  /** Cross-entropy of each branch against the fused probability. */
  distillation: number[];
  /** Entropy of the fused probability: distillation − teacherEntropy is the KL divergence. */
  teacherEntropy: number;
  /** Mean over rows of Σ_b w_b · log loss of branch b, w the fusion's weights: fusion gain = weightedBranches − fused. */
  weightedBranches: number;
  /** ½ · l2Embedding · Σ E². */
  l2: number;
  /** What is minimised. */
  total: number;
}

/** One training step, from its training-mode forward pass before the update. */
export interface StepReport {
  /** 1 for the first step of a run. */
  step: number;
  rowCount: number;
  losses: Losses;
  /** Row-major [B, branches + 1]: each branch's logit, then the fused one. */
  logits: Float32Array;
  labels: Float32Array;
}

/** One batch in evaluation mode. */
export interface EvaluationReport {
  rowCount: number;
  losses: Losses;
  /** Row-major [B, branches + 1]. */
  logits: Float32Array;
}

/** All that training changes. Arrays are named as in the golden files. */
export interface ModelState {
  /** Updates done so far: Adam's t. */
  step: number;
  parameters: NamedArrays;
  /** Running means and variances of batch norm. */
  running: NamedArrays;
  /** Adam's first and second moments, by parameter name. */
  firstMoments: NamedArrays;
  secondMoments: NamedArrays;
}

/** The parts of a step, in the order of its work. */
export const STEP_PARTS = ["read", "project", "forward", "backward", "update", "report"] as const;
export type StepPart = (typeof STEP_PARTS)[number];

/** What the steps since the last call cost. */
export interface StepCost {
  steps: number;
  rows: number;
  /** Milliseconds by part; they add up to the steps' time. On a GPU: of recording, not of computing. */
  milliseconds: Record<StepPart, number>;
  /** Multiplications and additions of products, and additions of gathers and segment sums, counted as dispatched. */
  flops: number;
  /** The same without working on unique ids. */
  plainFlops: number;
  /** Unique ids over rows × fields. */
  uniqueShare: number;
  /** Bytes of ids, weights and labels copied to the device. */
  uploadedBytes: number;
  /** GPU dispatches and queue submits; 0 elsewhere. */
  dispatches: number;
  submits: number;
  /** Bytes that the engine holds on its backend. */
  allocatedBytes: number;
}

export interface Engine {
  readonly description: EngineDescription;
  /** One forward, backward and update. Returns before a GPU is done; `drain` waits. Steps must not overlap. */
  step(batch: Batch, learningRate: number): Promise<void>;
  /** The reports of all steps since the last drain, oldest first. Waits for the device. */
  drain(): Promise<StepReport[]>;
  /** Forward pass in evaluation mode: batch norm on running statistics, no dropout. */
  evaluate(batch: Batch): Promise<EvaluationReport>;
  /** What the steps since the last call cost; the fast engine alone counts. */
  cost?(): StepCost;
  /** Gradients of `total` at the current parameters, dense, without an update: for checks. */
  gradients(batch: Batch): Promise<NamedArrays>;
  /**
   * Gradients of one part of `total`, the fused log loss or the weighted distillation losses, as the next step would find
   * them on this batch; with L2's part, which is in neither, they add up to `gradients`. Changes nothing. Arrays with a row
   * a table row hold those of the batch alone, by rising id.
   */
  gradientsOf(source: GradientSource, batch: Batch): Promise<NamedArrays>;
  /**
   * A copy of the whole state. `into`: one that this engine gave before and nobody needs any more; its arrays may be
   * filled again, since memory that was never touched takes several times as long to fill.
   */
  read(into?: ModelState): Promise<ModelState>;
  /** Replaces the whole state; names and shapes must be those of `read`. */
  write(state: ModelState): Promise<void>;
  /** Frees everything; the engine is unusable afterwards. */
  dispose(): void;
}
