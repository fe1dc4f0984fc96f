// Runs a command as a person's script would, and gives its exit code, its last line and what it said. Most tests call
// the command line's function: starting Node, tsx and tfjs costs a second or two each time.

import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "vitest";
import { runCommandLine } from "../../src/cli/commandLine.ts";

export interface CommandResult {
  code: number;
  /** The last line on standard output, parsed; undefined where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: each command's result has its own shape, which the tests spell out
  result: any;
  stdout: string;
  stderr: string;
}

const root = resolve(import.meta.dirname, "..", "..");

/** In this process, one command at a time: what it writes is caught on the way. */
export async function runCommand(name: string, args: string[]): Promise<CommandResult> {
  const written = { stdout: "", stderr: "" };
  const originals = { stdout: process.stdout.write, stderr: process.stderr.write };
  for (const stream of ["stdout", "stderr"] as const)
    process[stream].write = (text: string | Uint8Array) => {
      written[stream] += typeof text === "string" ? text : new TextDecoder().decode(text);
      return true;
    };
  try {
    return outcome(await runCommandLine([name, ...args]), written);
  } finally {
    Object.assign(process.stdout, { write: originals.stdout });
    Object.assign(process.stderr, { write: originals.stderr });
  }
}

/** In a process of its own, for what only a process shows; `environment` goes on top of this process's own. */
export function runProcess(
  name: string,
  args: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
  return new Promise((settle) => {
    execFile(
      process.execPath,
      ["--import", "tsx", "src/cli/main.ts", name, ...args],
      { cwd: root, env: { ...process.env, ...environment } },
      (failure, stdout, stderr) => settle(outcome(failure ? Number(failure.code) : 0, { stdout, stderr })),
    );
  });
}

/** Makes a data set of a log in `folder`, with `--threshold=5`; returns its path. */
export async function preprocessLog(folder: string, log: string): Promise<string> {
  const [input, output] = [join(folder, "train.txt"), join(folder, "dataset")];
  writeFileSync(input, log);
  const made = await runCommand("preprocess", [`--input=${input}`, `--output=${output}`, "--threshold=5"]);
  expect(made.code, made.stderr).toBe(0);
  return output;
}

function outcome(code: number, { stdout, stderr }: { stdout: string; stderr: string }): CommandResult {
  const line = stdout.trimEnd().split("\n").at(-1);
  const isJson = line?.startsWith("{") ?? false;
  return { code, result: isJson ? JSON.parse(line!) : undefined, stdout, stderr };
}
