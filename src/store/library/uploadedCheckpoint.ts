// A checkpoint that a person brought: inspected first, then resumed, evaluated, or taken as the start of a new run.

import type { Config } from "../../model/config.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { Connection } from "../connection/connection.ts";
import type { Jobs } from "../queue/jobs.ts";
import type { StudioStore } from "../state.ts";
import type { ActiveRun } from "../training/activeRun.ts";
import type { Runs } from "./runs.ts";
import { type SessionsStore, whileBusy } from "./sessionsState.ts";

export interface UploadedCheckpoint {
  inspect(file: File): Promise<void>;
  continueUploaded(): Promise<void>;
  /** A new run from the checkpoint's weights: with its configuration, or with the one that is set up. */
  startFromUploaded(config: Config): Promise<void>;
  evaluateUploaded(): Promise<void>;
  /** Adds its run to the list, without its weights. */
  keepUploadedCurves(): Promise<void>;
  dismissUploaded(): void;
}

export interface UploadedCheckpointParts {
  studio: Pick<StudioStore, "getState">;
  connection: Pick<Connection, "ask" | "call">;
  activeRun: ActiveRun;
  configuration: Configuration;
  jobs: Pick<Jobs, "configured">;
  runs: Pick<Runs, "importFile">;
}

export function createUploadedCheckpoint(
  store: SessionsStore,
  { studio, connection, activeRun, configuration, jobs, runs }: UploadedCheckpointParts,
): UploadedCheckpoint {
  const { setState: set } = store;
  return {
    async inspect(file) {
      await whileBusy(store, "Reading the checkpoint", async () => {
        const { config } = studio.getState().configuration;
        const report = await connection.ask("inspectCheckpoint", { file, name: file.name, config });
        set({ uploaded: report && { name: file.name, file, report, evaluation: null } });
      });
    },
    async continueUploaded() {
      await whileBusy(store, "Starting", async () => {
        const runId = activeRun.newRunId();
        const how = { runId, backend: "auto", paused: false, cause: "resumed" } as const;
        const answer = connection.ask("continueCheckpoint", how);
        if (await activeRun.showContinued(runId, answer)) set({ uploaded: null });
      });
    },
    async startFromUploaded(config) {
      set({ uploaded: null });
      configuration.replace(config);
      const job = jobs.configured(0);
      if (job) await activeRun.start({ ...job, paused: false }, "startFromCheckpoint");
    },
    async evaluateUploaded() {
      await whileBusy(store, "Evaluating", async () => {
        const answer = await connection.ask("evaluateCheckpoint", {});
        set(({ uploaded }) => ({ uploaded: uploaded && { ...uploaded, evaluation: answer } }));
      });
    },
    async keepUploadedCurves() {
      const file = store.getState().uploaded?.file;
      if (!file) return;
      await whileBusy(store, "Reading its curves", () => runs.importFile(file));
      set({ uploaded: null });
    },
    dismissUploaded: () => set({ uploaded: null }),
  };
}
