// Runs an exported ONNX file, for its check: in a browser's worker and in Node, which load onnxruntime in their own ways.

import type * as Runtime from "onnxruntime-web";
import { concatenate } from "../base/bytes.ts";
import type { Feeds, OnnxRunner } from "../export/onnx/check.ts";
import type { OnnxFile } from "../export/onnx/file.ts";

/** Loads a file into the runtime, on one thread. */
export async function createOnnxRunner(
  ort: Pick<typeof Runtime, "env" | "InferenceSession" | "Tensor">,
  { pieces, external }: OnnxFile,
): Promise<OnnxRunner> {
  ort.env.logLevel = "error";
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(concatenate(pieces), {
    executionProviders: ["wasm"],
    ...(external && { externalData: [{ path: external.name, data: concatenate(external.pieces) }] }),
  });
  return async (feeds: Feeds) => {
    const tensors = Object.entries(feeds).map(([name, { type, data, dims }]) => [
      name,
      type === "string"
        ? new ort.Tensor("string", data as string[], dims)
        : new ort.Tensor(type, data as Float32Array, dims),
    ]);
    const outputs = await session.run(Object.fromEntries(tensors));
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array | Float64Array]),
    );
  };
}
