// A race as the page knows it: how it is set up, how it goes, what it has found.

import { problem } from "../../base/problem.ts";
import { err, type Result } from "../../base/result.ts";
import { z } from "../../base/zod.ts";
import type { Config } from "../../model/config.ts";
import type { RaceEstimate } from "../../race/estimate.ts";
import { HALVINGS, rungStep, shareDone } from "../../race/halving.ts";
import { planRace } from "../../race/plan.ts";
import type { ReportedRace } from "../../race/raceFile.ts";
import type { RaceEvent, RacePlan, RaceProgress } from "../../race/record.ts";
import { parseVary } from "../../race/settings.ts";
import { METHODS } from "../../race/trials.ts";
import { valuesOf } from "../../race/valuesText.ts";
import type { RunData } from "../../runs/record.ts";
import { isUnderWay, type TrainingStatus } from "../training/status.ts";

export const raceSetupSchema = z.strictObject({
  /** Settings by their paths, and the values as they were typed. */
  rows: z.array(z.strictObject({ path: z.string().max(200), text: z.string().max(2000) })).max(32),
  method: z.enum(METHODS),
  /** Trials that are drawn. */
  count: z.number().int().min(2).max(64),
  halving: z.enum(HALVINGS),
  finalists: z.number().int().min(2).max(4),
  seeds: z.number().int().min(1).max(100),
});

export type RaceSetup = z.infer<typeof raceSetupSchema>;

export const FIRST_SETUP: RaceSetup = {
  rows: [
    { path: "optimizer.learningRate", text: "0.001 to 0.02 log" },
    { path: "embeddingDim", text: "4, 8, 16" },
    { path: "l2Embedding", text: "0.000001 to 0.001 log" },
  ],
  method: "sobol",
  count: 12,
  halving: "synchronous",
  finalists: 3,
  seeds: 3,
};

const ETA = 3;

/** The plan that the setup makes of a configuration, or what is wrong with it. */
export function planOf(setup: RaceSetup, base: Config, trainRows: number): Result<RacePlan> {
  const { rows, method, count, halving, finalists, seeds } = setup;
  const paths = rows.map(({ path }) => path);
  const twice = paths.find((path, i) => paths.indexOf(path) !== i);
  if (twice !== undefined)
    return err(problem("vary-invalid", { where: twice, reason: "it is varied twice" }));
  const settings = parseVary(Object.fromEntries(rows.map(({ path, text }) => [path, valuesOf(text)])), base);
  if (!settings.ok) return settings;
  const kinds = { kind: halving, eta: ETA, finalists };
  return planRace({ base, settings: settings.value, method, count, halving: kinds, seeds, trainRows });
}

export type RaceStatus =
  | TrainingStatus
  /** "stopped" by a person, "interrupted" with the page that trained it. */
  | { type: "finished" | "stopped" | "interrupted" };

interface Pace {
  /** The share that was done when it began, and when that was: milliseconds since 1970. */
  from: number;
  since: number;
  /** null before enough was done to know. */
  secondsLeft: number | null;
}

export interface RaceState {
  raceId: string;
  /** Milliseconds since 1970; null where an opened race does not say it. */
  startedAt: number | null;
  plan: RacePlan;
  progress: RaceProgress;
  status: RaceStatus;
  /** Who trains now, and how far. */
  training: Extract<RaceEvent, { type: "training" }> | null;
  /** How fast it goes since it began or was resumed; null while it stands. */
  pace: Pace | null;
  /** What it trains on. */
  data: RunData | null;
}

export interface RaceStoreState {
  setup: RaceSetup;
  /** Of the setup, where it was measured; null before. */
  estimate: RaceEstimate | null;
  race: RaceState | null;
  /** Of a file: on show in place of `race` until it is closed. */
  opened: OpenedRace | null;
}

interface OpenedRace extends RaceState {
  fileName: string;
}

/** The race of a file as one that can be looked at. */
export function openedRace(race: ReportedRace, fileName: string): OpenedRace {
  const type = race.progress.outcome ? "finished" : "interrupted";
  return { ...race, raceId: "opened", status: { type }, training: null, pace: null, fileName };
}

/** Whether the worker still holds the race. */
export function isRacing(race: RaceState | null): race is RaceState {
  return race !== null && isUnderWay(race.status);
}

/** The race after `event`, which came at `now`: milliseconds since 1970. */
export function afterRaceEvent(race: RaceState, event: RaceEvent, now = Date.now()): RaceState {
  const { progress } = race;
  switch (event.type) {
    case "training": {
      const after: RaceState = {
        ...race,
        training: event,
        ...(race.status.type === "starting" && { status: { type: "running" } }),
      };
      return { ...after, pace: paceAt(race.pace, raceShare(after), now) };
    }
    case "cameToRung":
      return { ...race, progress: { ...progress, results: [...progress.results, ...event.results] } };
    case "judged":
      return { ...race, progress: { ...progress, judged: [...progress.judged, event.judged] } };
    case "concluded":
      return {
        ...race,
        progress: { ...progress, outcome: event.outcome },
        status: { type: "finished" },
        training: null,
        pace: null,
      };
    case "paused":
      return { ...race, status: { type: "paused" }, pace: null };
    case "resumed":
      return { ...race, status: { type: "running" } };
    case "deviceLost":
      return race;
    case "stopped":
      return { ...race, status: { type: "stopped" }, training: null, pace: null };
    case "failed":
      return { ...race, status: { type: "failed", problem: event.problem }, training: null, pace: null };
  }
}

/** Less of the race says little about the rest of it. */
const LEAST_DONE = 0.01;

function paceAt(pace: Pace | null, share: number, now: number): Pace {
  if (pace === null) return { from: share, since: now, secondsLeft: null };
  const done = share - pace.from;
  const secondsLeft = done < LEAST_DONE ? null : ((now - pace.since) / 1000) * ((1 - share) / done);
  return { ...pace, secondsLeft };
}

/** How much of it is done, 0 to 1. */
export function raceShare({ plan, progress, training }: RaceState): number {
  const { halving, rungs, seeds, trials } = plan;
  const size = { halving, rungs, trials: trials.length, seeds: seeds.length };
  return shareDone(size, progress.results, progress.judged.length, workOf(plan, training));
}

/** What trains now, in whole trainings. */
function workOf({ rungs }: RacePlan, training: RaceState["training"]): number {
  if (!training) return 0;
  const { trials, rung, step, steps } = training;
  if (rung === null) return (trials.length * step) / steps;
  const [before, share] = [rungs[rung - 1] ?? 0, rungs[rung]!];
  const whole = steps / (rung === rungs.length - 1 ? 1 : share);
  const first = before > 0 ? rungStep(before, whole) : 0;
  return trials.length * Math.max(0, Math.min(share - before, (step - first) / whole));
}
