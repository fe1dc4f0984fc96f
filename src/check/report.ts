// What the check of a device found, as it is kept and shared; and the same in one line.

import type { BackendName, EngineDescription } from "../engine/engine.ts";
import type { Adapter } from "../engine/webgpu/adapter.ts";
import type { KernelFigures } from "./kernelFigures.ts";
import type { StepConfigName } from "./stepCases.ts";

export interface GoldenOutcome {
  files: number;
  passed: number;
  /** The largest error of all, relative to what is compared (limits: DESIGN section 3). */
  worstError: number;
}

export interface StepOutcome {
  config: StepConfigName;
  batchSize: number;
  /** Median of the timed steps; null where a step would take longer than the check may. */
  rowsPerSecond: number | null;
  /** Multiplications and additions of a row, and which share of the products' peak that is at this speed. */
  flopsPerRow: number | null;
  shareOfPeak: number | null;
  /** Seconds that a step would take, where it was left out. */
  leftOutSeconds: number | null;
}

export interface BackendOutcome {
  engine: EngineDescription;
  adapter: Adapter | null;
  golden: GoldenOutcome;
  kernels: KernelFigures;
  steps: StepOutcome[];
}

export interface DeviceReport {
  format: "final-studio device check";
  version: 1;
  /** ISO 8601. */
  date: string;
  /** The processor or GPU, and the browser or Node with its version. */
  device: string;
  client: string;
  seconds: number;
  backends: BackendOutcome[];
  /** Backends that could not start, and why. */
  missing: { backend: BackendName; reason: string }[];
  recommended: BackendName;
  /** Why, with the figures. */
  reason: string;
}

/** The fastest of the three products: what shares are of. In operations a second. */
export function productPeak({ products }: KernelFigures): number {
  return Math.max(products.rows, products.columns, products.transposed);
}

/** One line for an issue or a chat: the recommended backend's errors and its speed at the largest measured model. */
export function reportLine(report: DeviceReport): string {
  const found = report.backends.find(({ engine }) => engine.backend === report.recommended);
  const head = `${report.device}, ${report.client}, ${nameOf(report.recommended)}`;
  if (!found) return head;
  const { golden } = found;
  const passed = golden.passed === golden.files ? "" : ` (${golden.passed} of ${golden.files} files passed)`;
  const step = found.steps.findLast(({ rowsPerSecond }) => rowsPerSecond !== null);
  const speed = step
    ? `, ${step.config} ${Math.round(step.rowsPerSecond!).toLocaleString("en")} rows/s, ${Math.round(100 * step.shareOfPeak!)} % of the products' peak`
    : "";
  return `${head}: golden ${golden.worstError.toExponential(0)}${passed}${speed}`;
}

/**
 * The backend whose golden files all passed and that trains fastest: the geometric mean of its rows a second over the
 * models that every candidate ran. Where there is none, whoever ran one.
 */
export function recommend(backends: readonly BackendOutcome[]): { recommended: BackendName; reason: string } {
  const sound = backends.filter(({ golden }) => golden.passed === golden.files);
  if (sound.length === 0)
    return {
      recommended: "cpu",
      reason: "No backend passed all golden files: report this, and train on none.",
    };
  const timed = sound.filter(({ steps }) => steps.some(({ rowsPerSecond }) => rowsPerSecond !== null));
  const common = sound[0]!.steps
    .map(({ config }) => config)
    .filter((config) => sound.every(({ steps }) => speedOf(steps, config) !== null));
  if (sound.length > 1 && common.length === 0) {
    // A model is left out where it is too slow: whoever ran more of them is faster.
    const { backend } = (timed[0] ?? sound[0]!).engine;
    return {
      recommended: backend,
      reason: `${nameOf(backend)}: no model ran on all backends within the time of this check.`,
    };
  }
  const score = ({ steps }: BackendOutcome) =>
    Math.exp(common.reduce((sum, config) => sum + Math.log(speedOf(steps, config)!), 0) / common.length);
  const [best, ...others] = [...sound].sort((one, other) => score(other) - score(one)) as [
    BackendOutcome,
    ...BackendOutcome[],
  ];
  const rounded = (value: number) => Number(value.toPrecision(2));
  const against = others
    .map((other) => `${rounded(score(best) / score(other))} times as fast as ${nameOf(other.engine.backend)}`)
    .join(", ");
  const name = nameOf(best.engine.backend);
  const over = common.join(", ");
  const reason = against
    ? `${name}: measured here at ${over}, it is ${against}.`
    : `${name}: the only backend here that passed.`;
  return { recommended: best.engine.backend, reason };
}

function speedOf(steps: readonly StepOutcome[], config: StepConfigName): number | null {
  return steps.find((step) => step.config === config)?.rowsPerSecond ?? null;
}

function nameOf(backend: BackendName): string {
  return { webgpu: "WebGPU", wasm: "WASM", cpu: "plain JavaScript" }[backend];
}

/** A kernel's speed as a share of the copy's, and why it can be above it. Both in bytes a second. */
export function shareOfCopy(bytes: number, copyBytes: number): string {
  const share = Math.round((100 * bytes) / copyBytes);
  return share > 100 ? `${share} % of the copy's: caches hold most of its rows` : `${share} % of the copy's`;
}
