import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import type { Problem } from "../../base/problem.ts";
import { Icon } from "../Icon.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { ResumeAfterFailure } from "../sessions/ResumeAfterFailure.tsx";
import { ResumeWithWasm } from "../sessions/ResumeWithWasm.tsx";

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
          <Button color="red" onClick={() => void studio.start()}>
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
      variant="light"
      p="xs"
      icon={<Icon name="warning" />}
      withCloseButton={onClose !== undefined}
      closeButtonLabel="Dismiss"
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
