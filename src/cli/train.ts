// train: a run from the terminal, with MindSpore's option names and log lines.

import { basename, join } from "node:path";
import type { Split } from "../base/batch.ts";
import { modeOf, type NumberModes } from "../base/numberModes.ts";
import { type Problem, problem } from "../base/problem.ts";
import { orThrow, ProblemError } from "../base/result.ts";
import { type Checkpoint, cannotResume } from "../checkpoint/checkpoint.ts";
import { datasetCard } from "../checkpoint/metadata.ts";
import {
  ENGINES,
  type EngineDescription,
  engineText,
  isEngineHere,
  roundAlike,
  type TrainedBy,
} from "../engine/engine.ts";
import {
  type Config,
  inputShape,
  keepsBest,
  OPTIMIZERS,
  parameterCount,
  parseConfig,
  parseConfigText,
  SCHEDULES,
} from "../model/config.ts";
import { DEFAULT_PRESET, findPreset, PRESET_NAMES } from "../model/presets.ts";
import { recommendedMode } from "../preprocess/recommendedMode.ts";
import type { EvaluationPoint, HeadValues, TrainEvent } from "../runs/events.ts";
import type { Dataset } from "../shards/dataset.ts";
import type { Manifest } from "../shards/manifest.ts";
import { isFlat } from "../shards/numberEncoding.ts";
import { openDataset } from "../shards/openDataset.ts";
import { createControl, type RunControl } from "../train/control.ts";
import { interrupted, selectionSplit, totalSteps } from "../train/progress.ts";
import { createRun } from "../train/run.ts";
import { parseArguments, UsageError, type Values } from "./arguments.ts";
import { createCheckpointFolder, readCheckpoint } from "./checkpoints.ts";
import { DEVICE_TARGETS, openDevice, SIMD_CHOICES } from "./device.ts";
import { diskFolder } from "./files.ts";
import { printResult, say } from "./log.ts";
import { INTEGERS_HELP, modesOption } from "./modesOption.ts";
import { openAhead } from "./readAhead.ts";
import { readText } from "./readText.ts";
import { startFrom } from "./startWeights.ts";
import { appendLine, aucLine, lossLine } from "./trainLogs.ts";

const spec = {
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
    {
      name: "device_target",
      type: "string",
      choices: DEVICE_TARGETS,
      default: "WASM",
      help: "what computes",
      group: "Device",
    },
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
      help: "checkpoint whose run goes on; its configuration rules",
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

type TrainValues = Values<typeof spec.options>;

/** `train`: trains, logs, evaluates; the result holds test AUC and log loss of every head. */
export async function runTrain(args: string[]): Promise<number> {
  const { values } = parseArguments(args, spec);
  const resumed = values.resume === undefined ? null : await readCheckpoint(values.resume);
  const stuck = resumed && cannotResume(basename(values.resume!), resumed);
  if (stuck) throw new ProblemError(stuck);
  const config = resumed ? resumedConfig(resumed, values) : await configuration(values);
  const path = values.dataset_path;
  const dataset = await (values.threads > 1 ? openAhead(path) : openDataset(diskFolder(path)));
  try {
    return await trainOn(dataset, config, resumed, values);
  } finally {
    // A thread that reads would keep the process alive.
    await dataset.close();
  }
}

async function trainOn(
  dataset: Dataset,
  config: Config,
  resumed: Checkpoint | null,
  values: TrainValues,
): Promise<number> {
  if (resumed && resumed.dataset.identity !== dataset.identity)
    throw new ProblemError(
      problem("checkpoint-other-data", {
        name: basename(values.resume!),
        checkpoint: resumed.dataset.name,
        dataset: dataset.manifest.name,
      }),
    );
  const shape = orThrow(inputShape(config, dataset.shape(config.integers)));
  const device = await openDevice(values.device_target, values);
  const before = resumed && isEngineHere(resumed.engine) ? resumed.engine.engine : undefined;
  const engine = await device.createEngine(config, shape, values.engine ?? before);
  if (resumed) sayEngines(resumed.engine, engine.description);
  if (values.init_from !== undefined) {
    if (resumed)
      throw new UsageError("--init_from begins a new run and --resume goes on with one: give one.");
    await startFrom(values.init_from, engine, dataset.manifest);
  }
  const control = createControl();
  const stop = () => control.stop();
  process.once("SIGINT", stop);

  const warnings = flatWarnings(dataset.manifest, config.integers);
  for (const { sentence, remedy } of warnings) say(`${sentence} ${remedy}`);
  say(
    `${parameterCount(config, shape).toLocaleString("en")} parameters, ${totalSteps(config, dataset)} steps of ` +
      `${config.batchSize} rows; engine ${engine.description.engine} on ${engine.description.backend}`,
  );
  if (values.do_eval && dataset.manifest.splits.test.rows === 0)
    say("the data set has no test split to evaluate: the result will hold neither AUC nor log loss");
  const stepsPerEpoch = totalSteps(config, dataset) / config.epochs;
  const runInfo = resumed?.run ?? newRun(values.ckpt_path);
  const checkpoints = createCheckpointFolder({
    path: values.ckpt_path,
    keep: values.keep_checkpoint_max,
    stepsPerEpoch,
    describe: (snapshot) => ({
      ...snapshot,
      run: { ...runInfo, savedAt: Date.now() },
      config,
      dataset: datasetCard(dataset, config.integers),
      engine: engine.description,
    }),
  });
  const saveEvery = values.save_checkpoint_steps || stepsPerEpoch;
  const follower = followRun(values, control, {
    stepsPerEpoch,
    logged: dataset.manifest.splits.test.rows > 0 ? "test" : "valid",
    keepsBest: keepsBest(config) && selectionSplit(config, dataset) !== null,
    earlier: resumed?.history.evaluations ?? [],
    written: checkpoints.settled,
  });
  const run = createRun({
    config,
    dataset,
    engine,
    control,
    evaluateEverySteps: runInfo.evaluateEverySteps,
    ...(!values.do_eval && { evaluated: [] }),
    ...(resumed && { from: interrupted(resumed, "resumed") }),
    onStep({ step }) {
      if (step % saveEvery === 0) checkpoints.save(run.snapshot());
    },
    emit: follower.take,
  });
  await run.train();
  const outcome = follower.outcome();
  process.off("SIGINT", stop);
  checkpoints.save(run.snapshot());
  await checkpoints.settled();
  printResult({
    ...outcome,
    ...(warnings.length > 0 && { warnings }),
    config,
    dataset: { name: dataset.manifest.name, identity: dataset.identity },
  });
  engine.dispose();
  return 0;
}

/** What a run should know of columns whose numbers are all the same to it. */
function flatWarnings({ columns }: Manifest, modes: NumberModes): Problem[] {
  return columns.flatMap((column) => {
    if (column.kind === "category") return [];
    const mode = modeOf(modes, column.name);
    const recommended = recommendedMode(column).mode;
    return isFlat(column, mode) ? [problem("column-flat", { column: column.name, mode, recommended })] : [];
  });
}

/** A checkpoint's configuration, where only the number of epochs may be another one. */
function resumedConfig({ config }: Checkpoint, values: TrainValues): Config {
  const others = ["preset", "config", "batch_size", "learning_rate", "integers", "seed"] as const;
  const given = others.find((name) => values[name] !== undefined);
  if (given) throw new UsageError(`--${given} cannot change a run that goes on: --resume brings it along.`);
  return { ...config, epochs: values.train_epochs ?? config.epochs };
}

function newRun(path: string): Checkpoint["run"] {
  const [id, name] = [`cli-${Date.now().toString(36)}`, basename(path)];
  return { id, name, evaluateEverySteps: 0, savedAt: 0, origin: null };
}

function sayEngines(before: TrainedBy, now: EngineDescription): void {
  if (!roundAlike(before, now))
    say(`trained so far by ${engineText(before)}, now by ${engineText(now)}: numbers will round otherwise`);
}

/** The preset or file, with what the options change. */
async function configuration(values: TrainValues): Promise<Config> {
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

interface Outcome {
  reason: string;
  /** Of the test split; null without evaluation. */
  auc: HeadValues | null;
  logLoss: HeadValues | null;
  /** What chose the epoch whose model is kept; null where the last one is. */
  selection: string | null;
  step: number;
  epoch: number;
  rowsSeen: number;
  /** Of training alone: evaluation and the first step, which compiles, left out. */
  rowsPerSecond: number;
  activeSeconds: number;
}

/** "validation", or "test, best of 5": then the test figures flatter the model that was chosen by them. */
function selectionOf(split: Split, evaluations: number): string {
  return split === "valid" ? "validation" : `test, best of ${evaluations}`;
}

interface Following {
  stepsPerEpoch: number;
  /** Whose evaluations go into auc.log: those of the test split, or of validation where there are no test rows. */
  logged: Split;
  keepsBest: boolean;
  /** Evaluations of the run before it was interrupted. */
  earlier: EvaluationPoint[];
  /** Settles when the checkpoints asked for so far lie on disk. */
  written(): Promise<void>;
}

interface Follower {
  take(event: TrainEvent): Promise<void>;
  /** Of the run that has ended. Throws what made it, or the writing of its checkpoints, fail. */
  outcome(): Outcome;
}

/** Writes the logs while the run continues, and gathers its result. */
function followRun(
  values: TrainValues,
  control: RunControl,
  { stepsPerEpoch, logged, keepsBest, earlier, written }: Following,
): Follower {
  const lossLog = join(values.ckpt_path, values.loss_file_name);
  const aucLog = join(values.ckpt_path, values.eval_file_name);
  const tests = earlier.filter((point) => point.split === "test");
  let rowsPerSecond = 0;
  let outcome: Outcome | null = null;
  let failure: unknown = null;

  async function checkpointsWritten(): Promise<void> {
    try {
      await written();
    } catch (cause) {
      failure ??= cause;
      control.stop();
    }
  }

  return {
    async take(event) {
      await checkpointsWritten();
      switch (event.type) {
        case "progressed": {
          for (const point of event.points) appendLine(lossLog, lossLine(point, stepsPerEpoch));
          rowsPerSecond = event.rowsPerSecond;
          const { step, epoch } = event.position;
          const loss = event.points.at(-1)!.logLoss.fused.toFixed(4);
          // Nobody knows how fast it is before its second step.
          const speed = Number.isFinite(event.secondsLeft)
            ? `, ${Math.round(rowsPerSecond)} rows/s, ${Math.round(event.secondsLeft)} s left`
            : "";
          say(`epoch ${epoch} step ${step}/${event.totalSteps}: log loss ${loss}${speed}`);
          break;
        }
        case "evaluated": {
          // One line an evaluation, as MindSpore writes it, which names no split.
          if (event.point.split === logged) appendLine(aucLog, aucLine(event.point));
          if (event.point.split === "test") tests.push(event.point);
          const { split, auc, logLoss } = event.point;
          say(`${split}: AUC ${auc?.fused.toFixed(5) ?? "undefined"}, log loss ${logLoss.fused.toFixed(5)}`);
          break;
        }
        case "learningRateChanged":
          say(`learning rate ${event.learningRate}: AUC on ${event.split} did not improve`);
          break;
        case "failed":
          failure ??= new ProblemError(event.problem);
          break;
        case "finished": {
          // A schedule that keeps the best epoch ends with that epoch's model.
          const kept = keepsBest ? tests.find((test) => test.step === event.best?.step) : tests.at(-1);
          const { step, epoch, rowsSeen, activeSeconds } = event.position;
          const { auc = null, logLoss = null } = kept ?? {};
          const reason = control.stopping ? "stopped" : event.reason;
          const selection = keepsBest && event.best ? selectionOf(event.best.split, tests.length) : null;
          outcome = { reason, auc, logLoss, selection, step, epoch, rowsSeen, rowsPerSecond, activeSeconds };
        }
      }
    },
    outcome() {
      if (failure) throw failure;
      if (!outcome) throw new Error("the run ended without saying so");
      return outcome;
    },
  };
}
