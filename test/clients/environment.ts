// What the checks of clients share: a folder for their files, Python with its packages, and whether something failed.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../cli/command.ts";

const here = import.meta.dirname;
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "final-studio-clients");
export const folder = mkdtempSync(join(tmpdir(), "final-clients-"));
export const at = (name: string) => join(folder, name);
let failed = 0;

/** A virtual environment with these packages; null, and a line, where it cannot be made. */
export function environment(name: string, requirements: string): string | null {
  const key = createHash("sha256").update(requirements).digest("hex").slice(0, 12);
  const path = join(cache, `${name}-${key}`);
  const python = join(path, "bin", "python");
  if (existsSync(join(path, "ready"))) return python;
  const base = ["python3.11", "python3"].find((command) => spawnSync(command, ["--version"]).status === 0);
  if (!base) return skipped(name, "there is no Python 3.11");
  mkdirSync(cache, { recursive: true });
  process.stderr.write(`installing ${name}'s packages into ${path}\n`);
  const file = at(`${name}.txt`);
  writeFileSync(file, requirements);
  const steps: [string, string[]][] = [
    [base, ["-m", "venv", "--clear", path]],
    [python, ["-m", "pip", "install", "--quiet", "-r", file]],
  ];
  for (const [command, args] of steps) {
    const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
    if (status !== 0)
      return skipped(name, `its packages cannot be installed (${stderr.trim().split("\n").at(-1)})`);
  }
  writeFileSync(join(path, "ready"), "");
  return python;
}

export function skipped(name: string, reason: string): null {
  process.stderr.write(`skipped: ${name}, since ${reason}\n`);
  return null;
}

export async function command(name: string, ...args: string[]) {
  const { code, result, stderr } = await runCommand(name, args);
  if (code !== 0) throw new Error(`${name} failed: ${stderr}`);
  return result;
}

/** Runs a script of this folder on the files that the checks have written, or on what `args` names. */
export function check(python: string, script: string, args: string[] = [folder]): void {
  const { status } = spawnSync(python, [join(here, script), ...args], { stdio: "inherit" });
  if (status !== 0) fail(script);
}

/** Notes a failure; the others are still tried. */
export function fail(what: string): void {
  failed++;
  process.stderr.write(`FAILED: ${what}\n`);
}

/** Removes the files; exit code 1 where something failed. */
export function finish(): void {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = failed > 0 ? 1 : 0;
}
