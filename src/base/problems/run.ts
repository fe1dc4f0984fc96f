// What can go wrong while a run starts or continues.

import type { Wording } from "../problem.ts";

export const runProblems = {
  "loss-not-finite": (d: { step: number; tensor: string; learningRate: number }): Wording => ({
    sentence: `Training stopped at step ${d.step}: ${d.tensor} is no longer finite.`,
    remedy: `Lower the learning rate (now ${d.learningRate}) and train again.`,
    control: "optimizer.learningRate",
  }),
  "split-empty": (d: { split: string }): Wording => ({
    sentence: `The data set has no rows in its ${d.split} split.`,
    remedy: "Preprocess again with a larger share for that split, or choose another data set.",
  }),
  "model-gone": (_: object): Wording => ({
    sentence: "The run's model is no longer in memory.",
    remedy: "Resume the run, or train a new one: the model that was trained last can be looked into.",
  }),
  "slice-of-no-column": (d: { by: string; names: string[] }): Wording => ({
    sentence: `The data set has no column "${d.by}" to slice by.`,
    remedy: `Its columns are ${d.names.slice(0, 40).join(", ")}${d.names.length > 40 ? ", …" : ""}; "prediction" slices by the fused probability.`,
  }),
  "nothing-to-train-on": (d: { name: string }): Wording => ({
    sentence: `${d.name} has no training rows: models are evaluated on it, not trained.`,
    remedy: "Drop a checkpoint on the page to evaluate it here, or open another data set.",
    control: "dataset",
  }),
  "backend-unavailable": (d: { backend: string; reason: string }): Wording => ({
    sentence: `The ${d.backend} backend cannot start: ${d.reason}.`,
    remedy: "Choose another backend.",
    control: "backend",
  }),
  "engine-missing": (d: { backend: string }): Wording => ({
    sentence: `The fast engine does not run on the ${d.backend} backend.`,
    remedy: "Choose the reference engine, or WASM or WebGPU.",
    control: "backend",
  }),
  "gpu-missing": (d: { reason: string }): Wording => ({
    sentence: `No GPU can be used here: ${d.reason}.`,
    remedy: "Install the GPU's driver (on Linux its Vulkan part too), or take --device_target=WASM.",
  }),
  "kit-needs": (d: { what: string }): Wording => ({
    sentence: `The kit cannot be packed here: it needs ${d.what}.`,
    remedy: "Pack it on a Linux machine of the same processor, in a clone after npm ci, with tar and xz.",
  }),
  "memory-exhausted": (d: { bytes: number }): Wording => ({
    sentence: `The model needs ${Math.ceil(d.bytes / 1e6).toLocaleString("en")} MB in one piece, and this backend has not so much left.`,
    remedy: "Choose a smaller batch, smaller embeddings or fewer table rows.",
    control: "batchSize",
  }),
  "browser-memory-exhausted": (d: { reason: string }): Wording => ({
    sentence: `This browser has no memory left for that (${d.reason}).`,
    remedy: "Choose a smaller model or batch, or close other tabs; what was saved is kept.",
    control: "batchSize",
  }),
  "gpu-memory-exhausted": (d: { reason: string }): Wording => ({
    sentence: `The GPU has no memory left for this model (${d.reason}).`,
    remedy: "Choose a smaller batch, smaller embeddings, fewer table rows or WASM; what was saved is kept.",
    control: "backend",
  }),
  "gpu-refused": (d: { reason: string }): Wording => ({
    sentence: `The GPU refused what it was given (${d.reason}).`,
    remedy: "Choose WASM, and please report these words; what was saved is kept.",
    control: "backend",
  }),
  "worker-ended": (d: { asked: "stop" | "pause" }): Wording => ({
    sentence: `The worker was ended, since it did not ${d.asked}.`,
    remedy: "What was saved until then can be resumed.",
  }),
  "run-not-active": (_: object): Wording => ({
    sentence: "That run is no longer under way.",
    remedy: "Start it again, or choose the one that is training.",
  }),
  "dataset-not-open": (_: object): Wording => ({
    sentence: "There is no data set to train on yet.",
    remedy: "Make the demo data, or load a data set.",
    control: "dataset",
  }),
  unexpected: (d: { message: string }): Wording => ({
    sentence: `Something that should not happen did: ${d.message}.`,
    remedy: "This is a fault of the studio; please report it with these words.",
  }),
};
