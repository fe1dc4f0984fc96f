// The command line: one command a run, dispatched by name. Each prints progress on standard error and one JSON object
// as the last line on standard output; exit 0 good, 1 a problem, said in a sentence, 2 wrong usage.

import { readFile } from "node:fs/promises";
import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import { HelpRequest, typed, UsageError } from "./arguments.ts";
import { fail, printText, say } from "./log.ts";
import { fromSource } from "./place.ts";

interface Command {
  /** What it does, in one sentence: the first line of its help. */
  about: string;
  /** Loads only what the command needs: tfjs alone takes most of a second. */
  load: () => Promise<(args: string[]) => Promise<number>>;
}

const commands: Record<string, Command> = {
  preprocess: {
    about: "Turns a click log, or files of another tool, into a data set: a vocabulary and Parquet shards.",
    load: async () => (await import("./preprocess.ts")).runPreprocess,
  },
  inspect: {
    about: "Reads every row of a data set and says, column by column, what is in it.",
    load: async () => (await import("./inspect.ts")).runInspect,
  },
  export: {
    about: "Writes a model, or a data set, in the form of another tool.",
    load: async () => (await import("./export.ts")).runExport,
  },
  train: {
    about: "Trains a model on a data set, with MindSpore's option names and log lines, and evaluates it.",
    load: async () => (await import("./train.ts")).runTrain,
  },
  eval: {
    about:
      "Evaluates a checkpoint on a split of a data set: AUC and log loss of every branch and of the fusion.",
    load: async () => (await import("./evaluate.ts")).runEvaluate,
  },
  arena: {
    about: "Trains two to six configurations with several seeds and says which is better on held-out rows.",
    load: async () => (await import("./arena.ts")).runArenaCommand,
  },
  race: {
    about:
      "Tries many configurations, drops the worst early, and judges the last few on rows that chose none of them.",
    load: async () => (await import("./race.ts")).runRace,
  },
  predict: {
    about: "Writes a checkpoint's probability for every row of a log.",
    load: async () => (await import("./predict.ts")).runPredict,
  },
  check: {
    about:
      "Checks this machine: are its numbers right, how fast are its kernels, and what should train here?",
    load: async () => (await import("./check.ts")).runCheck,
  },
};

/** Commands for those who work on the studio: they need its sources and development tools. */
const developerCommands: Record<string, Command> = {
  golden: {
    about: "Compares an engine with golden files: logits, losses, gradients and updates that must come out.",
    load: async () => (await import("./golden.ts")).runGolden,
  },
  bench: {
    about: "Measures training steps, the data path, the arena or the page.",
    load: async () => (await import("./bench.ts")).runBench,
  },
  "pack-gpu": {
    about: "Packs a kit that checks and measures a GPU on a bare Linux machine, without a network.",
    load: async () => (await import("./packGpu.ts")).runPackGpu,
  },
  record: {
    about: "Trains the arena that a first visitor sees and writes what the page draws of it.",
    load: async () => (await import("./record.ts")).runRecord,
  },
  chaos: {
    about:
      "Kills training at random moments and compares the outcome with an uninterrupted run, bit for bit.",
    load: async () => (await import("./chaos.ts")).runChaos,
  },
  soak: {
    about: "Trains in the built page for a long time and checks that memory stays flat.",
    load: async () => (await import("./soak.ts")).runSoak,
  },
};

const available = fromSource ? { ...commands, ...developerCommands } : commands;

/** Runs what a person typed after the program's name; resolves to the exit code. */
export async function runCommandLine([name = "", ...args]: string[]): Promise<number> {
  if (["--help", "-h", "help"].includes(name)) {
    printText(overview());
    return 0;
  }
  if (name === "--version") {
    printText(await version());
    return 0;
  }
  const command = Object.hasOwn(available, name) ? available[name] : undefined;
  if (!command) {
    say(name === "" ? overview() : `There is no command "${name}".\n\n${overview()}`);
    return 2;
  }
  try {
    const run = await command.load();
    return await run(args);
  } catch (cause) {
    if (cause instanceof HelpRequest) {
      printText(`${command.about}\n\n${cause.message}`);
      return 0;
    }
    if (cause instanceof UsageError) {
      say(cause.message);
      return 2;
    }
    if (cause instanceof ProblemError) return fail(cause.problem);
    say((cause as Error).stack ?? String(cause));
    return fail(problem("unexpected", { message: (cause as Error).message }));
  }
}

function overview(): string {
  const lines = Object.entries(available).map(([name, { about }]) => `  ${name.padEnd(12)}${about}`);
  return [
    "FINAL Studio trains FINAL, a model of click-through rates.",
    "",
    `usage: ${typed("COMMAND")} [options]`,
    "",
    ...lines,
    "",
    `${typed("COMMAND")} --help says what a command's options are.`,
  ].join("\n");
}

/** The package's version; package.json lies above the sources and above the bundle alike. */
async function version(): Promise<string> {
  const places = ["../package.json", "../../package.json"].map((place) => new URL(place, import.meta.url));
  const text = await readFile(places[fromSource ? 1 : 0]!, "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
