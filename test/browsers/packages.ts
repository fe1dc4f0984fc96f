// Browsers from the packages of Debian and Ubuntu.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const APT_GET = "/usr/bin/apt-get";

/** Installs packages where this process may; whether they are there then is for the caller to see. */
export function installPackages(...names: string[]): void {
  if (process.getuid?.() !== 0 || !existsSync(APT_GET)) return;
  spawnSync(APT_GET, ["update", "-qq"], { stdio: "ignore" });
  spawnSync(APT_GET, ["install", "-y", "-qq", ...names], { stdio: "ignore" });
}
