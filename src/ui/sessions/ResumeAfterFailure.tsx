import { Button } from "@mantine/core";
import type { Problem } from "../../base/problem.ts";
import { count } from "../format.ts";
import { useRunsState } from "../runs/RunsContext.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { useSessions } from "./useSessions.ts";

/** The way on from a run that failed: its last good state, at half the rate where the loss diverged. */
export function ResumeAfterFailure({ problem }: { problem: Problem }) {
  const { sessions } = useStudio();
  const runId = useStudioState(({ run }) => run?.runId ?? null);
  const saved = useRunsState(({ records }) => records.find((run) => run.runId === runId) ?? null);
  const busy = useSessions((state) => state.busy);
  if (!saved?.checkpoint) return null;
  const step = count(saved.checkpoint.summary.progress.step);
  const diverged = problem.code === "loss-not-finite";
  return (
    <Button
      color="red"
      loading={busy !== null}
      onClick={() => void sessions.resume(saved.runId, { learningRateFactor: diverged ? 0.5 : 1 })}
    >
      {diverged ? `Resume from step ${step} at half the learning rate` : `Resume from step ${step}`}
    </Button>
  );
}
