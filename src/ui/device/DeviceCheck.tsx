import { Button, Code, CopyButton, Group, Modal, Progress, Stack, Text } from "@mantine/core";
import { useStore } from "zustand";
import { type DeviceReport, reportLine } from "../../check/report.ts";
import { isArenaActive } from "../../store/arena/arenaState.ts";
import { isActive } from "../../store/training/runState.ts";
import { useArenaState } from "../arena/useArena.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { save } from "../save.ts";
import { CheckTable } from "./CheckTable.tsx";

const BACKEND = { webgpu: "WebGPU", wasm: "WASM", cpu: "CPU" };

/** Runs the check of this device, shows what it found, and lets it be shared. */
export function DeviceCheck({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const { deviceCheck } = useStudio();
  const { progress, problem, report } = useStore(deviceCheck.store);
  return (
    <Modal opened={opened} onClose={onClose} title="Check this device" size="lg">
      <Stack gap="sm">
        <Text size="sm">
          Are the numbers of this device right, and how fast does it train? Golden files, kernels and four
          models run on WASM and, where there is a GPU, on WebGPU. It takes about a minute; "Auto" then
          chooses by what was measured.
        </Text>
        {progress ? (
          <Stack gap={6}>
            <Progress value={100 * progress.share} aria-label="Check of this device" />
            <Group justify="space-between">
              <Text size="sm" role="status">
                {BACKEND[progress.backend]}: {progress.stage}, {Math.round(100 * progress.share)} %
              </Text>
              <Button onClick={deviceCheck.cancel}>Cancel</Button>
            </Group>
          </Stack>
        ) : (
          <StartButton again={report !== null} />
        )}
        {problem && (
          <Text size="sm" c="red" role="alert">
            {problem.sentence} {problem.remedy}
          </Text>
        )}
        {report && <Found report={report} />}
      </Stack>
    </Modal>
  );
}

function StartButton({ again }: { again: boolean }) {
  const { deviceCheck } = useStudio();
  const isTraining = useStudioState(({ run }) => isActive(run));
  const arenaTrains = useArenaState(({ arena }) => isArenaActive(arena));
  const busy = isTraining || arenaTrains;
  return (
    <Group gap="sm">
      <Button variant="filled" disabled={busy} onClick={() => void deviceCheck.start()}>
        {again ? "Check again" : "Start the check"}
      </Button>
      {busy && (
        <Text size="sm" c="dimmed">
          Training is under way, and a check would measure both: stop it first, or wait for its end.
        </Text>
      )}
    </Group>
  );
}

function Found({ report }: { report: DeviceReport }) {
  const line = reportLine(report);
  return (
    <>
      <Text size="sm" fw={600} data-testid="check-reason">
        {report.reason}
      </Text>
      <CheckTable report={report} />
      {report.missing.map(({ backend, reason }) => (
        <Text key={backend} size="sm">
          {BACKEND[backend]} was not checked: {reason}
        </Text>
      ))}
      <Code block data-testid="check-line" style={{ whiteSpace: "pre-wrap" }}>
        {line}
      </Code>
      <Group gap="xs">
        <CopyButton value={line}>
          {({ copied, copy }) => <Button onClick={copy}>{copied ? "Copied" : "Copy the line"}</Button>}
        </CopyButton>
        <Button onClick={() => save("device-check.json", JSON.stringify(report, null, 2))}>
          Download as JSON
        </Button>
        <Text size="xs" c="dimmed">
          {report.date.slice(0, 10)}, {Math.round(report.seconds)} s. It stays in this browser.
        </Text>
      </Group>
    </>
  );
}
