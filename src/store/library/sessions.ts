// Runs that outlive the page and its worker: offered on return, resumed, and continued in a new worker after a lost GPU.

import { type Problem, problem } from "../../base/problem.ts";
import { throttled } from "../../base/throttled.ts";
import { z } from "../../base/zod.ts";
import type { BackendName } from "../../engine/engine.ts";
import type { Position } from "../../runs/events.ts";
import { countDeviceLosses } from "../../train/deviceLosses.ts";
import type { Continuing, TrainerEvent } from "../../train/requests.ts";
import type { KeptDatasets } from "../dataset/keptDatasets.ts";
import type { OpenData } from "../dataset/openData.ts";
import { note, noted } from "../noted.ts";
import type { Notices } from "../notices/notices.ts";
import type { Queue } from "../queue/queue.ts";
import type { Persistence } from "./persistence.ts";
import type { Runs } from "./runs.ts";
import {
  createSessionsStore,
  isResumable,
  type Offer,
  type ResumableRun,
  type SessionsStore,
  whileBusy,
} from "./sessionsState.ts";
import {
  createUploadedCheckpoint,
  type UploadedCheckpoint,
  type UploadedCheckpointParts,
} from "./uploadedCheckpoint.ts";

/** How a saved run is resumed, where it is not as it was after a closed page. */
export interface ResumeOptions {
  /** Times its learning rate. */
  learningRateFactor?: number;
  /** After those that a complete run has trained. */
  moreEpochs?: number;
  backend?: BackendName | "auto";
  cause?: Continuing["cause"];
}

/** What of the worker's events concerns saved runs. */
type SessionEvent = Extract<TrainerEvent, { type: "saved" | "notSaved" | "deviceLost" }>;

export interface Sessions extends UploadedCheckpoint {
  readonly store: SessionsStore;
  onEvent(event: SessionEvent): void;
  /** Has the run under way saved at once: the page may be closed. */
  saveUnsaved(): void;
  /** Notes where a run stands, so that a later session can say what was lost. */
  seen(runId: string, position: Position): void;
  /** Asks for the list of runs; `offerUnfinished` at the beginning of a session. */
  refresh(offerUnfinished?: boolean): Promise<void>;
  dismissOffer(runId: string): void;
  resume(runId: string, how?: ResumeOptions): Promise<void>;
  /** A checkpoint of the run on show, taken without pausing it. */
  download(runId: string): Promise<Blob | null>;
}

export interface SessionsParts extends UploadedCheckpointParts {
  runs: Pick<Runs, "find" | "refresh" | "store" | "importFile">;
  openData: OpenData;
  kept: Pick<KeptDatasets, "onDevice">;
  persistence: Persistence;
  queue: Queue;
  notices: Notices;
}

export function createSessions(parts: SessionsParts): Sessions {
  const { studio, connection, runs, openData, kept, activeRun, persistence, queue, notices } = parts;
  const store = createSessionsStore();
  const { setState: set } = store;
  const lastSeen = createLastSeen();
  const deviceLosses = countDeviceLosses();
  let missingReported = false;

  /** That a browser keeps nothing is said once: it stays so while the page is open. */
  function reportNotSaved(found: Problem): void {
    const isMissing = found.code === "storage-missing" || found.code === "storage-insecure";
    if (isMissing && missingReported) return;
    missingReported ||= isMissing;
    notices.show(found);
  }

  function offerOf(run: ResumableRun): Offer {
    const { step, activeSeconds } = run.checkpoint.summary.progress;
    const seen = lastSeen.read(run.runId);
    if (!seen) return { run, lost: null };
    // The page may know of the save before it noted where the run stood.
    const steps = Math.max(0, seen.step - step);
    return { run, lost: { steps, seconds: Math.max(0, seen.activeSeconds - activeSeconds) } };
  }

  function resumable(runId: string): ResumableRun | null {
    const run = runs.find(runId);
    return run && isResumable(run) ? run : null;
  }

  async function refresh(offerUnfinished = false): Promise<void> {
    await runs.refresh();
    const { missing, records } = runs.store.getState();
    if (missing) reportNotSaved(missing);
    if (!offerUnfinished) return;
    const unfinished = records
      .filter(isResumable)
      .filter(({ isOpen, checkpoint }) => !isOpen && checkpoint.summary.progress.ended === null);
    set({ offers: unfinished.map(offerOf) });
  }

  /** Opens the data set of a run where another one is open; false when only the person can. */
  async function openItsData({ name, checkpoint }: ResumableRun): Promise<boolean> {
    const { dataset, run } = checkpoint.summary;
    const open = () => studio.getState().dataset?.summary;
    if (open()?.identity !== dataset.identity) {
      const location = (await kept.onDevice(dataset.identity)) ?? run.origin;
      if (location) await openData.open(location);
    }
    if (open()?.identity === dataset.identity) return true;
    const details = { name: `"${name}"`, checkpoint: dataset.name, dataset: open()?.name ?? "none" };
    notices.show(problem("checkpoint-other-data", details));
    return false;
  }

  async function resume(runId: string, how: ResumeOptions = {}): Promise<void> {
    const { learningRateFactor = 1, moreEpochs = 0, backend = "auto", cause = "resumed" } = how;
    await whileBusy(store, "Loading the run", async () => {
      const run = resumable(runId);
      if (!run || !(await openItsData(run))) return;
      const { name } = run;
      const options = { runId, name, learningRateFactor, moreEpochs, backend, cause, paused: false };
      const answer = connection.ask("continueSaved", options);
      const continued = await activeRun.showContinued(runId, answer);
      for (const skipped of continued?.skipped ?? []) notices.show(skipped);
      set(({ offers }) => ({ offers: offers.filter((offer) => offer.run.runId !== runId) }));
      await refresh();
    });
  }

  /** A lost GPU takes its worker along; the run continues in a new one, unless this happens too often. */
  async function recover(reason: string, runId: string): Promise<void> {
    const { losses, tooMany } = deviceLosses.add();
    if (!(await openData.startWorker())) return;
    await refresh();
    if (tooMany) {
      const unreliable = problem("device-unreliable", { reason, losses });
      notices.show(unreliable);
      queue.hold("problem");
      activeRun.fail(runId, unreliable);
      const run = resumable(runId);
      set({ offers: run ? [offerOf(run)] : [] });
      return;
    }
    notices.show(problem("device-lost", { reason }));
    await resume(runId, { cause: "device-lost" });
  }

  return {
    ...createUploadedCheckpoint(store, parts),
    store,
    onEvent(event) {
      switch (event.type) {
        case "saved":
          void persistence.ask();
          if (event.runId === studio.getState().run?.runId)
            set({ lastSave: { runId: event.runId, step: event.step, time: Date.now() } });
          void runs.refresh();
          break;
        case "notSaved":
          reportNotSaved(event.problem);
          break;
        case "deviceLost":
          void recover(event.reason, event.runId);
          break;
      }
    },
    saveUnsaved() {
      const runId = activeRun.id();
      // A worker that has died has said so itself.
      if (runId !== null) connection.call("saveUnsaved", { runId }).catch(() => {});
    },
    seen: lastSeen.note,
    refresh,
    dismissOffer: (runId) =>
      set(({ offers }) => ({ offers: offers.filter((offer) => offer.run.runId !== runId) })),
    resume,
    download: async (runId) => (await connection.ask("downloadCheckpoint", { runId }))?.blob ?? null,
  };
}

type Seen = Pick<Position, "step" | "activeSeconds">;

/** Where runs stood at their last event on the page: the difference to what is saved is what a crash cost. */
interface LastSeen {
  note(runId: string, position: Position): void;
  read(runId: string): Seen | null;
}

const KEY = "final-studio/last-seen";
const seenSchema = z.object({ runId: z.string(), step: z.number(), activeSeconds: z.number() });
const NOTE_MS = 1000;

/** One run is kept: only one trains at a time. A browser that keeps nothing costs nothing but this figure. */
function createLastSeen(): LastSeen {
  return {
    note: throttled(NOTE_MS, (runId: string, { step, activeSeconds }: Position) =>
      note(KEY, { runId, step, activeSeconds }),
    ),
    read(runId) {
      const seen = noted(KEY, seenSchema.parse, null);
      return seen?.runId === runId ? seen : null;
    },
  };
}
