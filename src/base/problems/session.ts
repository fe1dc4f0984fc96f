// What can go wrong between page and worker, with what is saved, and with the runs that the page keeps.

import type { Wording } from "../problem.ts";

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString("en")} MB`;
}

export const sessionProblems = {
  "chromium-missing": (_: object): Wording => ({
    sentence: "This needs Chromium, and none was found.",
    remedy: "Install it, or set CHROMIUM_PATH to one.",
  }),
  "torch-missing": (d: { python: string; reason: string }): Wording => ({
    sentence: `This compares with PyTorch, and ${d.python} cannot run it: ${d.reason}.`,
    remedy: "Name a Python that has torch with --python=PATH.",
  }),
  "worker-died": (d: { reason: string }): Wording => ({
    sentence: `The training worker stopped: ${d.reason}.`,
    remedy: "Restart it; what was saved is kept.",
  }),
  "check-worker-died": (d: { reason: string }): Wording => ({
    sentence: `The check of this device stopped: ${d.reason.replace(/\.$/, "")}.`,
    remedy: "Try again; if it stops again, train with WASM, and report it with the GPU's name.",
  }),
  "request-unknown": (d: { name: string }): Wording => ({
    sentence: `The training worker does not know the request "${d.name}".`,
    remedy: "Reload the page: it and its worker are of different versions.",
  }),
  "checkpoint-damaged": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} is damaged: ${d.reason}.`,
    remedy: "Take another copy of it, or an older checkpoint.",
  }),
  "checkpoint-foreign": (d: { name: string }): Wording => ({
    sentence: `${d.name} is not a checkpoint of FINAL Studio.`,
    remedy: "Choose a .safetensors file that was downloaded here or saved by the command line.",
  }),
  "checkpoint-too-new": (d: { name: string; version: string; supported: number }): Wording => ({
    sentence: `${d.name} is of format version ${d.version}, and this studio reads version ${d.supported}.`,
    remedy: "Update the studio, or save the checkpoint with an older one.",
  }),
  "checkpoint-invalid": (d: { name: string; where: string; reason: string }): Wording => ({
    sentence: `${d.name} contradicts itself at ${d.where}: ${d.reason}.`,
    remedy: "Take another copy of it, or an older checkpoint.",
  }),
  "checkpoint-not-finite": (d: { name: string; tensor: string }): Wording => ({
    sentence: `${d.name} holds numbers that are not finite, in ${d.tensor}.`,
    remedy: "Take a checkpoint from before that run diverged.",
  }),
  "checkpoint-weights-only": (d: { name: string }): Wording => ({
    sentence: `${d.name} holds weights alone, without the optimiser's moments and the place in the data.`,
    remedy: "Evaluate it or start a new run from its weights; only a full checkpoint resumes where it was.",
  }),
  "checkpoint-curves-only": (d: { name: string }): Wording => ({
    sentence: `${d.name} holds the curves of a run alone, without its weights.`,
    remedy:
      "Keep them as a run in the page, or look at them with inspect; to evaluate, score, export or resume, take the checkpoint of that run.",
  }),
  "checkpoint-without-curves": (d: { name: string }): Wording => ({
    sentence: `${d.name} holds weights alone, without the curves of their run.`,
    remedy: "Take the whole checkpoint of that run, or its file of curves.",
  }),
  "checkpoint-rounded": (d: { name: string; tensors: number }): Wording => ({
    sentence: `Another program saved ${d.name} again and rounded ${d.tensors} of its tensors to 16 bits, the optimiser's moments too, so its run would not continue as it was.`,
    remedy: "Evaluate it or start a new run from its weights, or resume the checkpoint as it was saved here.",
  }),
  "checkpoint-saved-again": (d: { name: string; rounded: number; checked: boolean }): Wording => ({
    sentence: `Another program saved ${d.name} again: ${
      d.rounded > 0 ? `${d.rounded} of its tensors were rounded to 16 bits` : "no number was rounded"
    }, and ${
      d.checked
        ? `the checksums of ${d.rounded > 0 ? "the others" : "all of them"} are right`
        : "it has no checksums that could show whether they were changed"
    }.`,
    remedy: "It opens; take the file as it was saved here where the last digit matters.",
  }),
  "checkpoint-without-best": (d: { name: string }): Wording => ({
    sentence: `${d.name} holds its latest weights only: its schedule keeps no best ones.`,
    remedy: "Evaluate the latest, or another checkpoint.",
  }),
  "export-not-held": (d: { format: string; reason: string; holds: string }): Wording => ({
    sentence: `${d.format} cannot hold this model: ${d.reason}.`,
    remedy: `It holds ${d.holds}. ONNX holds every model.`,
  }),
  "ckpt-unreadable": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} cannot be read as a checkpoint of MindSpore: ${d.reason}.`,
    remedy: "Take a .ckpt that MindSpore saved, or that was exported here with --format=mindspore.",
  }),
  "start-weights-other": (d: { name: string; tensor: string; reason: string }): Wording => ({
    sentence: `${d.name} does not fit the configuration at ${d.tensor}: ${d.reason}.`,
    remedy: "Choose the configuration and the data set that these weights were trained with.",
  }),
  "export-differs": (d: { difference: number; rows: number }): Wording => ({
    sentence: `The exported model's logits differ from the studio's by ${d.difference.toExponential(1)} on ${d.rows} rows, so nothing was written.`,
    remedy: "This is a fault of the studio: please report it with the configuration.",
  }),
  "storage-budget": (d: { needed: number; budget: number }): Wording => ({
    sentence: `The run could not be saved: it takes ${megabytes(d.needed)}, and checkpoints may take ${megabytes(d.budget)} together.`,
    remedy: "Delete runs, or allow their checkpoints more space, under “Runs”; training continues.",
    control: "savedRuns",
  }),
  "members-not-kept": (d: { name: string; needed: number; budget: number }): Wording => ({
    sentence: `There is no free space for the model of "${d.name}": it takes ${megabytes(d.needed)}, and checkpoints may take ${megabytes(d.budget)} together.`,
    remedy:
      "The arena goes on, and keeps figures and curves of all its members; to keep their models too, delete runs or allow checkpoints more space, under “Runs”.",
    control: "savedRuns",
  }),
  "storage-full": (d: { reason: string }): Wording => ({
    sentence: `The run could not be saved in this browser: ${d.reason}.`,
    remedy: "Delete runs or free the disk, or download the checkpoint; training continues.",
    control: "savedRuns",
  }),
  "storage-silent": (d: { reason: string }): Wording => ({
    sentence: `This browser's storage for runs was asked, and ${d.reason}.`,
    remedy:
      "What was saved before stays, and a run that trains is saved again later; download its checkpoint to be sure. If it comes again, reload the page.",
    control: "savedRuns",
  }),
  "storage-missing": (d: { reason: string }): Wording => ({
    sentence: `This browser keeps nothing for this page (${d.reason}), so runs are lost when it closes.`,
    remedy: "Leave the private window, or download checkpoints.",
  }),
  "storage-insecure": (_: object): Wording => ({
    sentence:
      "Runs and data sets are not kept: browsers give storage only to pages opened over https or at localhost.",
    remedy: "Open this page in one of these ways to keep them; until then, download checkpoints.",
  }),
  "run-not-saved": (_: object): Wording => ({
    sentence: "That run has no checkpoint any more.",
    remedy: "Look at the list again: another tab may have deleted it.",
    control: "savedRuns",
  }),
  "best-not-kept": (d: { name: string }): Wording => ({
    sentence: `No best weights of "${d.name}" are kept.`,
    remedy: "Evaluate its latest weights.",
  }),
  "rows-of-split-missing": (d: { dataset: string; split: string; rows: string }): Wording => ({
    sentence: `${d.dataset} has no ${d.split} rows. It has ${d.rows}.`,
    remedy: "Choose other rows.",
  }),
  "scores-not-numbers": (d: { name: string; rows: string }): Wording => ({
    sentence: `"${d.name}" gives results that are not numbers for some of the ${d.rows}, so no figure of them would be true.`,
    remedy: "Evaluate other weights, or train with a lower learning rate.",
  }),
  "device-lost": (d: { reason: string }): Wording => ({
    sentence: `The GPU was lost (${d.reason}).`,
    remedy: "The run continues from its last save.",
  }),
  "gpu-lost": (d: { reason: string }): Wording => ({
    sentence: `The GPU was lost (${d.reason}).`,
    remedy: "Start the command again, or compute with --device_target=WASM, which needs no GPU.",
  }),
  "device-unreliable": (d: { reason: string; losses: number }): Wording => ({
    sentence: `The GPU was lost ${d.losses} times within five minutes (${d.reason}), so the run was stopped.`,
    remedy: "Resume with WASM, which needs no GPU.",
    control: "backend",
  }),
  "queue-needs-data": (d: { name: string; dataset: string }): Wording => ({
    sentence: `“${d.name}” waits for the data set ${d.dataset}, which only you can open again.`,
    remedy: "Open it, then continue the queue, or remove the job from it.",
    control: "dataset",
  }),
  "arena-device-lost": (d: { reason: string; seed: number; seeds: number }): Wording => ({
    sentence: `The GPU was lost (${d.reason}).`,
    remedy:
      d.seeds === 1
        ? "The arena begins again."
        : `Seed ${d.seed} of ${d.seeds} begins again; the seeds before it are kept.`,
  }),
  "arena-device-unreliable": (d: { reason: string; losses: number }): Wording => ({
    sentence: `The GPU was lost ${d.losses} times within five minutes (${d.reason}), so the arena was stopped.`,
    remedy: "Start it with WASM, which needs no GPU.",
    control: "backend",
  }),
  "checkpoint-not-read": (_: object): Wording => ({
    sentence: "The worker holds no checkpoint any more.",
    remedy: "Choose the file again.",
  }),
  "run-elsewhere": (d: { name: string }): Wording => ({
    sentence: `"${d.name}" is open in another tab of this browser.`,
    remedy: "Resume it there, or close that tab first; here it can only be looked at.",
  }),
  "checkpoint-other-data": (d: { name: string; checkpoint: string; dataset: string }): Wording => ({
    sentence: `${d.name} was trained on ${d.checkpoint}, and ${d.dataset} is other data.`,
    remedy: "Choose the data set that it was trained on.",
    control: "dataset",
  }),
  "checkpoint-other-vocabulary": (d: {
    name: string;
    checkpoint: string;
    dataset: string;
    difference: string;
    needs: "its rows" | "its ids";
  }): Wording => ({
    sentence: `${d.name} was trained with the ids of ${d.checkpoint}, and ${d.dataset} has other ids (${d.difference}), so its rows would mean something else to the model.`,
    remedy:
      d.needs === "its ids"
        ? `Open ${d.checkpoint}, or name it with --dataset_path: values are looked up in it.`
        : `Encode these rows with the ids of ${d.checkpoint}: preprocess --vocabulary=FOLDER, or, with ${d.checkpoint} open in the page, drop the log and choose its ids.`,
    control: "dataset",
  }),
  "library-worker-died": (d: { reason: string }): Wording => ({
    sentence: `The worker that keeps runs stopped: ${d.reason}.`,
    remedy: "It starts again with what you do next; what was written is kept.",
  }),
  "runs-not-kept": (d: { reason: string }): Wording => ({
    sentence: `This browser does not keep the table of runs: ${d.reason}.`,
    remedy: "Export the runs before you close the page, or free space for it.",
  }),
  "runs-file-invalid": (d: { name: string; where: string; reason: string }): Wording => ({
    sentence: `${d.name} holds no runs that this studio can read: ${d.where ? `${d.where}: ` : ""}${d.reason}.`,
    remedy: "Choose a JSON file or a report that the studio exported, unchanged.",
  }),
  "runs-here-already": (d: { name: string; runs: number }): Wording => ({
    sentence: `${d.runs === 1 ? "One run" : `${d.runs} runs`} of ${d.name} ${d.runs === 1 ? "is" : "are"} here already and stayed as they were.`,
    remedy: "To read them from the file instead, delete them here first.",
  }),
  "arena-file-invalid": (d: { name: string; where: string; reason: string }): Wording => ({
    sentence: `${d.name} holds no arena that this studio can read: ${d.where ? `${d.where}: ` : ""}${d.reason}.`,
    remedy: "Choose an arena's report or JSON file that the studio exported, unchanged.",
  }),
  "arena-not-shown": (d: { name: string }): Wording => ({
    sentence: `The arena of ${d.name} was added to those that are kept here, and is not shown while another one trains.`,
    remedy: "Choose it under Compare and Arena when that has ended.",
  }),
  "link-invalid": (d: { reason: string }): Wording => ({
    sentence: `The address carries settings that cannot be read: ${d.reason}.`,
    remedy: "Ask for the link again: it may have been cut off. Nothing here was changed.",
  }),
  "link-too-long": (d: { length: number; most: number }): Wording => ({
    sentence: `The link would have ${d.length} characters, and ${d.most} is the most that travels well.`,
    remedy: "Share the configuration as a JSON file, or an arena as a report instead.",
  }),
};
