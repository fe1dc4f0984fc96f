// tfjs' CPU backend compares every id with every segment in UnsortedSegmentSum, so one lookup's gradient takes a minute
// on a table of 15,000 rows. This one passes over the ids once.

import * as tf from "@tensorflow/tfjs";

let installed = false;

/** Replaces the CPU backend's UnsortedSegmentSum for good. Repeats do nothing. */
export function installCpuKernels(): void {
  if (installed) return;
  installed = true;
  tf.unregisterKernel(tf.UnsortedSegmentSum, "cpu");
  tf.registerKernel({
    kernelName: tf.UnsortedSegmentSum,
    backendName: "cpu",
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
      const { numSegments } = attrs as unknown as tf.UnsortedSegmentSumAttrs;
      const cpu = backend as tf.MathBackendCPU;
      const ids = cpu.data.get(segmentIds.dataId).values as Int32Array;
      const values = cpu.data.get(x.dataId).values as Float32Array;
      const shape = [numSegments, ...x.shape.slice(1)];
      return cpu.makeTensorInfo(shape, x.dtype, segmentSum(values, ids, numSegments));
    },
  });
}

/** [segments, columns] sums of the rows of `values`, in their order; ids outside [0, segments) are left out. */
function segmentSum(values: Float32Array, ids: Int32Array, segments: number): Float32Array {
  const columns = ids.length > 0 ? values.length / ids.length : 0;
  const sums = new Float32Array(segments * columns);
  for (const [r, id] of ids.entries()) {
    if (id < 0 || id >= segments) continue;
    for (let c = 0; c < columns; c++) sums[id * columns + c]! += values[r * columns + c]!;
  }
  return sums;
}
