// Weights that a new run starts from: a checkpoint's, a weights file's, or those of MindSpore's released network.

import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { NamedArrays } from "../base/batch.ts";
import { ProblemError, problemError } from "../base/result.ts";
import { readForeignTensors } from "../checkpoint/safetensors.ts";
import { otherVocabulary } from "../checkpoint/vocabulary.ts";
import type { Engine } from "../engine/engine.ts";
import { type ReadArray, readCkpt } from "../export/mindspore/ckpt.ts";
import { fromMindspore } from "../export/mindspore/names.ts";
import { withFile } from "../shards/byteSource.ts";
import type { Manifest } from "../shards/manifest.ts";
import { readCheckpoint } from "./checkpoints.ts";
import { diskFolder, unreadable } from "./files.ts";
import { say } from "./log.ts";

/** Puts a file's weights into an engine that has begun with its own. Throws a ProblemError where they do not fit. */
export async function startFrom(path: string, engine: Engine, manifest: Manifest): Promise<void> {
  const name = basename(path);
  const weights = await readWeights(path, name, manifest);
  const state = await engine.read();
  for (const [tensor, { shape, values }] of state.parameters) {
    const given = weights.parameters.get(tensor);
    const reason = !given
      ? "it is missing"
      : given.shape.join() === shape.join()
        ? null
        : `its shape is [${given.shape.join(", ")}], not [${shape.join(", ")}]`;
    if (reason) throw problemError("start-weights-other", { name, tensor, reason });
    values.set(given!.values);
  }
  for (const [tensor, { values }] of state.running) {
    const given = weights.running.get(tensor);
    if (given?.values.length === values.length) values.set(given.values);
  }
  await engine.write(state);
  say(`starting from the weights of ${name}`);
}

interface Weights {
  parameters: NamedArrays;
  running: NamedArrays;
}

async function readWeights(path: string, name: string, manifest: Manifest): Promise<Weights> {
  if (!path.endsWith(".ckpt")) {
    try {
      const { state, best, dataset } = await readCheckpoint(path, "weights");
      const foreign = otherVocabulary(name, dataset, manifest);
      if (foreign) throw new ProblemError(foreign);
      return best ?? state;
    } catch (cause) {
      if (!(cause instanceof ProblemError) || cause.problem.code !== "checkpoint-foreign") throw cause;
    }
  }
  await stat(path).catch((cause) => {
    throw unreadable(path, cause);
  });
  const arrays = await withFile(diskFolder(dirname(path)), name, (file) =>
    path.endsWith(".ckpt") ? readCkpt(file) : floatsOf(file, name),
  );
  const read = fromMindspore(arrays);
  if ("missing" in read)
    throw problemError("start-weights-other", { name, tensor: read.missing, reason: "it is missing" });
  say(`${name} does not say which ids its rows mean: the data set must be the one that it was trained on`);
  return { ...read, running: new Map() };
}

async function floatsOf(
  file: Parameters<typeof readForeignTensors>[0],
  name: string,
): Promise<Map<string, ReadArray>> {
  const floats = new Map<string, ReadArray>();
  for (const [tensor, { shape, values }] of await readForeignTensors(file, name))
    if (values instanceof Float32Array) floats.set(tensor, { shape, values });
  return floats;
}
