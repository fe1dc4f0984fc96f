// train: a run from the terminal, with MindSpore's option names and log lines.

import { basename, join } from "node:path";
import { modeOf, type NumberModes } from "../base/numberModes.ts";
import { type Problem, problem } from "../base/problem.ts";
import { orThrow, ProblemError, problemError } from "../base/result.ts";
import { type Checkpoint, cannotResume } from "../checkpoint/checkpoint.ts";
import { datasetCard } from "../checkpoint/metadata.ts";
import {
  type EngineDescription,
  engineText,
  isEngineHere,
  roundAlike,
  type TrainedBy,
} from "../engine/engine.ts";
import { type Config, inputShape, keepsBest } from "../model/config.ts";
import { parameterCount } from "../model/parameters.ts";
import { recommendedMode } from "../preprocess/recommendedMode.ts";
import type { Dataset } from "../shards/dataset.ts";
import type { Manifest } from "../shards/manifest.ts";
import { isFlat } from "../shards/numberEncoding.ts";
import { openDataset } from "../shards/openDataset.ts";
import { createControl } from "../train/control.ts";
import { countDeviceLosses } from "../train/deviceLosses.ts";
import { interrupted, selectionSplit, totalSteps } from "../train/progress.ts";
import { createRun } from "../train/run.ts";
import { parseArguments, UsageError } from "./arguments.ts";
import { createCheckpointFolder, readCheckpoint } from "./checkpoints.ts";
import { noteDataset } from "./datasetNote.ts";
import { type Device, openDevice } from "./device.ts";
import { diskFolder } from "./files.ts";
import { printResult, say } from "./log.ts";
import { openAhead } from "./readAhead.ts";
import { startFrom } from "./startWeights.ts";
import { followRun, logsOf } from "./trainFollower.ts";
import { markLogs } from "./trainLogs.ts";
import { configuration, resumedConfig, type TrainValues, trainSpec } from "./trainOptions.ts";

/** `train`: trains, logs, evaluates; the result holds test AUC and log loss of every head. */
export async function runTrain(args: string[]): Promise<number> {
  const { values } = parseArguments(args, trainSpec);
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
    throw problemError("checkpoint-other-data", {
      name: basename(values.resume!),
      checkpoint: resumed.dataset.name,
      dataset: dataset.manifest.name,
    });
  if (resumed && values.init_from !== undefined)
    throw new UsageError("--init_from begins a new run and --resume continues with one: give one.");
  const job = { dataset, config, values, run: resumed?.run ?? newRun(values.ckpt_path) };
  const deviceLosses = countDeviceLosses();
  const files: string[] = [];
  let from = resumed && interrupted(resumed, "resumed");
  const cutLogs = markLogs(logsOf(values));
  for (;;) {
    const device = await openDevice(values.device_target, values);
    try {
      return await trainOnce(job, device, from, files);
    } catch (failure) {
      const reason = device.lost;
      if (reason === null) throw failure;
      const { losses, tooMany } = deviceLosses.add();
      if (tooMany) throw problemError("device-unreliable", { reason, losses });
      const newest = files.at(-1);
      const saved = newest === undefined ? resumed : await readCheckpoint(join(values.ckpt_path, newest));
      from = saved && interrupted(saved, "device-lost");
      if (!from) cutLogs();
      say(
        `The GPU was lost (${reason}). Training ${from ? `continues from step ${from.progress.step}` : "begins again"} on a new device.`,
      );
    }
  }
}

/** What is trained, whatever happens to the device. */
interface TrainJob {
  dataset: Dataset;
  config: Config;
  values: TrainValues;
  run: Checkpoint["run"];
}

/**
 * Trains from `from`, or from the beginning, to the end. `files` names the checkpoints that were written and are kept, oldest
 * first.
 */
async function trainOnce(
  { dataset, config, values, run: runInfo }: TrainJob,
  device: Device,
  from: Checkpoint | null,
  files: string[],
): Promise<number> {
  const shape = orThrow(inputShape(config, dataset.shape(config.integers)));
  const before = from && isEngineHere(from.engine) ? from.engine.engine : undefined;
  const engine = await device.createEngine(config, shape, values.engine ?? before);
  if (from) sayEngines(from.engine, engine.description);
  else if (values.init_from !== undefined) await startFrom(values.init_from, engine, dataset.manifest);
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
  const checkpoints = createCheckpointFolder({
    path: values.ckpt_path,
    keep: values.keep_checkpoint_max,
    stepsPerEpoch,
    files,
    describe: (snapshot) => ({
      ...snapshot,
      run: { ...runInfo, savedAt: Date.now() },
      config,
      dataset: datasetCard(dataset, config.integers),
      engine: engine.description,
    }),
  });
  await noteDataset(values.ckpt_path, values.dataset_path);
  const saveEvery = values.save_checkpoint_steps || stepsPerEpoch;
  const follower = followRun(values, control, {
    stepsPerEpoch,
    logged: dataset.manifest.splits.test.rows > 0 ? "test" : "valid",
    keepsBest: keepsBest(config) && selectionSplit(config, dataset) !== null,
    earlier: from?.history ?? null,
    written: checkpoints.settled,
  });
  const run = createRun({
    config,
    dataset,
    engine,
    control,
    evaluateEverySteps: runInfo.evaluateEverySteps,
    ...(!values.do_eval && { evaluated: [] }),
    ...(from && { from }),
    onStep({ step }) {
      if (step % saveEvery === 0) checkpoints.save(run.snapshot());
    },
    emit: follower.take,
  });
  let outcome: ReturnType<typeof follower.outcome>;
  try {
    await run.train();
    outcome = follower.outcome();
  } finally {
    // What is still being written may be what training continues from.
    await checkpoints.settled().catch(() => {});
    process.off("SIGINT", stop);
  }
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

function newRun(path: string): Checkpoint["run"] {
  const [id, name] = [`cli-${Date.now().toString(36)}`, basename(path)];
  return { id, name, evaluateEverySteps: 0, savedAt: 0, origin: null };
}

function sayEngines(before: TrainedBy, now: EngineDescription): void {
  if (!roundAlike(before, now))
    say(`trained so far by ${engineText(before)}, now by ${engineText(now)}: numbers will round otherwise`);
}
