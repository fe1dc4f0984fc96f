// chaos: kills training at random moments, in Node and in the built page, and holds what comes out of all the pieces
// against an uninterrupted run, bit for bit.

import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import type { NamedArrays } from "../base/batch.ts";
import { createRandom, type Random } from "../base/random.ts";
import { orThrow } from "../base/result.ts";
import { type Checkpoint, decodeCheckpoint } from "../checkpoint/checkpoint.ts";
import type { ConfigInput } from "../model/config.ts";
import { makeDemoDataset } from "../preprocess/synthetic.ts";
import { MANIFEST_FILE } from "../shards/manifest.ts";
import { parseManifest } from "../shards/manifestFile.ts";
import { integer, parseArguments, text } from "./arguments.ts";
import { buildPage, servePage } from "./builtPage.ts";
import { readCheckpoint } from "./checkpoints.ts";
import { launchChromium } from "./chromium.ts";
import { printResult, say } from "./log.ts";
import { button, openPage, stateOf, trainingWorker, untilState } from "./studioPage.ts";

const spec = {
  command: "chaos",
  examples: ["--kills=50 --target=chromium"],
  options: [
    integer("kills", "in each target", { default: 50 }),
    text("target", "what is killed", { choices: ["node", "chromium", "both"], default: "both" }),
    integer("seed", "of the moments", { default: 1 }),
  ],
} as const;

/** Small steps, dropout and batch norm: a run whose every state matters, some seconds long. */
const CONFIG: ConfigInput = {
  embeddingDim: 4,
  branches: [
    { units: [{ size: 16, order: 2, batchNorm: true, dropout: 0.2 }] },
    { units: [{ size: 8, order: 3, interaction: "sum" }] },
  ],
  optimizer: { learningRate: 0.003 },
  batchSize: 64,
  epochs: 10,
};
/** The page's demo data has more rows. */
const PAGE_CONFIG: ConfigInput = { ...CONFIG, batchSize: 256, epochs: 12 };
const ROWS = 6000;
const root = fileURLToPath(new URL("../..", import.meta.url));

/** What a target went through. `equal`: every run that was killed ended like the uninterrupted one. */
interface Outcome {
  kills: number;
  /** Runs that came to their end, in however many pieces. */
  runs: number;
  equal: boolean;
}

/** `chaos --kills=50`: exit 0 when all runs ended like uninterrupted ones. */
export async function runChaos(args: string[]): Promise<number> {
  const { values } = parseArguments(args, spec);
  const { kills, target, seed } = values;
  const outcomes: Record<string, Outcome> = {};
  if (target !== "chromium") outcomes.node = await killProcesses(kills, createRandom(seed, 1));
  if (target !== "node") outcomes.chromium = await killPages(kills, createRandom(seed, 2));
  printResult(outcomes);
  return Object.values(outcomes).every(({ equal }) => equal) ? 0 : 1;
}

async function killProcesses(kills: number, random: Random): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "final-studio-chaos-"));
  try {
    const dataset = join(folder, "dataset");
    await writeDemo(dataset);
    await writeFile(join(folder, "config.json"), JSON.stringify(CONFIG));
    const start = [`--config=${join(folder, "config.json")}`, "--save_checkpoint_steps=7"];
    const trainIn = (name: string, more: string[], lifeMs?: number) =>
      train([`--dataset_path=${dataset}`, `--ckpt_path=${join(folder, name)}`, ...more], lifeMs);
    await trainIn("whole", start);
    const whole = await newest(join(folder, "whole"));
    const outcome: Outcome = { kills: 0, runs: 0, equal: true };
    while (outcome.kills < kills || outcome.runs === 0) {
      const name = `killed-${outcome.runs}`;
      const last = await newest(join(folder, name));
      const more = last ? [`--resume=${last.path}`, "--save_checkpoint_steps=7"] : start;
      // The last life is the run's own.
      const isKilled = outcome.kills < kills;
      const ended = await trainIn(name, more, isKilled ? 1800 * random.uniform() : undefined);
      if (!ended) {
        outcome.kills++;
        const saved = await newest(join(folder, name));
        say(`node: kill ${outcome.kills}, saved at step ${saved?.checkpoint.progress.step ?? 0}`);
        continue;
      }
      const end = await newest(join(folder, name));
      outcome.runs++;
      outcome.equal &&= sameModel(end!.checkpoint, whole!.checkpoint);
    }
    return outcome;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Trains in a process of its own; false when it was killed, `lifeMs` after its first words. */
function train(args: string[], lifeMs?: number): Promise<boolean> {
  const command = ["--import", "tsx", "src/cli/main.ts", "train", ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
    let log = "";
    let timer: NodeJS.Timeout | undefined;
    child.stderr.on("data", (bytes) => {
      log = `${log}${bytes}`.slice(-2000);
      if (lifeMs !== undefined) timer ??= setTimeout(() => child.kill("SIGKILL"), lifeMs);
    });
    child.on("exit", (code, signal) => {
      clearTimeout(timer);
      if (signal === "SIGKILL") resolve(false);
      else if (code === 0) resolve(true);
      else reject(new Error(`train ended with ${code}: ${log}`));
    });
  });
}

/** The checkpoint of a folder that is furthest on; every one must be whole. */
async function newest(folder: string): Promise<{ path: string; checkpoint: Checkpoint } | null> {
  const names = await readdir(folder).catch(() => [] as string[]);
  let best: { path: string; checkpoint: Checkpoint } | null = null;
  for (const name of names.filter((file) => file.endsWith(".safetensors"))) {
    const path = join(folder, name);
    const checkpoint = await readCheckpoint(path);
    if (!best || checkpoint.progress.step > best.checkpoint.progress.step) best = { path, checkpoint };
  }
  return best;
}

async function killPages(kills: number, random: Random): Promise<Outcome> {
  const served = await servePage(await buildPage());
  const browser = await launchChromium();
  const outcome: Outcome = { kills: 0, runs: 0, equal: true };
  try {
    const whole = await openPage(await browser.newPage(), served.url, PAGE_CONFIG);
    await button(whole, "Train").click();
    const expected = await finalCheckpoint(whole);
    await whole.context().close();
    while (outcome.kills < kills || outcome.runs === 0) {
      const page = await openPage(await browser.newPage(), served.url, PAGE_CONFIG);
      await button(page, "Train").click();
      while (outcome.kills < kills && (await livesUntilKilled(page, random))) {
        outcome.kills++;
        say(`chromium: kill ${outcome.kills}, ${await resume(page)}`);
      }
      const end = await finalCheckpoint(page);
      outcome.runs++;
      outcome.equal &&= sameModel(end, expected);
      await page.context().close();
    }
    return outcome;
  } finally {
    await browser.close();
    await served.close();
  }
}

/** Lets the run continue, saves it by a pause, and kills tab or worker at some moment of all that; false when it is over. */
async function livesUntilKilled(page: Page, random: Random): Promise<boolean> {
  await page.waitForTimeout(200 + 1500 * random.uniform());
  if ((await stateOf(page)) === "Done") return false;
  const pause = button(page, "Pause");
  if (await pause.isEnabled().catch(() => false)) await pause.click({ timeout: 500 }).catch(() => {});
  // Sometimes in the middle of the save.
  await page.waitForTimeout(400 * random.uniform());
  if (random.uniform() < 0.5) {
    await page.reload();
    await untilState(page, "Ready to train");
  } else {
    await trainingWorker(page)?.evaluate(() => self.close());
    await button(page, "Restart the worker").click();
  }
  return true;
}

/** Continues with what was saved, or begins again where nothing was; says which. */
async function resume(page: Page): Promise<string> {
  const offer = button(page, "Resume it");
  const isOffered = await offer.waitFor({ timeout: 8000 }).then(
    () => true,
    () => false,
  );
  if (isOffered) {
    const text = await page.locator("[data-offer]").first().textContent();
    await offer.first().click();
    return /step [\d,]+/.exec(text ?? "")?.[0] ?? "saved";
  }
  await openPage(page, page.url(), PAGE_CONFIG);
  await button(page, "Train").click();
  return "nothing saved yet";
}

async function finalCheckpoint(page: Page): Promise<Checkpoint> {
  await untilState(page, "Done");
  const [download] = await Promise.all([page.waitForEvent("download"), button(page, "Download").click()]);
  const bytes = new Uint8Array(await readFile(await download.path()));
  return orThrow(decodeCheckpoint(bytes, "the page's checkpoint"));
}

function sameModel(a: Checkpoint, b: Checkpoint): boolean {
  const groups = ["parameters", "running", "firstMoments", "secondMoments"] as const;
  const lastLoss = ({ history }: Checkpoint) => JSON.stringify(history.progress.at(-1)?.logLoss);
  const lastEvaluation = ({ history }: Checkpoint) => JSON.stringify(history.evaluations.at(-1)?.auc);
  return (
    a.state.step === b.state.step &&
    lastLoss(a) === lastLoss(b) &&
    lastEvaluation(a) === lastEvaluation(b) &&
    groups.every((group) => sameArrays(a.state[group], b.state[group]))
  );
}

function sameArrays(a: NamedArrays, b: NamedArrays): boolean {
  const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
    Buffer.from(buffer, byteOffset, byteLength);
  return (
    a.size === b.size &&
    [...a].every(([name, { values }]) => bytesOf(values).equals(bytesOf(b.get(name)!.values)))
  );
}

async function writeDemo(folder: string): Promise<void> {
  const files = await makeDemoDataset({ rows: ROWS, seed: 1 });
  await mkdir(folder);
  async function copy(name: string): Promise<Uint8Array> {
    const source = await files.open(name);
    const bytes = await source.read(0, source.byteLength);
    await writeFile(join(folder, name), bytes);
    return bytes;
  }
  const manifest = orThrow(parseManifest(new TextDecoder().decode(await copy(MANIFEST_FILE)), MANIFEST_FILE));
  for (const name of [manifest.vocabulary.file, ...manifest.shards.map(({ file }) => file)]) await copy(name);
}
