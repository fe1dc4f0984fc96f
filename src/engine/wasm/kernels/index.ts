// The kernels that tfjs' WASM backend lacks, in AssemblyScript. They work in place on tfjs' own heap, so nothing is
// copied; for that they may have no static data and no heap of their own (`--runtime stub`, no arrays, no strings).

export { unsortedSegmentSum } from "./segmentSum";
