// The options of train, and the configuration that they mean.

import { basename } from "node:path";
import { orThrow } from "../base/result.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { ENGINES } from "../engine/engine.ts";
import { type Config, OPTIMIZERS, parseConfig, parseConfigText, SCHEDULES } from "../model/config.ts";
import { DEFAULT_PRESET, findPreset, PRESET_NAMES } from "../model/presets.ts";
import { flag, integer, number, text, UsageError, type Values } from "./arguments.ts";
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
    text("dataset_path", "folder that preprocess wrote", { required: true, group: "Data and results" }),
    text("ckpt_path", "folder for checkpoints and logs", { required: true }),
    text("preset", `one of ${PRESET_NAMES.join(", ")}`, { group: "Model and training" }),
    text("config", "configuration file (JSON)"),
    integer("train_epochs", "epochs instead of the configuration's"),
    integer("batch_size", "rows of a step"),
    number("learning_rate", "Adam's learning rate"),
    text("optimizer", "Adam, or AdamW with its weight decay", { choices: OPTIMIZERS }),
    number("weight_decay", "AdamW's, of dense weights"),
    number("clip_norm", "largest norm of all gradients together; 0: no limit"),
    number("embedding_dropout", "probability of dropping a value's embedding"),
    text("schedule", "of the learning rate", { choices: SCHEDULES }),
    integer("warmup_steps", "steps over which the learning rate grows from 0"),
    integer("early_stopping", "stop after so many epochs without a better AUC; 0: never"),
    text("integers", INTEGERS_HELP),
    integer("seed", "of initial values, order of rows and dropout"),
    text("eval_file_name", "log of evaluations", { default: "auc.log", group: "Logs and evaluation" }),
    text("loss_file_name", "log of losses", { default: "loss.log" }),
    flag("do_eval", "evaluate at each epoch's end", { default: true }),
    { ...DEVICE_OPTION, group: "Device" },
    text("engine", "plain, reference or fast", { choices: ENGINES }),
    integer("threads", "threads of the fast engine; above 1 another one reads", { default: 1 }),
    text(
      "simd",
      "how WASM's products round: relaxed where the machine has it (faster), plain as on every machine",
      { choices: SIMD_CHOICES, default: "relaxed", group: "Device" },
    ),
    text("resume", "checkpoint whose run continues; its configuration rules", {
      group: "Saving and resuming",
    }),
    text(
      "init_from",
      "weights that a new run starts from: a checkpoint, or MindSpore's .ckpt or .safetensors",
    ),
    integer("save_checkpoint_steps", "steps between checkpoints; 0: at each epoch's end", { default: 0 }),
    integer("keep_checkpoint_max", "checkpoints kept, the newest", { default: 5 }),
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
