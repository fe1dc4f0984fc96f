import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import type { Problem } from "../../base/problem.ts";
import { count } from "../format.ts";
import { Icon } from "../Icon.tsx";
import { useRunsState } from "../runs/RunsContext.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { useSessions } from "../sessions/useSessions.ts";

/** What a browser lacks: no fault, and nothing is lost yet. */
const STANDING = new Set<Problem["code"]>(["storage-missing", "storage-insecure"]);

/** What went wrong, and what to do about it. */
export function NoticeBar() {
  const studio = useStudio();
  const notices = useStudioState((state) => state.notices);
  const dead = useStudioState(({ worker }) => (worker.type === "dead" ? worker.problem : null));
  const failed = useStudioState(({ run }) => (run?.status.type === "failed" ? run.status.problem : null));
  const runFailure = failed && failed.code !== "worker-died" && !notices.includes(failed) ? failed : null;
  if (!dead && !runFailure && notices.length === 0) return null;
  return (
    <Stack gap="xs">
      {dead && (
        <Notice problem={dead}>
          <Button variant="filled" color="red" onClick={() => void studio.start()}>
            Restart the worker
          </Button>
        </Notice>
      )}
      {runFailure && (
        <Notice problem={runFailure}>
          <ResumeAfterFailure problem={runFailure} />
        </Notice>
      )}
      {notices.map((notice, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same problem can be met twice
        <Notice key={i} problem={notice} onClose={() => studio.dismiss(notice)}>
          {notice.code === "device-unreliable" && <ResumeWithWasm />}
        </Notice>
      ))}
    </Stack>
  );
}

function Notice({
  problem,
  onClose,
  children,
}: {
  problem: Problem;
  onClose?: () => void;
  children?: React.ReactNode;
}) {
  return (
    <Alert
      color={STANDING.has(problem.code) ? "gray" : "red"}
      p="xs"
      icon={<Icon name="warning" />}
      withCloseButton={onClose !== undefined}
      onClose={onClose}
      data-problem={problem.code}
    >
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="var(--mantine-color-text)" flex={1}>
          <strong>{problem.sentence}</strong> {problem.remedy}
        </Text>
        {children}
      </Group>
    </Alert>
  );
}

/** The way on from a run that failed: its last good state, at half the rate where the loss diverged. */
function ResumeAfterFailure({ problem }: { problem: Problem }) {
  const { sessions } = useStudio();
  const runId = useStudioState(({ run }) => run?.runId ?? null);
  const saved = useRunsState(({ records }) => records.find((run) => run.runId === runId) ?? null);
  const busy = useSessions((state) => state.busy);
  if (!saved?.checkpoint) return null;
  const step = count(saved.checkpoint.summary.progress.step);
  const diverged = problem.code === "loss-not-finite";
  return (
    <Button
      variant="filled"
      color="red"
      loading={busy !== null}
      onClick={() => void sessions.resume(saved.runId, { learningRateFactor: diverged ? 0.5 : 1 })}
    >
      {diverged ? `Resume from step ${step} at half the learning rate` : `Resume from step ${step}`}
    </Button>
  );
}

/** The way on from a GPU that was lost too often. */
function ResumeWithWasm() {
  const { sessions } = useStudio();
  const offer = useSessions(({ offers }) => offers[0] ?? null);
  const busy = useSessions((state) => state.busy);
  if (!offer) return null;
  return (
    <Button
      variant="filled"
      color="red"
      loading={busy !== null}
      onClick={() => void sessions.resume(offer.run.runId, { backend: "wasm", cause: "device-lost" })}
    >
      Resume with WASM
    </Button>
  );
}
