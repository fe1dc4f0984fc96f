import { Progress, Text } from "@mantine/core";
import { assertNever } from "../../base/assert.ts";
import { trialName } from "../../race/trials.ts";
import { percent } from "../../race/words.ts";
import { type RaceState, raceShare } from "../../store/race/raceState.ts";
import { count, duration } from "../format.ts";
import { useRaceState } from "./useRace.ts";

/** Who trains to where, and how much of the race is done. */
export function RacePosition() {
  const race = useRaceState((state) => state.race);
  if (!race) return null;
  const { status } = race;
  if (status.type === "failed")
    return (
      <Text size="xs" c="var(--mantine-color-error)" component="p" m={0} mt={8} role="alert">
        {status.problem.sentence} {status.problem.remedy}
      </Text>
    );
  return (
    <div style={{ marginTop: 8 }}>
      <Progress
        value={status.type === "finished" ? 100 : 100 * raceShare(race)}
        size={4}
        aria-label="Race done"
      />
      <Text size="xs" c="dimmed" component="p" m={0} mt={4} data-testid="race-state">
        {wordsOf(race)}
      </Text>
    </div>
  );
}

function wordsOf({ status, training, plan, progress, pace }: RaceState): string {
  switch (status.type) {
    case "starting":
      return "Measures what the trials take, then starts.";
    case "finished":
      return `Done: ${plan.trials.length} configurations tried.`;
    case "stopped":
      return `Stopped after ${progress.results.length} results.`;
    case "interrupted":
      return `Interrupted with the page after ${progress.results.length} results. It can be resumed: trials that still compete train from their beginning.`;
    case "failed":
      return status.problem.sentence;
    case "running":
    case "pausing":
    case "paused":
    case "stopping":
      return `${WORDS[status.type]}${training ? `: ${placeOf(plan, training)}` : ""}${leftOf(pace)}`;
    default:
      return assertNever(status);
  }
}

const WORDS = { running: "Training", pausing: "Pausing", paused: "Paused", stopping: "Stopping" };

function leftOf(pace: RaceState["pace"]): string {
  const seconds = pace?.secondsLeft ?? null;
  return seconds === null ? "" : `, about ${duration(seconds)} left`;
}

function placeOf(plan: RaceState["plan"], training: NonNullable<RaceState["training"]>): string {
  const { trials, rung, seedIndex, step, steps } = training;
  const who =
    trials.length > 4
      ? `${trials.length} trials`
      : trials.map((trial) => trialName(plan.trials[trial]!.number)).join(", ");
  const where =
    rung === null
      ? `verdict, seed ${seedIndex! + 1} of ${plan.seeds.length}`
      : `to ${percent(plan.rungs[rung]!)} of the training`;
  return `${who}, ${where}, step ${count(step)} of ${count(steps)}`;
}
