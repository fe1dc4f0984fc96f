// race: many configurations against each other, the worst dropped early, the last few judged on rows that chose none.

import { join } from "node:path";
import { orThrow, problemError } from "../base/result.ts";
import { throttled } from "../base/throttled.ts";
import { type Config, inputShape, parseConfig } from "../model/config.ts";
import { PRESET_NAMES } from "../model/presets.ts";
import { effectsOf } from "../race/effects.ts";
import { estimateRace } from "../race/estimate.ts";
import { HALVINGS, standing } from "../race/halving.ts";
import { planRace } from "../race/plan.ts";
import type { RaceEvent, RacePlan, RaceProgress } from "../race/record.ts";
import { parseVary, type Setting } from "../race/settings.ts";
import { METHODS, trialName } from "../race/trials.ts";
import { chanceInWords, fateInWords, percent, planInWords, winnerInWords } from "../race/words.ts";
import type { Dataset } from "../shards/dataset.ts";
import { openDataset } from "../shards/openDataset.ts";
import { createControl } from "../train/control.ts";
import { checkRaceData, createRace } from "../train/race.ts";
import { measureTrials } from "../train/raceProbe.ts";
import { flag, integer, parseArguments, text, UsageError, type Values } from "./arguments.ts";
import { writeWhole } from "./checkpoints.ts";
import { DEVICE_OPTION, openDevice, THREADS_OPTION } from "./device.ts";
import { diskFolder } from "./files.ts";
import { claimFolder } from "./folderClaim.ts";
import { heldOutResult } from "./heldOutResult.ts";
import { printResult, say } from "./log.ts";
import { openRaceFolder, type RaceFolder } from "./raceFolder.ts";
import { readConfig } from "./readConfig.ts";
import { readText } from "./readText.ts";

const spec = {
  command: "race",
  examples: [
    "--dataset_path=data/criteo --config=small-data --vary=VARY.yaml --method=sobol --trials=32 --output=races/first",
    "--dataset_path=data/criteo --config=BASE.json --vary=VARY.yaml --halving=none --seeds=3 --output=races/second",
  ],
  options: [
    text("dataset_path", "folder that preprocess wrote, with validation rows", {
      required: true,
      group: "Data and results",
    }),
    text("output", "folder of the race; named again, the race continues", { required: true }),
    text("config", `what is varied: a configuration file (JSON), or one of ${PRESET_NAMES.join(", ")}`, {
      default: "demo",
      group: "What is tried",
    }),
    text(
      "vary",
      "YAML or JSON file: settings with lists ([4, 8, 16]) or ranges ({from: 0.001, to: 0.01, scale: log})",
      { required: true },
    ),
    text("method", "all combinations, or points drawn", { choices: METHODS, default: "sobol" }),
    integer("trials", "how many are drawn, at most 64; a grid has all", { default: 16 }),
    integer("train_epochs", "epochs instead of the configuration's"),
    integer("batch_size", "rows of a step"),
    integer("seed", "of the race; those of the verdict follow it"),
    text("halving", "when trials are dropped (default synchronous, on a GPU asynchronous)", {
      choices: HALVINGS,
      group: "Who is promoted",
    }),
    integer("eta", "one of so many is promoted at each look", { default: 3 }),
    integer("finalists", "2 to 4, judged in the end", { default: 3 }),
    integer("seeds", "fresh seeds that judge each finalist", { default: 5 }),
    { ...DEVICE_OPTION, group: "Device" },
    THREADS_OPTION,
    integer("memory", "megabytes of engines that train side by side; further trials wait", { default: 1500 }),
    flag("dry_run", "say what it takes, and train nothing", { default: false }),
  ],
} as const;

type RaceValues = Values<typeof spec.options>;

const MOST_SEEDS = 100;

/** `race`: the result holds every trial with its fate, the finalists with their verdict, and what choosing is worth. */
export async function runRace(args: string[]): Promise<number> {
  const { values } = parseArguments(args, spec);
  within("finalists", values.finalists, 2, 4);
  within("eta", values.eta, 2, 16);
  within("seeds", values.seeds, 1, MOST_SEEDS);
  const base = await baseOf(values);
  const settings = orThrow(parseVary(await readVary(values.vary), base));
  const dataset = await openDataset(diskFolder(values.dataset_path));
  try {
    return await race(base, settings, dataset, values);
  } finally {
    await dataset.close();
  }
}

function within(name: keyof RaceValues, value: number, low: number, high: number): void {
  if (value < low || value > high) throw new UsageError(`--${name} is a number from ${low} to ${high}.`);
}

async function baseOf(values: RaceValues): Promise<Config> {
  const { config } = await readConfig(values.config);
  return orThrow(
    parseConfig({
      ...config,
      epochs: values.train_epochs ?? config.epochs,
      batchSize: values.batch_size ?? config.batchSize,
      seed: values.seed ?? config.seed,
    }),
  );
}

async function readVary(path: string): Promise<unknown> {
  const text = await readText(path);
  const { default: yaml } = await import("yaml");
  try {
    return yaml.parse(text);
  } catch (cause) {
    const [reason = ""] = (cause as Error).message.split("\n");
    throw problemError("vary-not-yaml", { name: path, reason });
  }
}

async function race(
  base: Config,
  settings: Setting[],
  dataset: Dataset,
  values: RaceValues,
): Promise<number> {
  checkRaceData(dataset);
  const { splits } = dataset.manifest;
  const kind = values.halving ?? (values.device_target === "GPU" ? "asynchronous" : "synchronous");
  const halving = { kind, eta: values.eta, finalists: values.finalists };
  const { method, trials: count, seeds } = values;
  const trainRows = splits.train.rows;
  const plan = orThrow(planRace({ base, settings, method, count, halving, seeds, trainRows }));
  const device = await openDevice(values.device_target, { threads: values.threads });
  const createEngine = (config: Config) =>
    device.createEngine(config, orThrow(inputShape(config, dataset.shape(config.integers))));
  const limit = values.memory * 1e6;
  const { sizes, measured } = await measureTrials(plan.trials, dataset, createEngine);
  const [validRows, testRows] = [splits.valid.rows, splits.test.rows];
  const sized = { sizes, measured, halving, rungs: plan.rungs, seeds, validRows, testRows };
  const { bytes, seconds } = estimateRace(sized);
  say(planInWords(plan, { seconds, bytes, limit, testRows }));
  const card = { name: dataset.manifest.name, identity: dataset.identity };
  if (values.dry_run) {
    const estimate = { seconds, bytes: Math.max(...bytes), limit };
    printResult({ estimate, trials: plan.trials.length, leftOut: plan.leftOut.length, dataset: card });
    return 0;
  }
  const engine = await describeEngine(plan, createEngine);
  const identity = { base, plan, dataset: dataset.identity, engine };
  const folder = await openRaceFolder(values.output, identity, dataset);
  const release = await claimFolder(values.output);
  try {
    const progress = await run({ plan, folder, dataset, createEngine, bytes, limit });
    await writeBest(values.output, plan, progress);
    printResult({ ...resultOf(plan, progress), dataset: card });
  } finally {
    await release();
  }
  return 0;
}

async function describeEngine({ trials }: RacePlan, createEngine: RunInputs["createEngine"]) {
  const engine = await createEngine(trials[0]!.config);
  const { description } = engine;
  engine.dispose();
  return description;
}

type RaceInputs = Parameters<typeof createRace>[0];
type RunInputs = Pick<RaceInputs, "plan" | "dataset" | "createEngine" | "bytes" | "limit"> & {
  folder: RaceFolder;
};

/** Races to the end, or until it is interrupted. */
async function run({ folder, ...inputs }: RunInputs): Promise<RaceProgress> {
  const { plan } = inputs;
  const progress = structuredClone(folder.before);
  if (progress.results.length > 0) say(`continuing after ${progress.results.length} results`);
  const control = createControl();
  const stop = () => control.stop();
  process.once("SIGINT", stop);
  const sayEvent = progressReporter(plan);
  try {
    await createRace({
      ...inputs,
      before: folder.before,
      control,
      store: folder.store,
      async emit(event) {
        if (event.type === "cameToRung") progress.results.push(...event.results);
        if (event.type === "judged") progress.judged.push(event.judged);
        if (event.type === "concluded") progress.outcome = event.outcome;
        if (["cameToRung", "judged", "concluded"].includes(event.type)) await folder.note(progress);
        sayEvent(event, progress);
      },
    }).train();
  } finally {
    process.off("SIGINT", stop);
  }
  return progress;
}

/** Says how it goes. */
function progressReporter(plan: RacePlan): (event: RaceEvent, progress: RaceProgress) => void {
  const nameOf = (trial: number) => trialName(plan.trials[trial]!.number);
  const sayTraining = throttled(2000, (event: Extract<RaceEvent, { type: "training" }>) => {
    const where =
      event.rung === null
        ? `verdict, seed ${event.seedIndex! + 1} of ${plan.seeds.length}`
        : `to ${percent(plan.rungs[event.rung]!)} of the training`;
    const { length } = event.trials;
    const who = length > 4 ? `${length} trials` : event.trials.map(nameOf).join(", ");
    say(`${where}: ${who}: step ${event.step} of ${event.steps}`);
  });
  const dropped = new Set<number>();
  return (event, { results }) => {
    if (event.type === "training") sayTraining(event);
    if (event.type === "cameToRung") {
      for (const { trial, logLoss, rung } of event.results)
        if (logLoss !== null)
          say(`${nameOf(trial)} at ${percent(plan.rungs[rung]!)}: validation log loss ${logLoss.toFixed(5)}`);
      const { fates } = standing(plan.halving, plan.rungs.length, plan.trials.length, results);
      for (const [trial, fate] of fates.entries()) {
        if ((fate.type !== "dropped" && fate.type !== "failed") || dropped.has(trial)) continue;
        dropped.add(trial);
        say(`${nameOf(trial)}: ${fateInWords(fate, plan.rungs)}`);
      }
    }
    if (event.type === "judged") say(`seed ${event.judged.seed} judged`);
    if (event.type === "concluded") {
      const { finalists, heldOut, chance } = event.outcome;
      say(winnerInWords(plan, finalists));
      if (heldOut) say(heldOut.overview);
      if (chance) say(chanceInWords(chance));
    }
  };
}

function resultOf(plan: RacePlan, { results, judged, outcome }: RaceProgress) {
  const { settings, trials, leftOut, rungs, halving, method, seeds } = plan;
  const { fates, finalists } = standing(halving, rungs.length, trials.length, results);
  const named = (choices: { value: unknown; label: string }[]) =>
    Object.fromEntries(choices.map(({ label }, i) => [settings[i]!.path, label]));
  const nameOf = (trial: number) => trialName(trials[trial]!.number);
  return {
    stopped: outcome === null,
    method,
    halving,
    rungs,
    trials: trials.map(({ choices }, trial) => ({
      name: nameOf(trial),
      settings: named(choices),
      fate: fates[trial]!,
      words: fateInWords(fates[trial]!, rungs),
      validation: results
        .filter((result) => result.trial === trial)
        .map(({ rung, step, logLoss, auc }) => ({ rung, step, logLoss, auc })),
    })),
    leftOut: leftOut.map(({ choices, reason }) => ({ settings: named(choices), reason })),
    finalists: finalists.map((trial, member) => ({
      name: nameOf(trial),
      seeds: judged.map(({ seed, members }) => ({ seed, ...members[member] })),
      config: trials[trial]!.config,
    })),
    seeds,
    atTheEnd: outcome?.heldOut && heldOutResult(outcome.heldOut, (member) => nameOf(finalists[member]!)),
    chance: outcome?.chance && { ...outcome.chance, words: chanceInWords(outcome.chance) },
    effects: effectsOf(settings, trials, results),
  };
}

/** The best on validation as a configuration file, once the race is over. */
async function writeBest(folder: string, { trials }: RacePlan, { outcome }: RaceProgress): Promise<void> {
  const [best] = outcome?.finalists ?? [];
  if (best === undefined) return;
  const text = `${JSON.stringify(trials[best]!.config, null, 2)}\n`;
  await writeWhole(folder, "best.json", [new TextEncoder().encode(text)]);
  say(`the best on validation is in ${join(folder, "best.json")}`);
}
