// export: a model or a data set in the form of another tool.

import { basename, resolve } from "node:path";
import { PRESET_NAMES } from "../model/presets.ts";
import { exportFuxiCtr } from "../preprocess/export/fuxictr.ts";
import { exportMindSpore } from "../preprocess/export/mindspore.ts";
import { openDataset } from "../shards/openDataset.ts";
import { flag, integer, parseArguments, text, UsageError, type Values } from "./arguments.ts";
import { diskFolder } from "./files.ts";
import { printResult, rowProgress, say } from "./log.ts";
import { makeFolder } from "./makeFolder.ts";
import { INTEGERS_HELP, modesOption } from "./modesOption.ts";

export const exportSpec = {
  command: "export",
  examples: [
    "--checkpoint_path=FILE.safetensors --format=onnx --output=model.onnx",
    "--checkpoint_path=FILE.safetensors --format=mindspore --job --dataset_path=data/criteo --output=folder",
    "data/criteo --fuxictr --output=data/criteo_fuxictr",
    "data/criteo --torchrun --preset=fuxictr-x4-2b --output=job",
    "--spark --threshold=100 --output=job",
  ],
  options: [
    text("output", "file or folder to make; must not exist", { required: true }),
    text("checkpoint_path", "a checkpoint (.safetensors)", { group: "A model" }),
    text(
      "format",
      "ONNX from ids, ONNX from a log's values, MindSpore's .ckpt, FuxiCTR's .model, weights alone, curves alone",
      { choices: ["onnx", "onnx-raw", "mindspore", "fuxictr", "safetensors", "curves"] },
    ),
    text("weights", "those of its step, or those of its best epoch where the schedule keeps them", {
      choices: ["latest", "best"],
      default: "latest",
    }),
    text(
      "dataset_path",
      "the data set that it was trained on, for rows to compare on and the vocabulary of onnx-raw; left out, that takes the one that train noted beside the checkpoint",
    ),
    flag("float64", "ONNX: compute with 64 bits", { default: false }),
    flag("external_data", "ONNX: arrays in a file of their own, as always beyond 2 GB", { default: false }),
    flag(
      "job",
      "MindSpore: a folder with what makes MindIR and OM of it, a Hub entry, and rows for Ascend 310",
      { default: false },
    ),
    integer("batch_size", "MindSpore's job: rows a batch", { default: 1024 }),
    flag("fuxictr", "as FuxiCTR's processed Parquet", { default: false, group: "A data set" }),
    flag("mindspore", "MindSpore's three dictionaries", { default: false }),
    text("integers", `FuxiCTR: ${INTEGERS_HELP}`, { default: "bucket" }),
    flag("torchrun", "a folder that trains on the data set: new, or on from --checkpoint_path", {
      default: false,
      group: "A job for PyTorch on a cluster",
    }),
    text("config", "configuration file (JSON)"),
    text("preset", `one of ${PRESET_NAMES.join(", ")}`),
    flag(
      "spark",
      "PySpark that makes a data set of a log of any size; its options are those of preprocess: --spark --help",
      { default: false, group: "A job for Spark" },
    ),
  ],
  positionals: ["[DATASET]"],
} as const;

export async function runExport(args: string[]): Promise<number> {
  if (args.includes("--spark")) return (await import("./exportSpark.ts")).exportSpark(args);
  const { values, positionals } = parseArguments(args, exportSpec);
  const [dataset] = positionals;
  const { format, checkpoint_path } = values;
  if (values.torchrun) {
    if (dataset === undefined || format !== undefined || values.fuxictr || values.mindspore)
      throw new UsageError("--torchrun goes with a data set before it, and with no other form.");
    return (await import("./exportJob.ts")).exportJob(dataset, values);
  }
  if (format !== undefined || checkpoint_path !== undefined) {
    if (dataset !== undefined || format === undefined || checkpoint_path === undefined)
      throw new UsageError(
        "A model is exported with --checkpoint_path and --format, and no data set before them.",
      );
    if (values.job && format !== "mindspore") throw new UsageError("--job goes with --format=mindspore.");
    return (await import("./exportModel.ts")).exportModel({ ...values, format, checkpoint_path });
  }
  if (dataset === undefined)
    throw new UsageError("Name a data set, or a model with --checkpoint_path and --format.");
  return exportDataset(dataset, values);
}

async function exportDataset(path: string, values: Values<typeof exportSpec.options>): Promise<number> {
  const { fuxictr, mindspore, output, integers } = values;
  if (fuxictr === mindspore) throw new UsageError("Say either --fuxictr or --mindspore.");
  const folder = diskFolder(path);
  const dataset = await openDataset(folder);
  const exported = await makeFolder(
    output,
    () => false,
    async (unfinished) =>
      fuxictr
        ? exportFuxiCtr(dataset, folder, unfinished.output, {
            datasetId: basename(resolve(output)),
            integers: modesOption(integers),
            onProgress: rowProgress(),
          })
        : exportMindSpore(dataset.manifest, folder, unfinished.output),
  ).finally(() => dataset.close());
  if (mindspore)
    say(
      "counts of rare values are not kept, so they are not there: no lower threshold can be tried with them",
    );
  printResult({ output, ...exported });
  return 0;
}
