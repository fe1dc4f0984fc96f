// The kernels that tfjs' WASM backend lacks, in AssemblyScript. They work in place on tfjs' own heap, so nothing is
// copied; for that they may have no static data and no heap of their own (`--runtime stub`, no arrays, no strings).

export { adam, adamTable, scale, squares, tableGradientSquares } from "./adam";
export { moments, normalise, normaliseBackward } from "./batchNorm";
export {
  activate,
  activateBackward,
  columnSums,
  fillRows,
  head,
  headBackward,
} from "./columns";
export { crossBackward, crossForward } from "./cross";
export { gatherRows, gatherSum, lookupField, segmentSum, segmentSumField } from "./embedding";
export { projectFields, projectFieldsBackward } from "./firstLayer";
export {
  fieldProducts,
  fieldSums,
  fillFields,
  gateFields,
  gateFieldsBackward,
  lookupByField,
  segmentSumGated,
} from "./gating";
export { numberIds, placeIds } from "./grouping";
export { interact, interactBackward } from "./interaction";
export { lossesAndGradients } from "./loss";
export { productColumns, productRows, transpose } from "./product";
export { unsortedSegmentSum } from "./segmentSum";
export { sumStrided, wideGradients, wideLogits, wideSegments, wideSums } from "./wide";
