// Runs a command as a person's script would: a process, its exit code, its last line.

import { execFile } from "node:child_process";
import { resolve } from "node:path";

export interface CommandResult {
  code: number;
  /** The last line on standard output, parsed; undefined where there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: each command's result has its own shape, which the tests spell out
  result: any;
  stderr: string;
}

const root = resolve(import.meta.dirname, "..", "..");

/** `environment` goes on top of this process's own. */
export function runCommand(
  name: string,
  args: string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
  return new Promise((settle) => {
    execFile(
      process.execPath,
      ["--import", "tsx", "src/cli/main.ts", name, ...args],
      { cwd: root, env: { ...process.env, ...environment } },
      (failure, stdout, stderr) => {
        const line = stdout.trimEnd().split("\n").at(-1);
        const code = failure ? Number(failure.code) : 0;
        settle({ code, result: line ? JSON.parse(line) : undefined, stderr });
      },
    );
  });
}
