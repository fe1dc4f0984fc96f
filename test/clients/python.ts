// The Python of this repository is held to a formatter, a linter and a type checker, as the TypeScript is.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { environment, fail } from "./environment.ts";

const root = join(import.meta.dirname, "..", "..");
/** What is shipped: programs with settings of their own. torchrun.ts checks the one that needs torch's types. */
const PROGRAMS = ["src/export/spark/job", "src/export/mindspore/job"];
/** Scripts, each on its own. */
const SCRIPTS = ["test/clients", "test/golden", "src/cli/bench"];
const SCRIPTS_LINES = ["--line-length", "110"];

export function checkPython(): void {
  const python = environment("python", "ruff==0.17.6\nmypy==2.4.1\nnumpy==2.4.6\ntypes-PyYAML\n");
  if (!python) return;
  for (const folder of PROGRAMS) {
    run(python, "ruff", ["check", "--no-cache", "."], folder);
    run(python, "ruff", ["format", "--check", "--no-cache", "."], folder);
    run(python, "mypy", ["--cache-dir=/dev/null", "."], folder);
  }
  run(python, "ruff", ["check", "--no-cache", ...SCRIPTS_LINES, ...SCRIPTS]);
  run(python, "ruff", ["format", "--check", "--no-cache", ...SCRIPTS_LINES, ...SCRIPTS]);
  const types = ["--cache-dir=/dev/null", "--ignore-missing-imports", "--scripts-are-modules"];
  for (const folder of SCRIPTS) run(python, "mypy", [...types, folder]);
}

function run(python: string, tool: string, args: string[], folder = "."): void {
  const { status } = spawnSync(python, ["-m", tool, ...args], { stdio: "inherit", cwd: join(root, folder) });
  if (status !== 0) fail(`${tool} ${args.join(" ")} in ${folder}`);
}
