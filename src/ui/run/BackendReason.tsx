import type { StudioState } from "../../store/studio.ts";
import type { BackendReport } from "../../train/requests.ts";
import { useStudioState } from "../StudioContext.tsx";
import classes from "./run.module.css";

const NAMES: Record<BackendReport["chosen"], string> = { webgpu: "WebGPU", wasm: "WASM", cpu: "the CPU" };

/** What computes, of the run where there is one, else what would; why, when it is asked for. */
export function BackendReason() {
  const report = useStudioState(({ run, backends }) => run?.backend ?? backends);
  const threads = useStudioState(({ run }) => run?.engine?.threads ?? 1);
  const wish = useStudioState(chosenByPerson);
  if (!report) return null;
  return (
    <details className={classes.reason} data-testid="backend-reason">
      <summary>
        Computed by {NAMES[report.chosen]}
        {threads > 1 && `, ${threads} threads`}: why?
      </summary>
      {wish ?? report.reason}
      {report.adapter && ` Adapter: ${adapterName(report.adapter)}.`}
    </details>
  );
}

function chosenByPerson({ run, backend }: StudioState): string | null {
  if (run?.backend)
    return run.backend.reason.startsWith("You")
      ? `${NAMES[run.backend.chosen]}. ${run.backend.reason}`
      : null;
  return backend === "auto" ? null : `${NAMES[backend]}. You chose it.`;
}

export function adapterName({
  description,
  vendor,
  architecture,
}: NonNullable<BackendReport["adapter"]>): string {
  return description || [vendor, architecture].filter(Boolean).join(" ") || "not named by the browser";
}
