// All that the page knows, and the verbs that change it. The worker does the work; this asks it and keeps its answers.

import { createStore, type StoreApi } from "zustand/vanilla";
import { LEAST_MEMBERS } from "../arena/questions.ts";
import { type Problem, problem } from "../base/problem.ts";
import { asProblem, ProblemError } from "../base/result.ts";
import type { Client } from "../base/rpc/client.ts";
import { DEMO_DATA } from "../datasets/demoData.ts";
import type { DatasetLocation } from "../datasets/requests.ts";
import type { BackendName } from "../engine/engine.ts";
import { type Config, parseConfigText } from "../model/config.ts";
import { DEFAULT_PRESET, type PresetName, preset } from "../model/presets.ts";
import {
  addEvaluation,
  addInterruption,
  addProgress,
  createRunCurves,
  type RunCurves,
} from "../runs/curves.ts";
import type { TrainEvent } from "../runs/events.ts";
import type {
  BackendReport,
  ContinuedRun,
  DatasetSummary,
  TrainerEvent,
  TrainerRequests,
} from "../train/requests.ts";
import { type Arena, createArena, isGoingOn } from "./arena.ts";
import { type ConnectData, createDatasets, type Datasets } from "./datasets.ts";
import { type CheckedDraft, type ConfigDraft, checkDraft, withValue } from "./draft.ts";
import { createEndNotices, type EndNotices } from "./endNotices.ts";
import { createInspections, type Inspections } from "./inspections.ts";
import { lastDataset, noteDataset } from "./lastDataset.ts";
import { lastFolder, noteFolder } from "./lastFolder.ts";
import { lastSettings, noteSettings } from "./lastSettings.ts";
import type { Runs } from "./library/runs.ts";
import { createOutputs, type Outputs } from "./outputs.ts";
import { createPersistence, type Persistence } from "./persistence.ts";
import { endWords } from "./progress.ts";
import {
  arenaJob,
  type Job,
  type JobSettings,
  memberJobs,
  notedLocation,
  type RunJob,
  runJob,
} from "./queue/job.ts";
import { createTrainingQueue, type Queue } from "./queue/queue.ts";
import { afterEvent, continuedRun, isActive, newRun, type RunState } from "./run.ts";
import { createSessions, type Sessions } from "./sessions.ts";

export const DEMO: DatasetLocation & { type: "demo" } = { type: "demo", ...DEMO_DATA };

export type WorkerStatus = { type: "starting" } | { type: "ready" } | { type: "dead"; problem: Problem };

/** What takes the place of what is training. */
export type Change =
  | { type: "dataset"; location: DatasetLocation }
  /** A saved run goes on. */
  | { type: "saved"; runId: string; name: string }
  /** The run of the checkpoint that was inspected goes on. */
  | { type: "checkpoint" }
  /** A new run starts from that checkpoint's weights. */
  | { type: "weights"; config: Config }
  /** A run or an arena starts, a run paused where the person steps; it may wait in the queue instead. */
  | { type: "job"; job: Job; paused: boolean };

export interface StudioState {
  worker: WorkerStatus;
  backends: BackendReport | null;
  dataset: { location: DatasetLocation; summary: DatasetSummary } | null;
  /** A data set on its way in. */
  opening: { stage: string; done: number; total: number } | null;
  /** What the person wants, until he has said whether what is training may end for it. */
  wanted: Change | null;
  /** The folder that was open when the page was left; null once something was opened. */
  folderOffer: FileSystemDirectoryHandle | null;
  configuration: CheckedDraft;
  backend: BackendName | "auto";
  /** Steps between evaluations besides those at the ends of epochs; 0: none. */
  evaluateEverySteps: number;
  run: RunState | null;
  /** Problems on show, the newest last. */
  notices: Problem[];
}

/** Whether a worker and rows to train on are there. */
export function canTrain({ worker, dataset, opening }: StudioState): boolean {
  return worker.type === "ready" && opening === null && dataset !== null && isForTraining(dataset.summary);
}

/** A data set that was made with the ids of another one has test rows only. */
export function isForTraining({ rows }: DatasetSummary): boolean {
  return rows.train > 0;
}

type RunToStart = Pick<RunJob, "name" | "config" | "backend" | "evaluateEverySteps"> & {
  /** It waits for the person before its first step. */
  paused: boolean;
};

/** Makes a client of a new worker. */
export type Connect = (listeners: {
  onEvent(event: TrainerEvent): void;
  onDeath(reason: Problem): void;
}) => Client<TrainerRequests>;

export interface Studio {
  readonly store: StoreApi<StudioState>;
  readonly arena: Arena;
  readonly datasets: Datasets;
  readonly inspections: Inspections;
  readonly persistence: Persistence;
  readonly queue: Queue;
  readonly endNotices: EndNotices;
  readonly sessions: Sessions;
  readonly outputs: Outputs;
  /** The curves of `run`; replaced when another one starts. */
  readonly curves: RunCurves | null;
  /** Starts a worker, and opens what was open last, the demo data at first. */
  start(): Promise<void>;
  /** Makes a change; while a run or an arena is training it becomes `wanted` first. */
  change(to: Change): Promise<void>;
  /** The same for a data set. */
  openDataset(location: DatasetLocation): Promise<void>;
  /** Makes the change that is wanted, and so ends what is training. */
  changeAsWanted(): Promise<void>;
  dismissWanted(): void;
  /** Puts the run or arena that is wanted into the queue, and lets what is training continue. */
  queueWanted(): void;
  dismissFolder(): void;
  choosePreset(name: PresetName): void;
  /** Replaces the configuration's value at `path`, for example `branches.0.units.1.size`. */
  edit(path: string, value: unknown): void;
  importConfiguration(text: string, name: string): void;
  chooseBackend(backend: BackendName | "auto"): void;
  evaluateEvery(steps: number): void;
  train(): Promise<void>;
  /** Starts an arena of the members that are set up. */
  startArena(): Promise<void>;
  stopArena(): Promise<void>;
  /** Trains what is set up after all that is training or waits: the configuration, or the arena. */
  queueRun(): void;
  queueArena(): void;
  /** Trains the members that are set up one after the other, each as a run of its own. */
  queueMembers(): void;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Trains one step; without a run it starts one, paused. */
  stepOnce(): Promise<void>;
  stop(): Promise<void>;
  /** Shows the run under another name. */
  nameRun(runId: string, name: string): void;
  /** Tensors alive in the worker. */
  memory(): Promise<TrainerRequests["memory"]["output"] | null>;
  /** Shows a problem that the page itself met. */
  notify(found: Problem): void;
  dismiss(notice: Problem): void;
}

export function createStudio(connect: Connect, connectData: ConnectData, runs: Runs): Studio {
  const settings = lastSettings();
  const store = createStore<StudioState>(() => ({
    worker: { type: "starting" },
    backends: null,
    dataset: null,
    opening: null,
    wanted: null,
    folderOffer: null,
    configuration: checkDraft(settings?.draft ?? preset(DEFAULT_PRESET)),
    backend: settings?.backend ?? "auto",
    evaluateEverySteps: settings?.evaluateEverySteps ?? 50,
    run: null,
    notices: [],
  }));
  noteSettings(store);
  const { setState: set, getState: get } = store;
  let client: Client<TrainerRequests> | null = null;
  let curves: RunCurves | null = null;
  let runCount = 0;
  /** A change that the person wanted is under way. */
  let isChanging = false;

  function show(found: Problem): void {
    set(({ notices }) => {
      const isShown = notices.some(
        ({ code, sentence }) => code === found.code && sentence === found.sentence,
      );
      return isShown ? {} : { notices: [...notices, found] };
    });
  }

  function notify(cause: unknown): void {
    const found = asProblem(cause);
    // A dead worker has its own place on the page.
    if (found.code !== "worker-died") show(found);
  }

  /** Asks the worker; null after a problem, which then is on show. */
  async function ask<K extends keyof TrainerRequests>(
    name: K,
    input: TrainerRequests[K]["input"],
  ): Promise<TrainerRequests[K]["output"] | null> {
    try {
      return client ? await client.call(name, input) : null;
    } catch (cause) {
      notify(cause);
      return null;
    }
  }

  const arena = createArena(ask, show);
  const persistence = createPersistence(globalThis.navigator?.storage);
  const keepStored = () => void persistence.ask();
  const datasets = createDatasets({
    connect: connectData,
    notify: show,
    openDataset: (location) => openDataset(location),
    isTraining,
    keepStored,
    renamed: (id, name) =>
      set(({ dataset }) =>
        dataset?.location.type === "device" && dataset.location.id === id
          ? { dataset: { ...dataset, summary: { ...dataset.summary, name } } }
          : {},
      ),
    current() {
      const { dataset } = get();
      return dataset && { location: dataset.location, identity: dataset.summary.identity };
    },
  });
  const inspections = createInspections();
  const endNotices = createEndNotices();
  const queue = createTrainingQueue({ isTraining, openData: openDataOf, start: startJob, notify: show });
  const outputs = createOutputs(ask);
  const sessions = createSessions({
    ask,
    runs,
    notify: show,
    openDataset: openByHand,
    onDevice: datasets.onDevice,
    current() {
      const { configuration, dataset } = get();
      const { identity = null, name = "none" } = dataset?.summary ?? {};
      return { config: configuration.config, identity, datasetName: name };
    },
    showContinued,
    keepStored,
    startFromWeights: async (config) => {
      set({ configuration: checkDraft(config as ConfigDraft) });
      const job = configuredJob();
      if (job) await startRun({ ...job, paused: false }, "startFromCheckpoint");
    },
    newRunId,
    async restartWorker() {
      await connectWorker();
      return get().worker.type === "ready";
    },
    endRun(runId, found) {
      queue.hold("problem");
      updateRun(runId, (run) => ({ ...run, status: { type: "failed", problem: found } }));
    },
    activeRun: () => (isActive(get().run) ? get().run!.runId : null),
  });
  /** Events of a run whose history is still on its way. */
  let held: { runId: string; events: TrainEvent[] } | null = null;

  function updateRun(runId: string, change: (run: RunState) => RunState): void {
    set(({ run }) => (run?.runId === runId ? { run: change(run) } : {}));
  }

  function onEvent(event: TrainerEvent): void {
    if (event.type === "dataset") {
      const { stage, done, total } = event;
      set(({ opening }) => (opening ? { opening: { stage, done, total } } : {}));
      return;
    }
    if (event.type === "arena") {
      arena.take(event.arenaId, event.event);
      return;
    }
    if (event.type === "inspected") {
      const { runId, step, rowsSeen, inspection } = event;
      inspections.add(runId, { step, rowsSeen, inspection });
      return;
    }
    if (event.type === "scoring") {
      outputs.onEvent(event);
      return;
    }
    if (event.type !== "run") sessions.hear(event);
    else if (held?.runId === event.runId) held.events.push(event.event);
    else takeRunEvent(event.runId, event.event);
  }

  function takeRunEvent(runId: string, event: TrainEvent): void {
    if (get().run?.runId !== runId) return;
    if (curves && event.type === "progressed") for (const point of event.points) addProgress(curves, point);
    if (curves && event.type === "evaluated") addEvaluation(curves, event.point);
    if (event.type === "progressed") sessions.seen(runId, event.position);
    updateRun(runId, (run) => afterEvent(run, event));
    // What can be gone on with has changed.
    if (event.type === "finished" || event.type === "failed") void sessions.refresh();
  }

  /** Draws the history of a run that goes on, then what happened since; its own configuration is on show from now. */
  async function showContinued(
    runId: string,
    answer: Promise<ContinuedRun | null>,
  ): Promise<ContinuedRun | null> {
    const events: TrainEvent[] = [];
    const mine = { runId, events };
    held = mine;
    const continued = await answer;
    // Another run may have been resumed meanwhile.
    if (held === mine) held = null;
    if (!continued) return null;
    const { config, history, evaluateEverySteps } = continued;
    curves = createRunCurves(config.branches.length);
    for (const point of history.progress) addProgress(curves, point);
    for (const point of history.evaluations) addEvaluation(curves, point);
    for (const cut of continued.progress.interruptions) addInterruption(curves, cut);
    const configuration = checkDraft(config as ConfigDraft);
    set({
      run: continuedRun(continued, get().dataset?.summary.name ?? ""),
      evaluateEverySteps,
      configuration,
    });
    for (const event of events) takeRunEvent(runId, event);
    return continued;
  }

  function newRunId(): string {
    runCount++;
    // Unique among the runs of other days, which may be kept.
    return `run-${Date.now().toString(36)}-${runCount}`;
  }

  function onDeath(reason: Problem): void {
    queue.hold("problem");
    arena.workerDied(reason);
    set(({ run }) => ({
      worker: { type: "dead", problem: reason },
      opening: null,
      run: isActive(run) ? { ...run, status: { type: "failed", problem: reason } } : run,
    }));
  }

  async function connectWorker(): Promise<void> {
    client?.close();
    set({ worker: { type: "starting" } });
    client = connect({ onEvent, onDeath });
    const backends = await ask("probe", {});
    if (!backends) return;
    set({ worker: { type: "ready" }, backends });
    await openNow(get().dataset?.location ?? lastDataset() ?? DEMO);
    if (!get().dataset) await openNow(DEMO);
  }

  function isTraining(): boolean {
    return isActive(get().run) || isGoingOn(arena.store.getState().arena);
  }

  async function change(to: Change): Promise<void> {
    if (isTraining()) set({ wanted: to });
    else await make(to);
  }

  const openDataset = (location: DatasetLocation) => change({ type: "dataset", location });

  async function make(to: Change): Promise<void> {
    // What ends for it has not ended by itself: the queue must not take its place.
    isChanging = true;
    try {
      await makeNow(to);
    } finally {
      isChanging = false;
    }
  }

  async function makeNow(to: Change): Promise<void> {
    switch (to.type) {
      case "job":
        await startJob(to.job, to.paused);
        return;
      case "dataset":
        return openByHand(to.location);
      case "saved":
        return sessions.resume(to.runId);
      case "checkpoint":
        return sessions.continueUploaded();
      case "weights":
        return sessions.startFromUploaded(to.config);
    }
  }

  /** Opens a data set, which is what the next visit finds open. */
  async function openByHand(location: DatasetLocation): Promise<void> {
    if (!(await openNow(location))) return;
    set({ folderOffer: null });
    void noteFolder((location.type === "files" && location.folder) || null);
  }

  /** false after a problem, which then is on show. */
  async function openNow(location: DatasetLocation): Promise<boolean> {
    set({ opening: { stage: "Opening", done: 0, total: 0 } });
    const summary = await ask("openDataset", { location });
    set(summary ? { opening: null, dataset: { location, summary } } : { opening: null });
    if (summary) noteDataset(location);
    return summary !== null;
  }

  /** What a job of this moment has besides its model; null without a data set. */
  function jobSettings(): JobSettings | null {
    const { dataset, backend, evaluateEverySteps } = get();
    if (!dataset) return null;
    const { location, summary } = dataset;
    const data = { name: summary.name, identity: summary.identity, location: notedLocation(location) };
    return { backend, evaluateEverySteps, data };
  }

  /** The configuration that is set up, as a job; null while it cannot be trained. */
  function configuredJob(): RunJob | null {
    const { config, preset: presetName } = get().configuration;
    const settings = jobSettings();
    if (!config || !settings) return null;
    return runJob(
      `${presetName ?? "own configuration"} ${runCount + queue.store.getState().jobs.length + 1}`,
      config,
      settings,
    );
  }

  /** The arena that is set up, as a job. */
  function arenaSetUp(): Job | null {
    const { members, seeds } = arena.store.getState().setup;
    const settings = jobSettings();
    return settings && members.length >= LEAST_MEMBERS ? arenaJob(members, seeds, settings) : null;
  }

  /** Whether the data set of a job is open now; opens it where it can. */
  async function openDataOf({ data }: Job): Promise<boolean> {
    const isOpen = () => get().dataset?.summary.identity === data.identity;
    if (isOpen()) return true;
    const location = (await datasets.onDevice(data.identity)) ?? data.location;
    if (location) await openByHand(location);
    return isOpen();
  }

  /** false after a problem, which then is on show. */
  async function startJob(job: Job, paused = false): Promise<boolean> {
    const { backend, evaluateEverySteps } = job;
    if (job.type === "arena")
      return arena.start({ backend, evaluateEverySteps, dataset: get().dataset }, job);
    return (await startRun({ ...job, paused })) !== null;
  }

  async function startRun(
    { name, config, backend, evaluateEverySteps, paused }: RunToStart,
    request: "startRun" | "startFromCheckpoint" = "startRun",
  ): Promise<RunState | null> {
    const { dataset } = get();
    if (!dataset) return null;
    const run = newRun({ runId: newRunId(), name, config, datasetName: dataset.summary.name });
    curves = createRunCurves(run.config.branches.length);
    set({ run });
    const { runId } = run;
    try {
      const answer = await client!.call(request, {
        runId,
        name,
        config,
        backend,
        evaluateEverySteps,
        paused,
      });
      updateRun(runId, (started) => ({ ...started, backend: answer.backend }));
      return run;
    } catch (cause) {
      notify(cause);
      const reason = cause instanceof ProblemError ? cause.problem : problem("run-not-active", {});
      updateRun(runId, (failed) => ({ ...failed, status: { type: "failed", problem: reason } }));
      return null;
    }
  }

  /** Lets the queue continue when what was training has ended by itself. */
  let wasTraining = false;
  function lookForEnd(): void {
    const isNow = isTraining();
    if (wasTraining && !isNow && !isChanging) void continueAfterEnd();
    wasTraining = isNow;
  }
  async function continueAfterEnd(): Promise<void> {
    await queue.ended();
    if (!isTraining()) endNotices.show(endWords(get().run, arena.store.getState().arena));
  }
  store.subscribe(lookForEnd);
  arena.store.subscribe(lookForEnd);

  /** Sends a request about the active run, after its status has been set to what is under way. */
  async function steer(
    name: "pauseRun" | "resumeRun" | "stopRun",
    status: RunState["status"] | null,
  ): Promise<void> {
    const { run } = get();
    if (!isActive(run)) return;
    if (status) updateRun(run.runId, (steered) => ({ ...steered, status }));
    await ask(name, { runId: run.runId });
  }

  return {
    store,
    arena,
    datasets,
    inspections,
    persistence,
    queue,
    endNotices,
    sessions,
    outputs,
    get curves() {
      return curves;
    },
    async start() {
      await connectWorker();
      if (get().dataset?.location.type !== "files") set({ folderOffer: await lastFolder() });
      if (get().worker.type === "ready") await sessions.refresh(true);
    },
    change,
    openDataset,
    async changeAsWanted() {
      const { wanted } = get();
      set({ wanted: null });
      if (wanted) await make(wanted);
    },
    dismissWanted: () => set({ wanted: null }),
    queueWanted() {
      const { wanted } = get();
      set({ wanted: null });
      if (wanted?.type === "job") void queue.add([wanted.job]);
    },
    dismissFolder() {
      set({ folderOffer: null });
      void noteFolder(null);
    },
    choosePreset: (name) => set({ configuration: checkDraft(preset(name)) }),
    edit(path, value) {
      set(({ configuration }) => ({
        configuration: checkDraft(withValue(configuration.draft, path, value)),
      }));
    },
    importConfiguration(text, name) {
      const parsed = parseConfigText(text, name);
      if (parsed.ok) set({ configuration: checkDraft(parsed.value as ConfigDraft) });
      else notify(new ProblemError(parsed.problem));
    },
    chooseBackend: (backend) => set({ backend }),
    evaluateEvery: (evaluateEverySteps) => set({ evaluateEverySteps }),
    async train() {
      const job = configuredJob();
      if (job) await change({ type: "job", job, paused: false });
    },
    async startArena() {
      const job = arenaSetUp();
      if (job) await change({ type: "job", job, paused: false });
    },
    stopArena() {
      queue.hold("stopped");
      return arena.stop();
    },
    queueRun() {
      const job = configuredJob();
      if (job) void queue.add([job]);
    },
    queueArena() {
      const job = arenaSetUp();
      if (job) void queue.add([job]);
    },
    queueMembers() {
      const settings = jobSettings();
      if (settings) void queue.add(memberJobs(arena.store.getState().setup.members, settings));
    },
    pause: () => steer("pauseRun", { type: "pausing" }),
    resume: () => steer("resumeRun", null),
    async stepOnce() {
      if (!isActive(get().run)) {
        const job = configuredJob();
        if (job) await change({ type: "job", job, paused: true });
      }
      const { run } = get();
      if (isActive(run)) await ask("stepRun", { runId: run.runId, steps: 1 });
    },
    stop() {
      queue.hold("stopped");
      return steer("stopRun", { type: "stopping" });
    },
    nameRun: (runId, name) => updateRun(runId, (run) => ({ ...run, name })),
    memory: () => ask("memory", {}),
    notify: show,
    dismiss: (notice) => set(({ notices }) => ({ notices: notices.filter((other) => other !== notice) })),
  };
}
