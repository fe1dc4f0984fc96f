// onnxruntime in a browser's worker, for the check of an exported model. Loaded when the first one is made.

import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import * as ort from "onnxruntime-web/wasm";
import type { OnnxRunner } from "../export/onnx/check.ts";
import type { OnnxFile } from "../export/onnx/file.ts";
import { createOnnxRunner } from "./onnxRunner.ts";

export function loadOnnx(file: OnnxFile): Promise<OnnxRunner> {
  ort.env.wasm.wasmPaths = { wasm };
  return createOnnxRunner(ort, file);
}
