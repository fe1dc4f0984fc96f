// What GPU steps leave for their reports: a ring on the device, read back when it is asked for or full. B rows, n branches.

import type { Config } from "../../model/config.ts";
import type { EvaluationReport, StepReport } from "../engine.ts";
import { lossesOf } from "../lossReport.ts";
import { readBuffer } from "./device.ts";
import { LOSS_SUMS } from "./kernels/loss.ts";
import type { Workspace } from "./workspace.ts";

// Reports that wait on the device; before one more they are read.
const REPORTS = 32;

export interface Reports {
  /** Keeps what the step recorded last leaves. To be called before it is submitted. */
  keep(step: number, labels: Float32Array): void;
  readonly isFull: boolean;
  /** Reads all that were kept. Waits for the device. */
  read(): Promise<void>;
  /** Those that were read, oldest first; each is given once. */
  take(): StepReport[];
  /** Submits what was recorded, and reads its report of B rows. */
  evaluate(B: number): Promise<EvaluationReport>;
  readonly bytes: number;
  free(): void;
}

export function createReports(w: Workspace): Reports {
  const { config, device } = w;
  const heads = config.branches.length + 1;
  let reportFloats = 0;
  let buffer: GPUBuffer | null = null;
  let waiting: { step: number; labels: Float32Array }[] = [];
  let ready: StepReport[] = [];

  /** A buffer for reports of as many rows as there is room for; the reports in a smaller one must have been read. */
  function sized(): GPUBuffer {
    const needed = w.capacity.rows * heads + LOSS_SUMS + 1;
    if (buffer && needed === reportFloats) return buffer;
    buffer?.destroy();
    reportFloats = needed;
    buffer = device.createBuffer({
      label: "final-studio reports",
      size: 4 * reportFloats * REPORTS,
      usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    return buffer;
  }

  /** A report on the device is sums, Σ E², logits. */
  function copyOut(B: number, at: number): GPUBuffer {
    const to = sized();
    w.recorder.copyOut(w.floats.sums, LOSS_SUMS + 1, to, at * reportFloats);
    w.recorder.copyOut(w.floats.logits, B * heads, to, at * reportFloats + LOSS_SUMS + 1);
    return to;
  }

  return {
    keep(step, labels) {
      copyOut(labels.length, waiting.length);
      waiting.push({ step, labels });
    },
    get isFull() {
      return waiting.length === REPORTS;
    },
    async read() {
      if (waiting.length === 0) return;
      const steps = waiting;
      waiting = [];
      const values = await readBuffer(device, sized(), 0, steps.length * reportFloats);
      for (const [i, { step, labels }] of steps.entries()) {
        const report = values.subarray(i * reportFloats, (i + 1) * reportFloats);
        ready.push({ step, labels, ...toReport(config, report, labels.length) });
      }
    },
    take() {
      const taken = ready;
      ready = [];
      return taken;
    },
    async evaluate(B) {
      const from = copyOut(B, 0);
      w.recorder.submit();
      return toReport(config, await readBuffer(device, from, 0, LOSS_SUMS + 1 + B * heads), B);
    },
    get bytes() {
      return buffer?.size ?? 0;
    },
    free: () => buffer?.destroy(),
  };
}

function toReport(config: Config, report: Float32Array, B: number): EvaluationReport {
  const heads = config.branches.length + 1;
  const sums = {
    fused: report[0]!,
    weightedBranches: report[1]!,
    teacherEntropy: report[2]!,
    branches: report.subarray(4, 8),
    distillation: report.subarray(8, 12),
    squares: report[LOSS_SUMS]!,
  };
  return {
    rowCount: B,
    losses: lossesOf(config, B, sums),
    logits: report.slice(LOSS_SUMS + 1, LOSS_SUMS + 1 + B * heads),
  };
}
