// What training needs of the place where it runs: the browser's worker gives it, tests give others.

import type { CheckpointStore } from "../checkpoint/checkpointStore.ts";
import type { DatasetLocation } from "../datasets/requests.ts";
import type { BackendName, Engine, EngineName } from "../engine/engine.ts";
import type { OnnxRunner } from "../export/onnx/check.ts";
import type { OnnxFile } from "../export/onnx/file.ts";
import type { Config, InputShape } from "../model/config.ts";
import type { Dataset } from "../shards/dataset.ts";
import type { BackendReport, MeasuredBackend } from "./requests.ts";

export interface TrainerPlatform {
  /** What can compute here, and which the studio would choose. */
  probe(): Promise<BackendReport>;
  /**
   * Makes `backend` the current one, on another device where its own was lost; throws a ProblemError where it cannot
   * start.
   */
  useBackend(backend: BackendName): Promise<void>;
  /** An engine on the current backend; without a name, the one that trains fastest there. */
  createEngine(config: Config, shape: InputShape, name?: EngineName): Promise<Engine>;
  openDataset(
    location: DatasetLocation,
    onProgress: (stage: string, done: number, total: number) => void,
  ): Promise<Dataset>;
  /** Where runs are saved. Throws a ProblemError where the browser keeps nothing. */
  checkpointStore(): Promise<CheckpointStore>;
  /** Loads an ONNX file into a runtime that runs here. */
  loadOnnx(file: OnnxFile): Promise<OnnxRunner>;
  /** Reports each GPU device that is lost, once. */
  onDeviceLost(report: (reason: string) => void): void;
  /** Takes a run for this tab alone; gives what releases it, or null when another tab has it. */
  lockRun(runId: string): Promise<(() => void) | null>;
  /** Runs that some tab has taken. */
  lockedRuns(): Promise<Set<string>>;
}

/** The platform with a choice by measurement, which `measured` gives, in place of its own. */
export function choosingByMeasurement(
  platform: TrainerPlatform,
  measured: () => MeasuredBackend | null,
): TrainerPlatform {
  return {
    ...platform,
    async probe() {
      const report = await platform.probe();
      const { backend, reason } = measured() ?? { backend: report.chosen, reason: report.reason };
      return report.available.includes(backend) ? { ...report, chosen: backend, reason } : report;
    },
  };
}

/** What the studio would compute on, or what the person chose instead. */
export async function chooseBackend(
  { probe }: Pick<TrainerPlatform, "probe">,
  wanted: BackendName | "auto",
): Promise<BackendReport> {
  const found = await probe();
  return wanted === "auto" ? found : { ...found, chosen: wanted, reason: "You chose it." };
}
