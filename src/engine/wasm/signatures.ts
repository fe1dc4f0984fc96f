// The WASM kernels by name, with the names of what each takes, in order (kernels/index.ts exports them; a test holds the two
// together). A name that ends in `Panel` follows the matrix whose panels it measures, so callers give both as one `Panels`.

import type { Panels } from "./heap.ts";

export const SIGNATURES = {
  activate: [
    "begin",
    "end",
    "panels",
    "kind",
    "block",
    "width",
    "size",
    "threshold",
    "kept",
    "key",
    "x",
    "xPanel",
  ],
  activateBackward: [
    "begin",
    "end",
    "panels",
    "kind",
    "block",
    "width",
    "size",
    "threshold",
    "kept",
    "key",
    "y",
    "yPanel",
    "d",
    "dPanel",
  ],
  adam: ["count", "parameters", "gradients", "first", "second", "factors"],
  adamTable: [
    "begin",
    "end",
    "T",
    "dense",
    "l2",
    "firstTouched",
    "endTouched",
    "rows",
    "starts",
    "slots",
    "gradients",
    "gradientsPanel",
    "table",
    "first",
    "second",
    "factors",
    "sum",
  ],
  columnSums: ["B", "panels", "x", "xPanel", "out"],
  crossBackward: ["B", "panels", "isFirst", "x0", "x0Panel", "u", "uPanel", "d", "dPanel", "dx0", "dx0Panel"],
  crossForward: ["B", "panels", "x0", "x0Panel", "u", "uPanel", "x", "xPanel", "out", "outPanel"],
  fieldProducts: ["begin", "end", "F", "columns", "e", "dg", "dgPanel", "totals", "out", "outPanel"],
  fieldSums: ["F", "columns", "g", "gPanel", "out"],
  fillFields: ["F", "panels", "bias", "g", "gPanel"],
  fillRows: ["B", "panels", "row", "x", "xPanel"],
  gateFields: ["begin", "end", "F", "D", "e", "g", "gPanel", "x", "xPanel"],
  gateFieldsBackward: ["begin", "end", "F", "D", "dx", "dxPanel", "e", "g", "de", "dePanel"],
  gatherRows: ["U", "T", "table", "ids", "out", "outPanel"],
  gatherSum: ["B", "fields", "panels", "slots", "weights", "projected", "projectedPanel", "z", "zPanel"],
  head: ["B", "panels", "x", "xPanel", "w", "bias", "logits", "stride"],
  headBackward: ["B", "panels", "d", "stride", "x", "xPanel", "w", "dx", "dxPanel", "dw", "dBias"],
  interact: ["B", "blockPanels", "K", "interaction", "gate", "z", "zPanel", "y", "yPanel"],
  interactBackward: [
    "B",
    "blockPanels",
    "K",
    "interaction",
    "gate",
    "dy",
    "dyPanel",
    "z",
    "zPanel",
    "scratch",
  ],
  lookupByField: ["begin", "end", "F", "D", "T", "table", "ids", "weights", "e", "ePanel"],
  lookupField: ["B", "F", "D", "T", "field", "column", "table", "ids", "weights", "x", "xPanel"],
  lossesAndGradients: [
    "B",
    "n",
    "equalWeight",
    "distillationWeight",
    "logits",
    "scores",
    "labels",
    "dLogits",
    "sums",
  ],
  moments: ["B", "panels", "x", "xPanel", "mean", "variance"],
  normalise: ["B", "panels", "mean", "variance", "x", "xPanel"],
  normaliseBackward: [
    "B",
    "panels",
    "variance",
    "gamma",
    "normalised",
    "normalisedPanel",
    "d",
    "dPanel",
    "dGamma",
    "dBeta",
  ],
  productColumns: ["m", "n", "k", "a", "aPanel", "b", "bPanel", "c", "cPanel", "accumulate"],
  productRows: ["m", "n", "k", "a", "aPanel", "b", "bPanel", "c", "cPanel", "accumulate"],
  scale: ["count", "x", "factor"],
  scaleAndShift: ["B", "panels", "gamma", "beta", "x", "xPanel", "out", "outPanel"],
  segmentSum: ["first", "end", "panels", "starts", "rows", "weights", "x", "xPanel", "out", "outPanel"],
  segmentSumField: [
    "first",
    "end",
    "D",
    "column",
    "starts",
    "rows",
    "weights",
    "x",
    "xPanel",
    "out",
    "outPanel",
  ],
  segmentSumGated: [
    "first",
    "end",
    "D",
    "field",
    "starts",
    "rows",
    "weights",
    "de",
    "dePanel",
    "out",
    "outPanel",
  ],
  squares: ["count", "x"],
  sumStrided: ["count", "x", "stride", "out"],
  tableGradientSquares: [
    "begin",
    "end",
    "T",
    "dense",
    "l2",
    "firstTouched",
    "endTouched",
    "rows",
    "starts",
    "slots",
    "gradients",
    "gradientsPanel",
    "table",
    "sum",
  ],
  transpose: ["rows", "columns", "matrix", "matrixPanel", "out", "outPanel"],
  unsortedSegmentSum: ["rows", "columns", "segments", "ids", "values", "out"],
  wideGradients: [
    "begin",
    "end",
    "D",
    "skippedPanels",
    "panels",
    "n",
    "kinds",
    "dLogits",
    "sums",
    "sumsPanel",
    "pairGradients",
  ],
  wideLogits: ["begin", "end", "column", "bias", "sums", "sumsPanel", "pairSums", "logits", "stride"],
  wideSegments: [
    "first",
    "end",
    "D",
    "pairs",
    "skippedPanels",
    "panels",
    "accumulate",
    "starts",
    "rows",
    "weights",
    "sums",
    "sumsPanel",
    "pairGradients",
    "e",
    "ePanel",
    "out",
    "outPanel",
  ],
  wideSums: [
    "begin",
    "end",
    "F",
    "D",
    "pairs",
    "skippedPanels",
    "panels",
    "slots",
    "weights",
    "e",
    "ePanel",
    "sums",
    "sumsPanel",
    "pairSums",
  ],
} as const;

export type KernelName = keyof typeof SIGNATURES;

type NameOf<K extends KernelName> = (typeof SIGNATURES)[K][number];

/** What a kernel takes: matrices as `Panels`; 32-bit integers, float32 and byte offsets into the heap as numbers. */
export type KernelValues<K extends KernelName> = {
  readonly [N in NameOf<K> as N extends `${string}Panel` ? never : N]: `${N}Panel` extends NameOf<K>
    ? Panels
    : number;
};

/** The compiled kernels as WebAssembly exports them. */
export type KernelExports = Record<KernelName, (...numbers: number[]) => number>;

/** A kernel with its numbers, in the order in which it takes them: what threads pass on. */
export interface Call {
  readonly kernel: KernelName;
  readonly numbers: readonly number[];
}

/** A call of `kernel`, to be run by a team. */
export function call<K extends KernelName>(kernel: K, values: KernelValues<K>): Call {
  const numbers: number[] = [];
  for (const { name, isMatrix } of PLACES[kernel]) {
    const value = (values as Readonly<Record<string, number | Panels>>)[name]!;
    if (isMatrix) numbers.push((value as Panels).at, (value as Panels).panel);
    else numbers.push(value as number);
  }
  return { kernel, numbers };
}

/** Runs `kernel` at once on this thread, and gives what it returns. */
export function invoke<K extends KernelName>(
  kernels: KernelExports,
  kernel: K,
  values: KernelValues<K>,
): number {
  return kernels[kernel](...call(kernel, values).numbers);
}

const PLACES = Object.fromEntries(
  Object.entries(SIGNATURES).map(([kernel, names]: [string, readonly string[]]) => [
    kernel,
    names
      .filter((name) => !name.endsWith("Panel"))
      .map((name) => ({ name, isMatrix: names.includes(`${name}Panel`) })),
  ]),
) as Record<KernelName, { name: string; isMatrix: boolean }[]>;
