// A race's folder: `race.json` says what was planned and what has come of it, and opens in the page; beside it lie the trials
// as they came to their last rung and the finalists' test logits. Every file is written whole or not at all, and results
// after what they rest on, so that a killed race continues where it was.

import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { notJson } from "../base/notJson.ts";
import { problemError } from "../base/result.ts";
import { encodeCheckpoint } from "../checkpoint/checkpoint.ts";
import { datasetCard } from "../checkpoint/metadata.ts";
import type { EngineDescription } from "../engine/engine.ts";
import type { Config } from "../model/config.ts";
import { RACE_FORMAT, RACE_VERSION } from "../race/raceFile.ts";
import { NOTHING_YET, type RacePlan, type RaceProgress } from "../race/record.ts";
import { dataOf } from "../runs/record.ts";
import type { Dataset } from "../shards/dataset.ts";
import type { RaceStore } from "../train/race.ts";
import type { RaceScores } from "../train/raceJudge.ts";
import { summarise } from "../train/summary.ts";
import { readCheckpoint, writeWhole } from "./checkpoints.ts";
import { readText } from "./readText.ts";

const FILE = "race.json";

/** What makes a race this one and no other. */
export interface RaceIdentity {
  base: Config;
  plan: RacePlan;
  dataset: string;
  engine: EngineDescription;
}

export interface RaceFolder {
  /** What an earlier run of the command found. */
  before: RaceProgress;
  store: RaceStore;
  /** Writes what has been found. */
  note(progress: RaceProgress): Promise<void>;
}

/** Opens a race's folder, or begins one. Throws a ProblemError where another race lies in it. */
export async function openRaceFolder(
  folder: string,
  identity: RaceIdentity,
  dataset: Dataset,
): Promise<RaceFolder> {
  const found = await readBefore(folder, identity);
  const before = found?.progress ?? NOTHING_YET;
  const startedAt = found ? (found.startedAt ?? null) : Date.now();
  const data = dataOf({ location: { type: "folder" }, summary: summarise(dataset) });
  const write = (name: string, bytes: Uint8Array[]) => writeWhole(folder, name, bytes);
  const note = (progress: RaceProgress) =>
    write(FILE, [
      new TextEncoder().encode(
        `${JSON.stringify({ format: RACE_FORMAT, version: RACE_VERSION, ...identity, progress, data, startedAt }, null, 1)}\n`,
      ),
    ]);
  if (!found) await note(NOTHING_YET);
  return {
    before,
    note,
    store: {
      async load(trial, rung) {
        const path = join(folder, snapshotName(trial, rung));
        return existsSync(path) ? readCheckpoint(path) : null;
      },
      async keep(trial, rung, snapshot) {
        const { config } = identity.plan.trials[trial]!;
        const run = { id: `trial-${trial + 1}`, name: `Trial ${trial + 1}`, evaluateEverySteps: 0 };
        const pieces = await encodeCheckpoint({
          ...snapshot,
          run: { ...run, savedAt: Date.now(), origin: null },
          config,
          dataset: datasetCard(dataset, config.integers),
          engine: identity.engine,
        });
        await write(snapshotName(trial, rung), pieces);
      },
      forget: (trial, rung) => rm(join(folder, snapshotName(trial, rung)), { force: true }),
      async loadScores(seedIndex, trial) {
        const path = join(folder, scoresName(seedIndex, trial));
        return existsSync(path) ? decodeScores(await readFile(path)) : null;
      },
      keepScores: (seedIndex, trial, scores) => write(scoresName(seedIndex, trial), encodeScores(scores)),
    },
  };
}

const snapshotName = (trial: number, rung: number) => `trial-${trial + 1}-rung-${rung + 1}.safetensors`;
const scoresName = (seedIndex: number, trial: number) =>
  `test-seed-${seedIndex + 1}-trial-${trial + 1}.logits`;

/** What an earlier run of the command wrote. */
interface Found extends Partial<RaceIdentity> {
  format?: string;
  version?: number;
  progress: RaceProgress;
  /** Missing where the race was begun before it was kept. */
  startedAt?: number | null;
}

async function readBefore(folder: string, identity: RaceIdentity): Promise<Found | null> {
  const name = join(folder, FILE);
  if (!existsSync(name)) return null;
  const text = await readText(name);
  let found: Partial<Found>;
  try {
    found = JSON.parse(text);
  } catch (cause) {
    throw problemError("race-file-invalid", { name, reason: notJson(text, cause) });
  }
  if (found?.format !== RACE_FORMAT || found.version !== RACE_VERSION || !found.progress)
    throw problemError("race-file-invalid", { name, reason: "it is of another format" });
  const other = differenceOf(identity, found);
  if (other) throw problemError("race-other", { name: folder, what: other });
  return { ...found, progress: found.progress };
}

const PARTS: [string, (identity: RaceIdentity) => unknown][] = [
  ["data set", ({ dataset }) => dataset],
  ["configuration", ({ base }) => base],
  ["list of settings", ({ plan }) => [plan.settings, plan.method, plan.trials]],
  ["way of dropping trials", ({ plan }) => [plan.halving, plan.rungs]],
  ["list of seeds", ({ plan }) => [plan.seed, plan.seeds]],
  ["engine", ({ engine }) => engine],
];

function differenceOf(identity: RaceIdentity, found: Partial<RaceIdentity>): string | null {
  if (!found.plan || !found.base) return "plan";
  const text = (part: unknown) => JSON.stringify(part);
  const other = PARTS.find(([, of]) => text(of(identity)) !== text(of(found as RaceIdentity)));
  return other ? other[0] : null;
}

/** The validation log loss in float64, then labels and logits in float32. */
function encodeScores({ validLogLoss, labels, logits }: RaceScores): Uint8Array[] {
  return [Float64Array.of(validLogLoss), labels, logits].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
}

function decodeScores(file: Buffer): RaceScores {
  const bytes = new Uint8Array(file).buffer;
  const rows = (bytes.byteLength - 8) / 8;
  return {
    validLogLoss: new Float64Array(bytes, 0, 1)[0]!,
    labels: new Float32Array(bytes, 8, rows),
    logits: new Float32Array(bytes, 8 + 4 * rows, rows),
  };
}
