// onnxruntime-web in Node, for the check of an exported model.

import type { OnnxRunner } from "../export/onnx/check.ts";
import type { OnnxFile } from "../export/onnx/file.ts";
import { createOnnxRunner } from "../train/onnxRunner.ts";

export async function loadOnnx(file: OnnxFile): Promise<OnnxRunner> {
  return createOnnxRunner(await import("onnxruntime-web"), file);
}
