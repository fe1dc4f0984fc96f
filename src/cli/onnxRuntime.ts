// onnxruntime-web in Node, for the check of an exported model.

import type { Feeds, OnnxRunner } from "../export/onnx/check.ts";
import type { OnnxFile } from "../export/onnx/file.ts";

/** Loads a file into the runtime. */
export async function loadOnnx({ pieces, external }: OnnxFile): Promise<OnnxRunner> {
  const ort = await import("onnxruntime-web");
  ort.env.logLevel = "error";
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(new Uint8Array(Buffer.concat(pieces)), {
    executionProviders: ["wasm"],
    ...(external && {
      externalData: [{ path: external.name, data: new Uint8Array(Buffer.concat(external.pieces)) }],
    }),
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
