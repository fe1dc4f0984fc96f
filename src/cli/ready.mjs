// `npm start` and `npm test`: each makes a fresh clone ready first, so that the one command is enough.
// Plain JavaScript, since it runs before anything is installed.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const installedMark = join(root, "node_modules", ".installed-lock");

/** These read the sources alone, so they run side by side; the others need the whole machine one after the other. */
const STATIC_CHECKS = ["test:types", "test:lint", "test:format", "test:dead"];
const TESTS = ["test:unit", "test:browser"];
const placesFile = join(root, "src", "cli", "chromiumPlaces.json");
const CHROMIUM_PATHS = [process.env.CHROMIUM_PATH, ...JSON.parse(readFileSync(placesFile, "utf8"))];

/** npm and npx are scripts of the shell on Windows. */
const SHELL = process.platform === "win32";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19))
  stop(`FINAL Studio needs Node 20.19 or later; this is ${process.versions.node}.`);

switch (process.argv[2]) {
  case "start":
    install();
    mustRun("npx", ["vite", "build"]);
    mustRun("npx", ["vite", "preview", "--port", process.env.PORT ?? "4173"]);
    break;
  case "test":
    install();
    provideChromium();
    await runChecks();
    break;
  default:
    stop("usage: node src/cli/ready.mjs start|test", 2);
}

/** Installs what the lock file names, unless that very lock file is installed already. */
function install() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  if (!existsSync(installedMark) || readFileSync(installedMark, "utf8") !== lock) {
    mustRun("npm", ["ci", "--no-audit", "--no-fund"]);
    writeFileSync(installedMark, lock);
  }
  // Where npm is set to run no scripts, installing has not compiled them.
  mustRun("node", ["src/cli/buildKernels.mjs"]);
}

/** The system's Chromium, else its package manager's, else Playwright's own. */
function provideChromium() {
  if (CHROMIUM_PATHS.some((path) => path && existsSync(path))) return;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && run("apt-get", ["--version"], "ignore") === 0) {
    run("apt-get", ["update", "-qq"]);
    if (run("apt-get", ["install", "-y", "-qq", "chromium"]) === 0) return;
  }
  if (run("npx", ["playwright-core", "install", "chromium"]) === 0) return;
  stop(
    "The browser tests need Chromium, and none could be installed: install it, or set CHROMIUM_PATH to one.",
  );
}

/** Runs every check, also after one failed, and says at the end which did, and what each took. */
async function runChecks() {
  const failed = [];
  const report = (check, status, began) => {
    process.stderr.write(
      `── ${check}: ${status === 0 ? "passed" : "failed"} after ${secondsSince(began)} s\n`,
    );
    if (status !== 0) failed.push(check);
  };
  await Promise.all(
    STATIC_CHECKS.map(async (check) => {
      const began = Date.now();
      const { status, output } = await runAside("npm", ["run", "--silent", check]);
      if (status !== 0) process.stderr.write(output);
      report(check, status, began);
    }),
  );
  for (const check of TESTS) {
    process.stderr.write(`\n── ${check}\n`);
    const began = Date.now();
    report(check, run("npm", ["run", "--silent", check]), began);
  }
  if (failed.length > 0) stop(`Failed: ${failed.join(", ")}.`);
  process.stderr.write("\nEvery check passed.\n");
}

function secondsSince(began) {
  return Math.round((Date.now() - began) / 1000);
}

/** Runs a command beside others, and keeps what it prints. */
function runAside(command, args) {
  const child = spawn(command, args, { cwd: root, shell: SHELL, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ status: 1, output: `${error.message}\n` }));
    child.on("close", (status) => resolve({ status: status ?? 1, output }));
  });
}

function run(command, args, output = "inherit") {
  const result = spawnSync(command, args, { cwd: root, shell: SHELL, stdio: ["ignore", output, output] });
  return result.status ?? 1;
}

function mustRun(command, args) {
  const status = run(command, args);
  if (status !== 0) process.exit(status);
}

function stop(sentence, code = 1) {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
}
