// Runs that go on, and checkpoints that were brought: what is offered, and the verbs about them.

import { createStore, type StoreApi } from "zustand/vanilla";
import { type Problem, problem } from "../../base/problem.ts";
import type { DatasetLocation } from "../../datasets/requests.ts";
import type { BackendName } from "../../engine/engine.ts";
import type { LibraryRun } from "../../library/requests.ts";
import type { Config } from "../../model/config.ts";
import type { Position } from "../../runs/events.ts";
import { countDeviceLosses } from "../../train/deviceLosses.ts";
import type {
  CheckpointReport,
  ContinuedRun,
  Continuing,
  TrainerEvent,
  TrainerRequests,
} from "../../train/requests.ts";
import type { Ask } from "../connection/connection.ts";
import { createLastSeen } from "./lastSeen.ts";
import type { Runs } from "./runs.ts";

/** A run of the list that has a checkpoint. */
export type ResumableRun = LibraryRun & { checkpoint: NonNullable<LibraryRun["checkpoint"]> };

/** A run that was under way when its session ended, and what was lost of it. */
export interface Offer {
  run: ResumableRun;
  /** Steps and seconds of training after the last save; null where they are not known. */
  lost: { steps: number; seconds: number } | null;
}

export type CheckpointEvaluation = TrainerRequests["evaluateCheckpoint"]["output"];

export interface SessionsState {
  /** Unfinished runs that no tab has open, the newest first. */
  offers: Offer[];
  /** The last save of the run on show. */
  lastSave: { runId: string; step: number; time: number } | null;
  /** A checkpoint that was dropped or picked, until the person has chosen what to do with it. */
  uploaded: {
    name: string;
    file: File;
    report: CheckpointReport;
    evaluation: CheckpointEvaluation | null;
  } | null;
  /** What is under way, in words; buttons wait for it. */
  busy: string | null;
}

/** How a saved run goes on, where it is not as it was after a closed page. */
export interface ResumeOptions {
  /** Times its learning rate. */
  learningRateFactor?: number;
  backend?: BackendName | "auto";
  cause?: Continuing["cause"];
}

export interface Sessions {
  readonly store: StoreApi<SessionsState>;
  hear(
    event: Exclude<TrainerEvent, { type: "run" | "arena" | "dataset" | "scoring" | "evaluatingRun" }>,
  ): void;
  /** Notes where a run stands, so that a later session can say what was lost. */
  seen(runId: string, position: Position): void;
  /** Asks for the list of runs; `offerUnfinished` at the beginning of a session. */
  refresh(offerUnfinished?: boolean): Promise<void>;
  dismissOffer(runId: string): void;
  resume(runId: string, how?: ResumeOptions): Promise<void>;
  /** A checkpoint of the run on show, taken without pausing it. */
  download(runId: string): Promise<Blob | null>;
  inspect(file: File): Promise<void>;
  continueUploaded(): Promise<void>;
  /** A new run from the checkpoint's weights: with its configuration, or with the one that is set up. */
  startFromUploaded(config: Config): Promise<void>;
  evaluateUploaded(): Promise<void>;
  dismissUploaded(): void;
}

export interface SessionsInputs {
  ask: Ask;
  notify(found: Problem): void;
  runs: Pick<Runs, "find" | "refresh" | "store">;
  openDataset(location: DatasetLocation): Promise<void>;
  /** Where a data set of this content is kept; null where none is. */
  onDevice(identity: string): Promise<DatasetLocation | null>;
  /** What is set up now. */
  current(): { config: Config | null; identity: string | null; datasetName: string };
  /** Puts a run on show that the worker goes on with. */
  showContinued(runId: string, answer: Promise<ContinuedRun | null>): Promise<ContinuedRun | null>;
  /** Asks the browser not to clear what was stored. */
  keepStored(): void;
  /** Starts a new run from the weights of the checkpoint that was inspected. */
  startFromWeights(config: Config): Promise<void>;
  newRunId(): string;
  /** Makes a new worker after the old one's GPU is gone; false when it does not start. */
  restartWorker(): Promise<boolean>;
  /** Shows a run as ended by a problem. */
  endRun(runId: string, found: Problem): void;
}

export function createSessions(inputs: SessionsInputs): Sessions {
  const { ask, notify } = inputs;
  const store = createStore<SessionsState>(() => ({
    offers: [],
    lastSave: null,
    uploaded: null,
    busy: null,
  }));
  const { setState: set } = store;
  const lastSeen = createLastSeen();
  const deviceLosses = countDeviceLosses();
  let missingTold = false;

  async function whileBusy<T>(busy: string, work: () => Promise<T>): Promise<T> {
    set({ busy });
    try {
      return await work();
    } finally {
      set({ busy: null });
    }
  }

  /** That a browser keeps nothing is said once: it stays so while the page is open. */
  function tellNotSaved(found: Problem): void {
    const isMissing = found.code === "storage-missing" || found.code === "storage-insecure";
    if (isMissing && missingTold) return;
    missingTold ||= isMissing;
    notify(found);
  }

  function offerOf(run: ResumableRun): Offer {
    const { step, activeSeconds } = run.checkpoint.summary.progress;
    const seen = lastSeen.read(run.runId);
    if (!seen) return { run, lost: null };
    // The page may have heard of the save before it noted where the run stood.
    const steps = Math.max(0, seen.step - step);
    return { run, lost: { steps, seconds: Math.max(0, seen.activeSeconds - activeSeconds) } };
  }

  function resumable(runId: string): ResumableRun | null {
    const run = inputs.runs.find(runId);
    return run && isResumable(run) ? run : null;
  }

  async function refresh(offerUnfinished = false): Promise<void> {
    await inputs.runs.refresh();
    const { missing, records } = inputs.runs.store.getState();
    if (missing) tellNotSaved(missing);
    if (!offerUnfinished) return;
    const unfinished = records
      .filter(isResumable)
      .filter(({ isOpen, checkpoint }) => !isOpen && checkpoint.summary.progress.ended === null);
    set({ offers: unfinished.map(offerOf) });
  }

  /** Opens the data set of a run where another one is open; false when only the person can. */
  async function openItsData({ name, checkpoint }: ResumableRun): Promise<boolean> {
    const { dataset, run } = checkpoint.summary;
    if (inputs.current().identity !== dataset.identity) {
      const location = (await inputs.onDevice(dataset.identity)) ?? run.origin;
      if (location) await inputs.openDataset(location);
    }
    const { identity, datasetName } = inputs.current();
    if (identity === dataset.identity) return true;
    const details = { name: `"${name}"`, checkpoint: dataset.name, dataset: datasetName };
    notify(problem("checkpoint-other-data", details));
    return false;
  }

  async function resume(runId: string, how: ResumeOptions = {}): Promise<void> {
    const { learningRateFactor = 1, backend = "auto", cause = "resumed" } = how;
    await whileBusy("Loading the run", async () => {
      const run = resumable(runId);
      if (!run || !(await openItsData(run))) return;
      const { name } = run;
      const answer = ask("continueSaved", { runId, name, learningRateFactor, backend, cause, paused: false });
      const continued = await inputs.showContinued(runId, answer);
      for (const skipped of continued?.skipped ?? []) notify(skipped);
      set(({ offers }) => ({ offers: offers.filter((offer) => offer.run.runId !== runId) }));
      await refresh();
    });
  }

  /** A lost GPU takes its worker along; the run goes on in a new one, unless this happens too often. */
  async function recover(reason: string, runId: string): Promise<void> {
    const { losses, tooMany } = deviceLosses.add();
    if (!(await inputs.restartWorker())) return;
    await refresh();
    if (tooMany) {
      const unreliable = problem("device-unreliable", { reason, losses });
      notify(unreliable);
      inputs.endRun(runId, unreliable);
      const run = resumable(runId);
      set({ offers: run ? [offerOf(run)] : [] });
      return;
    }
    notify(problem("device-lost", { reason }));
    await resume(runId, { cause: "device-lost" });
  }

  return {
    store,
    hear(event) {
      switch (event.type) {
        case "saved":
          inputs.keepStored();
          set({ lastSave: { runId: event.runId, step: event.step, time: Date.now() } });
          void inputs.runs.refresh();
          break;
        case "notSaved":
          tellNotSaved(event.problem);
          break;
        case "deviceLost":
          void recover(event.reason, event.runId);
          break;
      }
    },
    seen: lastSeen.note,
    refresh,
    dismissOffer: (runId) =>
      set(({ offers }) => ({ offers: offers.filter((offer) => offer.run.runId !== runId) })),
    resume,
    download: async (runId) => (await ask("downloadCheckpoint", { runId }))?.blob ?? null,
    async inspect(file) {
      await whileBusy("Reading the checkpoint", async () => {
        const { config } = inputs.current();
        const report = await ask("inspectCheckpoint", { file, name: file.name, config });
        set({ uploaded: report && { name: file.name, file, report, evaluation: null } });
      });
    },
    async continueUploaded() {
      await whileBusy("Starting", async () => {
        const runId = inputs.newRunId();
        const answer = ask("continueCheckpoint", { runId, backend: "auto", paused: false, cause: "resumed" });
        if (await inputs.showContinued(runId, answer)) set({ uploaded: null });
      });
    },
    async startFromUploaded(config) {
      set({ uploaded: null });
      await inputs.startFromWeights(config);
    },
    async evaluateUploaded() {
      await whileBusy("Evaluating", async () => {
        const answer = await ask("evaluateCheckpoint", {});
        set(({ uploaded }) => ({ uploaded: uploaded && { ...uploaded, evaluation: answer } }));
      });
    },
    dismissUploaded: () => set({ uploaded: null }),
  };
}

/** Whether it can go on: it has a checkpoint, and is not a member of an arena. */
export function isResumable(run: LibraryRun): run is ResumableRun {
  return run.checkpoint !== null && run.arenaId === null;
}
