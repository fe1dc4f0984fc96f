// Runs in Chromium, called by the golden command: the golden files on WebGPU.

import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-webgpu";
import { orThrow } from "../base/result.ts";
import { createEngine } from "../engine/create.ts";
import type { EngineName } from "../engine/engine.ts";
import { checkGolden, type GoldenErrors, parseGolden } from "../train/golden.ts";

export interface GoldenRequest {
  engine: EngineName;
  files: { name: string; text: string }[];
}

/** The errors of each file, in order; throws where a file is no golden file or WebGPU does not start. */
export default async function check({ engine: name, files }: GoldenRequest): Promise<GoldenErrors[]> {
  // tfjs would compute small tensors on the CPU, and these files hold small ones only.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  if (!(await tf.setBackend("webgpu"))) throw new Error("WebGPU did not start");
  const errors: GoldenErrors[] = [];
  for (const file of files) {
    const golden = orThrow(parseGolden(file.text, file.name));
    const engine = await createEngine(name, golden.config, golden.shape);
    errors.push(await checkGolden(golden, engine));
    engine.dispose();
  }
  return errors;
}
