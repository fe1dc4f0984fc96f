// The options of train, and the configuration that they mean.

import { basename } from "node:path";
import { orThrow } from "../base/result.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { ENGINES } from "../engine/engine.ts";
import { type Config, OPTIMIZERS, parseConfig, parseConfigText, SCHEDULES } from "../model/config.ts";
import { DEFAULT_PRESET, findPreset, PRESET_NAMES } from "../model/presets.ts";
import { UsageError, type Values } from "./arguments.ts";
import { DEVICE_OPTION, SIMD_CHOICES } from "./device.ts";
import { INTEGERS_HELP, modesOption } from "./modesOption.ts";
import { readText } from "./readText.ts";

export const trainSpec = {
  command: "train",
  examples: [
    "--dataset_path=data/criteo --ckpt_path=checkpoints/demo --preset=demo",
    "--dataset_path=data/criteo --ckpt_path=checkpoints/demo --resume=checkpoints/demo/FILE.safetensors",
  ],
  options: [
    {
      name: "dataset_path",
      type: "string",
      required: true,
      help: "folder that preprocess wrote",
      group: "Data and results",
    },
    { name: "ckpt_path", type: "string", required: true, help: "folder for checkpoints and logs" },
    {
      name: "preset",
      type: "string",
      group: "Model and training",
      help: `one of ${PRESET_NAMES.join(", ")}`,
    },
    { name: "config", type: "string", help: "configuration file (JSON)" },
    { name: "train_epochs", type: "integer", help: "epochs instead of the configuration's" },
    { name: "batch_size", type: "integer", help: "rows of a step" },
    { name: "learning_rate", type: "number", help: "Adam's learning rate" },
    { name: "optimizer", type: "string", choices: OPTIMIZERS, help: "Adam, or AdamW with its weight decay" },
    { name: "weight_decay", type: "number", help: "AdamW's, of dense weights" },
    { name: "clip_norm", type: "number", help: "largest norm of all gradients together; 0: no limit" },
    { name: "embedding_dropout", type: "number", help: "probability of dropping a value's embedding" },
    { name: "schedule", type: "string", choices: SCHEDULES, help: "of the learning rate" },
    { name: "warmup_steps", type: "integer", help: "steps over which the learning rate grows from 0" },
    {
      name: "early_stopping",
      type: "integer",
      help: "stop after so many epochs without a better AUC; 0: never",
    },
    { name: "integers", type: "string", help: INTEGERS_HELP },
    { name: "seed", type: "integer", help: "of initial values, order of rows and dropout" },
    {
      name: "eval_file_name",
      type: "string",
      default: "auc.log",
      help: "log of evaluations",
      group: "Logs and evaluation",
    },
    { name: "loss_file_name", type: "string", default: "loss.log", help: "log of losses" },
    { name: "do_eval", type: "boolean", default: true, help: "evaluate at each epoch's end" },
    { ...DEVICE_OPTION, group: "Device" },
    { name: "engine", type: "string", choices: ENGINES, help: "plain, reference or fast" },
    {
      name: "threads",
      type: "integer",
      default: 1,
      help: "threads of the fast engine; above 1 another one reads",
    },
    {
      name: "simd",
      type: "string",
      choices: SIMD_CHOICES,
      default: "relaxed",
      help: "how WASM's products round: relaxed where the machine has it (faster), plain as on every machine",
      group: "Device",
    },
    {
      name: "resume",
      type: "string",
      help: "checkpoint whose run continues; its configuration rules",
      group: "Saving and resuming",
    },
    {
      name: "init_from",
      type: "string",
      help: "weights that a new run starts from: a checkpoint, or MindSpore's .ckpt or .safetensors",
    },
    {
      name: "save_checkpoint_steps",
      type: "integer",
      default: 0,
      help: "steps between checkpoints; 0: at each epoch's end",
    },
    { name: "keep_checkpoint_max", type: "integer", default: 5, help: "checkpoints kept, the newest" },
  ],
} as const;

export type TrainValues = Values<typeof trainSpec.options>;

/** The preset or file, with what the options change. */
export async function configuration(values: TrainValues): Promise<Config> {
  if (values.preset && values.config)
    throw new UsageError("--preset and --config exclude each other: give one of them.");
  const base = values.config
    ? orThrow(parseConfigText(await readText(values.config), basename(values.config)))
    : orThrow(findPreset(values.preset ?? DEFAULT_PRESET));
  return orThrow(
    parseConfig({
      ...base,
      epochs: values.train_epochs ?? base.epochs,
      batchSize: values.batch_size ?? base.batchSize,
      integers: values.integers === undefined ? base.integers : modesOption(values.integers),
      seed: values.seed ?? base.seed,
      embeddingDropout: values.embedding_dropout ?? base.embeddingDropout,
      optimizer: {
        ...base.optimizer,
        kind: values.optimizer ?? base.optimizer.kind,
        learningRate: values.learning_rate ?? base.optimizer.learningRate,
        weightDecay: values.weight_decay ?? base.optimizer.weightDecay,
        clipNorm: values.clip_norm ?? base.optimizer.clipNorm,
      },
      schedule:
        values.schedule && values.schedule !== base.schedule.type ? { type: values.schedule } : base.schedule,
      warmupSteps: values.warmup_steps ?? base.warmupSteps,
      earlyStopping:
        values.early_stopping === undefined ? base.earlyStopping : earlyStoppingOf(values.early_stopping),
    }),
  );
}

/** What `--early_stopping` says. */
function earlyStoppingOf(patience: number): Config["earlyStopping"] {
  return patience === 0 ? null : { patience };
}

/** A checkpoint's configuration, where only the number of epochs may be another one. */
export function resumedConfig({ config }: Checkpoint, values: TrainValues): Config {
  const others = ["preset", "config", "batch_size", "learning_rate", "integers", "seed"] as const;
  const given = others.find((name) => values[name] !== undefined);
  if (given) throw new UsageError(`--${given} cannot change a run that continues: --resume brings it along.`);
  return { ...config, epochs: values.train_epochs ?? config.epochs };
}
