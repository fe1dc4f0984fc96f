// Runs in Chromium, called by the step benchmark: the engines on WebGPU.

import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-webgpu";
import { measureStepEngines, type StepFigures, type StepRequest } from "./stepEngines.ts";

export default async function measure(request: StepRequest): Promise<StepFigures> {
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  if (!(await tf.setBackend("webgpu"))) throw new Error("WebGPU did not start");
  return measureStepEngines(request);
}
