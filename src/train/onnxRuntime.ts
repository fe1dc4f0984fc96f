// onnxruntime in a browser's worker, on one thread: for the check of an exported model. Loaded when the first one is made.

import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import * as ort from "onnxruntime-web/wasm";
import type { Feeds, OnnxRunner } from "../export/onnx/check.ts";
import type { OnnxFile } from "../export/onnx/file.ts";

export async function loadOnnx({ pieces, external }: OnnxFile): Promise<OnnxRunner> {
  ort.env.logLevel = "error";
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm };
  const session = await ort.InferenceSession.create(await bytesOf(pieces), {
    executionProviders: ["wasm"],
    ...(external && { externalData: [{ path: external.name, data: await bytesOf(external.pieces) }] }),
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

async function bytesOf(pieces: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array> {
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}
