// The WASM kernels by name, with what each takes, in order: `x[]` is a matrix, which the kernel takes as two numbers, its place `x`
// and its panels' length `xPanel` (kernels/index.ts exports them; a test holds the two together).

import type { Panels } from "./heap.ts";

export const SIGNATURES = {
  activate: "begin end panels kind block width size threshold kept key x[]",
  activateBackward: "begin end panels kind block width size threshold kept key y[] d[]",
  adam: "count parameters gradients first second factors",
  adamTable:
    "begin end T dense l2 firstTouched endTouched rows starts slots gradients[] table first second factors sum",
  columnSums: "B panels x[] out",
  crossBackward: "B panels isFirst x0[] u[] d[] dx0[]",
  crossForward: "B panels x0[] u[] x[] out[]",
  fieldProducts: "begin end F columns e dg[] totals out[]",
  fieldSums: "begin end columns g[] out",
  fillFields: "F panels bias g[]",
  fillRows: "B panels row x[]",
  gateFields: "begin end F D e g[] x[]",
  gateFieldsBackward: "begin end F D dx[] e g de[]",
  gatherRows: "U T table ids out[]",
  gatherSum: "B fields panels slots weights projected[] z[]",
  head: "B panels x[] w bias logits stride",
  headBackward: "B panels d stride x[] w dx[] dw dBias",
  interact: "B blockPanels K interaction gate z[] y[]",
  interactBackward: "B blockPanels K interaction gate dy[] z[] scratch",
  lookupByField: "begin end F D T table ids weights e[]",
  lookupField: "B F D T field column table ids weights x[]",
  lossesAndGradients:
    "B n share equalWeight clickWeight distillationWeight logits scores labels dLogits sums",
  moments: "B panels x[] mean variance",
  normalise: "B panels mean variance gamma beta x[] out[]",
  normaliseBackward: "B panels variance gamma normalised[] d[] dGamma dBeta",
  numberIds: "begin end B F bits batchIds numbers ids counts kinds hash",
  placeIds:
    "begin end B F weights ids counts kinds fieldStarts numbers slotIds positionStarts positions positionWeights units",
  productColumns: "m n k a[] b[] c[] accumulate",
  productRows: "m n k a[] b[] c[] accumulate",
  projectFields: "begin end fields fieldStarts D panels e[] weight[] out[]",
  projectFieldsBackward:
    "begin end fields fieldStarts D panels starts rows weights x[] sums[] weight dWeight[] transposed e dE[] accumulate",
  scale: "count x factor",
  segmentSum: "first end panels starts rows weights x[] out[]",
  segmentSumField: "first end D column starts rows weights x[] out[]",
  segmentSumGated: "first end D field starts rows weights de[] out[]",
  squares: "count x",
  sumStrided: "count x stride out",
  tableGradientSquares:
    "begin end T dense l2 firstTouched endTouched rows starts slots gradients[] table sum",
  transpose: "rows columns matrix[] out[]",
  unsortedSegmentSum: "rows columns segments ids values out",
  wideGradients: "begin end D skippedPanels panels n kinds dLogits sums[] pairGradients",
  wideLogits: "begin end column bias sums[] pairSums logits stride",
  wideSegments:
    "first end D pairs skippedPanels panels accumulate starts rows weights sums[] pairGradients e[] out[]",
  wideSums: "begin end F D pairs skippedPanels panels slots weights e[] sums[] pairSums",
} as const;

export type KernelName = keyof typeof SIGNATURES;

type WordsOf<S extends string> = S extends `${infer First} ${infer Rest}` ? First | WordsOf<Rest> : S;
type ParameterOf<K extends KernelName> = WordsOf<(typeof SIGNATURES)[K]>;

/** What a kernel takes: matrices as `Panels`; 32-bit integers, float32 and byte offsets into the heap as numbers. */
export type KernelValues<K extends KernelName> = {
  readonly [P in ParameterOf<K> as P extends `${infer Matrix}[]` ? Matrix : P]: P extends `${string}[]`
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
  for (const name of PARAMETERS[kernel]) {
    const value = (values as Readonly<Record<string, number | Panels>>)[name]!;
    if (typeof value === "number") numbers.push(value);
    else numbers.push(value.at, value.panel);
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

const PARAMETERS = Object.fromEntries(
  Object.entries(SIGNATURES).map(([kernel, words]) => [kernel, words.replaceAll("[]", "").split(" ")]),
) as Record<KernelName, string[]>;
