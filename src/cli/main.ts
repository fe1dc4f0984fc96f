// The command line: one command a run, dispatched by name. Each prints progress on standard error and one JSON object
// as the last line on standard output; exit 0 good, 1 a problem told in a sentence, 2 wrong usage.

import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import { UsageError } from "./arguments.ts";
import { fail, say } from "./log.ts";

type Command = (args: string[]) => Promise<number>;

// Each command loads only what it needs: tfjs alone takes most of a second.
const commands: Record<string, () => Promise<Command>> = {
  preprocess: async () => (await import("./preprocess.ts")).runPreprocess,
  inspect: async () => (await import("./inspect.ts")).runInspect,
  export: async () => (await import("./export.ts")).runExport,
  train: async () => (await import("./train.ts")).runTrain,
  eval: async () => (await import("./evaluate.ts")).runEvaluate,
  predict: async () => (await import("./predict.ts")).runPredict,
  golden: async () => (await import("./golden.ts")).runGolden,
  record: async () => (await import("./record.ts")).runRecord,
  bench: async () => (await import("./bench.ts")).runBench,
  chaos: async () => (await import("./chaos.ts")).runChaos,
  soak: async () => (await import("./soak.ts")).runSoak,
};

async function main([name = "", ...args]: string[]): Promise<number> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) {
    say(
      `usage: npm run --silent COMMAND -- [options]; COMMAND is one of ${Object.keys(commands).join(", ")}`,
    );
    return 2;
  }
  try {
    const command = await load();
    return await command(args);
  } catch (cause) {
    if (cause instanceof UsageError) {
      say(cause.message);
      return 2;
    }
    if (cause instanceof ProblemError) return fail(cause.problem);
    say((cause as Error).stack ?? String(cause));
    return fail(problem("unexpected", { message: (cause as Error).message }));
  }
}

process.exitCode = await main(process.argv.slice(2));
