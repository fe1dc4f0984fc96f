// How far whatever is training has come: the run, the arena with all its seeds, or the race.

import { winnerInWords } from "../../race/words.ts";
import { type ArenaState, isArenaActive } from "../arena/arenaState.ts";
import { isRacing, type RaceState, raceShare } from "../race/raceState.ts";
import { isActive, type RunState } from "./runState.ts";

export interface TrainingProgress {
  /** 0 to 1, of all epochs, or of all seeds. */
  share: number;
  /** Of training alone, without evaluations (of a race all that it does); null before that is known. */
  secondsLeft: number | null;
}

/** null while nothing trains, or before its first steps. */
export function trainingProgress(
  run: RunState | null,
  arena: ArenaState | null,
  race: RaceState | null,
): TrainingProgress | null {
  if (isActive(run)) {
    if (run.totalSteps === 0 || run.position.step === 0) return null;
    const { secondsLeft } = run;
    return {
      share: run.position.step / run.totalSteps,
      secondsLeft: Number.isFinite(secondsLeft) ? secondsLeft : null,
    };
  }
  if (isRacing(race)) {
    const share = raceShare(race);
    return share > 0 ? { share, secondsLeft: race.pace?.secondsLeft ?? null } : null;
  }
  return isArenaActive(arena) ? arenaProgress(arena) : null;
}

function raceEndWords({ status, plan, progress: { outcome } }: RaceState): string {
  if (status.type === "failed") return `The race failed: ${status.problem.sentence}`;
  return outcome ? `The race has ended. ${winnerInWords(plan, outcome.finalists)}` : "The race has ended.";
}

/** Seeds take the same time, and members train one after the other. */
function arenaProgress({
  step,
  totalSteps,
  seeds,
  seedIndex,
  memberSeconds,
}: ArenaState): TrainingProgress | null {
  const done = totalSteps > 0 ? step / totalSteps : 0;
  const share = (seedIndex + done) / seeds.length;
  if (share === 0) return null;
  const seconds = memberSeconds.reduce((sum, each) => sum + each, 0);
  const perSeed = done > 0 ? seconds / done : null;
  return { share, secondsLeft: perSeed === null ? null : perSeed * (seeds.length - seedIndex - done) };
}

/** What ended last, in a sentence: the newer one of run and arena. */
export function endWords(run: RunState | null, arena: ArenaState | null, race: RaceState | null): string {
  const others = Math.max(run?.startedAt ?? 0, arena?.recorded === null ? arena.startedAt : 0);
  if (race && (race.startedAt ?? 0) > others) return raceEndWords(race);
  const isArena =
    arena !== null && arena.recorded === null && (run === null || arena.startedAt > run.startedAt);
  if (isArena)
    return arena.status.type === "failed"
      ? `The arena failed: ${arena.status.problem.sentence}`
      : `The arena has ended. ${arena.overview ?? ""}`.trim();
  if (!run) return "Training has ended.";
  if (run.status.type === "failed") return `“${run.name}” failed: ${run.status.problem.sentence}`;
  const test = run.latestEvaluation.test;
  const auc = test?.auc
    ? ` Test AUC ${test.auc.fused.toFixed(4)}, log loss ${test.logLoss.fused.toFixed(4)}.`
    : "";
  return `“${run.name}” has ended.${auc}`;
}
