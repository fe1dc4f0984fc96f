import { assertNever } from "../../base/assert.ts";
import { nameOfSplit } from "../../base/batch.ts";
import { type ArenaState, isArenaActive } from "../../store/arena/arenaState.ts";
import { isRacing, type RaceState } from "../../store/race/raceState.ts";
import { isForTraining, type StudioState } from "../../store/studio.ts";
import { trainingProgress } from "../../store/training/progress.ts";
import { isActive } from "../../store/training/runState.ts";
import { useArenaState } from "../arena/useArena.ts";
import { duration } from "../format.ts";
import { useRaceState } from "../race/useRace.ts";
import { useStudioState } from "../StudioContext.tsx";
import classes from "./run.module.css";

type Tone = "idle" | "busy" | "waiting" | "good" | "bad";

interface JobState {
  text: string;
  tone: Tone;
}

/**
 * What runs, a run, an arena or a race, in a word or two, and how far it is. Screen readers announce the words when they change;
 * the figures, which change all the time, they find when they look.
 */
export function JobPill() {
  const { text, tone } = useJobState();
  const progress = useJobProgress();
  return (
    <span className={classes.pill} data-tone={tone}>
      <span className={classes.dot} aria-hidden="true" />
      <span role="status" data-testid="state">
        {text}
      </span>
      {progress !== null && (
        <span className={classes.progress} data-testid="job-progress">
          {progress.share}
          {progress.left !== "" && <span className={classes.left}>, {progress.left}</span>}
        </span>
      )}
    </span>
  );
}

/** The same in one line, for the document's title. */
export function useJobTitle(): string {
  const { text } = useJobState();
  const progress = useJobProgress();
  return [text, progress?.share, progress?.left].filter(Boolean).join(", ");
}

function useJobState(): JobState {
  const arena = useArenaState((state) => state.arena);
  const race = useRaceState((state) => state.race);
  const text = useStudioState((state) => stateOf(state, arena, race).text);
  const tone = useStudioState((state) => stateOf(state, arena, race).tone);
  return { text, tone };
}

/** "41 %" and "38 s left", which is empty while it is not known. */
function useJobProgress(): { share: string; left: string } | null {
  const arena = useArenaState((state) => state.arena);
  const race = useRaceState((state) => state.race);
  const percent = useStudioState(({ run }) => {
    const progress = trainingProgress(run, arena, race);
    return progress && Math.floor(100 * progress.share);
  });
  const left = useStudioState(({ run }) => {
    const seconds = trainingProgress(run, arena, race)?.secondsLeft ?? null;
    return seconds === null ? "" : `${duration(seconds)} left`;
  });
  return percent === null ? null : { share: `${percent} %`, left };
}

function stateOf(
  { worker, opening, dataset, run }: StudioState,
  arena: ArenaState | null,
  race: RaceState | null,
): JobState {
  if (worker.type === "dead") return { text: "Worker stopped", tone: "bad" };
  if (worker.type === "starting") return { text: "Starting", tone: "busy" };
  if (!isActive(run) && isRacing(race)) return raceState(race);
  if (!isActive(run) && isArenaActive(arena)) return arenaState(arena);
  if (run) return runState(run);
  if (opening) return { text: "Opening data", tone: "busy" };
  if (!dataset) return { text: "No data", tone: "idle" };
  return { text: isForTraining(dataset.summary) ? "Ready to train" : "Ready to evaluate", tone: "good" };
}

function raceState({ status, training, plan }: RaceState): JobState {
  const words: Partial<Record<RaceState["status"]["type"], string>> = {
    starting: "warming up",
    pausing: "pausing",
    paused: "paused",
    stopping: "stopping",
  };
  const round =
    training?.rung === null
      ? `verdict, seed ${training.seedIndex! + 1} of ${plan.seeds.length}`
      : `round ${(training?.rung ?? 0) + 1} of ${plan.rungs.length}`;
  const word = words[status.type];
  return { text: `Race: ${word ?? round}`, tone: word && status.type !== "starting" ? "waiting" : "busy" };
}

function arenaState({ status, seeds, seedIndex }: ArenaState): JobState {
  const words: Partial<Record<ArenaState["status"]["type"], string>> = {
    starting: "warming up",
    pausing: "pausing",
    paused: "paused",
    stopping: "stopping",
  };
  const seed = seeds.length > 1 ? `seed ${seedIndex + 1} of ${seeds.length}` : "training";
  const word = words[status.type];
  return { text: `Arena: ${word ?? seed}`, tone: word && status.type !== "starting" ? "waiting" : "busy" };
}

function runState({ status, evaluating }: NonNullable<StudioState["run"]>): JobState {
  switch (status.type) {
    case "starting":
      return { text: "Warming up", tone: "busy" };
    case "running":
      return evaluating
        ? { text: `Evaluating on ${nameOfSplit(evaluating.split)}`, tone: "busy" }
        : { text: "Training", tone: "busy" };
    case "pausing":
      return { text: "Pausing", tone: "waiting" };
    case "paused":
      return { text: "Paused", tone: "waiting" };
    case "stopping":
      return { text: "Stopping", tone: "waiting" };
    case "finished":
      return { text: FINISHED[status.reason], tone: "good" };
    case "failed":
      return { text: "Run failed", tone: "bad" };
    default:
      return assertNever(status);
  }
}

const FINISHED = { completed: "Done", stopped: "Stopped", "early-stopped": "Stopped early" };
