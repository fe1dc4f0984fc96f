import { Text } from "@mantine/core";
import type { StudioState } from "../../store/studio.ts";
import type { BackendReport } from "../../train/requests.ts";
import { useStudioState } from "../StudioContext.tsx";

/** What computes, and why: of the run where there is one, else what would. */
export function BackendReason() {
  const report = useStudioState(({ run, backends }) => run?.backend ?? backends);
  const threads = useStudioState(({ run }) => run?.engine?.threads ?? 1);
  const wish = useStudioState(chosenByPerson);
  if (!report) return null;
  return (
    <Text size="xs" c="dimmed" component="p" m={0} data-testid="backend-reason">
      {wish ?? report.reason}
      {threads > 1 && ` ${threads} threads.`}
      {report.adapter && ` Adapter: ${adapterName(report.adapter)}.`}
    </Text>
  );
}

function chosenByPerson({ run, backend }: StudioState): string | null {
  const names = { webgpu: "WebGPU", wasm: "WASM", cpu: "CPU" };
  if (run?.backend)
    return run.backend.reason.startsWith("You")
      ? `${names[run.backend.chosen]}. ${run.backend.reason}`
      : null;
  return backend === "auto" ? null : `${names[backend]}. You chose it.`;
}

export function adapterName({
  description,
  vendor,
  architecture,
}: NonNullable<BackendReport["adapter"]>): string {
  return description || [vendor, architecture].filter(Boolean).join(" ") || "not named by the browser";
}
