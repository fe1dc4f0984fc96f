// All that the page knows, and the verbs that change it. The worker does the work; this asks it and keeps its answers.

import { createStore } from "zustand/vanilla";
import { type Problem, problem } from "../base/problem.ts";
import { yieldToMessages } from "../base/yield.ts";
import type { DatasetLocation } from "../datasets/requests.ts";
import { DEFAULT_PRESET, preset } from "../model/presets.ts";
import type { RunCurves } from "../runs/curves.ts";
import type { TrainerRequests } from "../train/requests.ts";
import { type Arena, createArena } from "./arena/arena.ts";
import { type Configuration, createConfiguration } from "./configuration/configuration.ts";
import { checkDraft } from "./configuration/draft.ts";
import { lastSettings, noteSettings } from "./configuration/lastSettings.ts";
import { type Connect, type Connection, createConnection } from "./connection/connection.ts";
import { type ConnectData, createDataConnection } from "./dataset/dataConnection.ts";
import { createDatasets, type Datasets } from "./dataset/datasets.ts";
import { createDatasetsStore } from "./dataset/datasetsState.ts";
import { createKeptDatasets } from "./dataset/keptDatasets.ts";
import { createOpenData } from "./dataset/openData.ts";
import { type ConnectCheck, createDeviceCheck, type DeviceCheck } from "./device/deviceCheck.ts";
import { createPersistence, type Persistence } from "./library/persistence.ts";
import type { Runs } from "./library/runs.ts";
import { createSessions, type Sessions } from "./library/sessions.ts";
import { createEndNotices, type EndNotices } from "./notices/endNotices.ts";
import { createNotices } from "./notices/notices.ts";
import { createUpdates, type Updates } from "./notices/updates.ts";
import { createEvaluations, type Evaluations } from "./outputs/evaluations.ts";
import { createOutputs, type Outputs } from "./outputs/outputs.ts";
import { createJobs } from "./queue/jobs.ts";
import { createTrainingQueue, type Queue } from "./queue/queue.ts";
import { createRaces, type Race } from "./race/race.ts";
import type { StudioState, StudioStore } from "./state.ts";
import { createActiveRun } from "./training/activeRun.ts";
import { type Changes, createChanges } from "./training/changes.ts";
import { createInsights, type Insights } from "./training/insights.ts";
import { createInspections, type Inspections } from "./training/inspections.ts";
import { createTrainingVerbs, type TrainingVerbs } from "./training/verbs.ts";

export { type Change, canTrain, DEMO, isForTraining, type StudioState } from "./state.ts";

export interface Studio extends Omit<Configuration, "replace">, Changes, TrainingVerbs {
  readonly store: StudioStore;
  readonly arena: Arena;
  readonly race: Race;
  readonly datasets: Datasets;
  readonly deviceCheck: DeviceCheck;
  readonly inspections: Inspections;
  readonly insights: Insights;
  readonly persistence: Persistence;
  readonly queue: Queue;
  readonly endNotices: EndNotices;
  readonly sessions: Sessions;
  readonly outputs: Outputs;
  readonly evaluations: Evaluations;
  readonly updates: Updates;
  /** The curves of `run`; replaced when another one starts. */
  readonly curves: RunCurves | null;
  /** Starts a worker, and opens what was open last, the demo data at first. */
  start(): Promise<void>;
  /** Makes another data set the open one; see `change`. */
  openDataset(location: DatasetLocation): Promise<void>;
  /** Ends a worker that does not do what was asked of it, and starts another one in its place. */
  replaceWorker(asked: "stop" | "pause"): Promise<void>;
  dismissFolder(): void;
  /** Shows the run under another name. */
  nameRun(runId: string, name: string): void;
  /** Tensors alive in the worker. */
  memory(): Promise<TrainerRequests["memory"]["output"] | null>;
  /** Shows a problem that the page itself met. */
  notify(found: Problem): void;
  dismiss(notice: Problem): void;
}

/** Notes which preset the configuration equalled last. */
function followPreset({ getState: get, setState: set, subscribe }: StudioStore): void {
  const note = ({ configuration: { preset: equal }, basePreset }: StudioState) => {
    if (equal && equal !== basePreset) set({ basePreset: equal });
  };
  note(get());
  subscribe(note);
}

export function createStudio(
  connect: Connect,
  connectData: ConnectData,
  connectCheck: ConnectCheck,
  runs: Runs,
): Studio {
  const store: StudioStore = createStore<StudioState>(firstState);
  noteSettings(store);
  followPreset(store);
  const get = store.getState;
  const notices = createNotices(store);
  const connection = createConnection(connect, store, notices);
  // Before those that end with the worker: what ends so is not followed by what waits.
  connection.onDeath(() => queue.hold("problem"));
  const configuration = createConfiguration(store, notices);
  const openData = createOpenData(store, connection);
  const activeRun = createActiveRun(store, connection, configuration, notices);
  const arena = createArena(connection.ask, notices.show);
  const race = createRaces(store, connection, notices.show);
  const inspections = createInspections();
  const insights = createInsights(connection.ask, runs.keepInsight);
  const persistence = createPersistence(globalThis.navigator?.storage);
  const datasetsStore = createDatasetsStore();
  const data = createDataConnection(connectData, datasetsStore, notices);
  const kept = createKeptDatasets(datasetsStore, data, openData);
  const jobs = createJobs({ store, arena, race, activeRun, kept, openData });
  const queue = createTrainingQueue({ ...jobs, notify: notices.show });
  const endNotices = createEndNotices();
  const outputs = createOutputs(connection.ask);
  const evaluations = createEvaluations(connection.ask, runs, async ({ identity, location }) => {
    const { dataset } = store.getState();
    if (dataset?.summary.identity === identity) return dataset.location;
    const isDemo = location?.type === "demo";
    return (await kept.onDevice(identity)) ?? (isDemo ? location : null);
  });
  const deviceCheck = createDeviceCheck(connectCheck, () => void connection.probe());

  const sessions = createSessions({
    studio: store,
    connection,
    runs,
    openData,
    kept,
    activeRun,
    configuration,
    jobs,
    queue,
    persistence,
    notices,
  });
  const changes = createChanges({ store, arena, race, jobs, queue, openData, sessions, endNotices });
  const datasets = createDatasets({
    store: datasetsStore,
    data,
    kept,
    studio: store,
    jobs,
    changes,
    persistence,
    notices,
  });
  const verbs = createTrainingVerbs({ arena, race, changes, jobs, queue, activeRun });

  connection.onDeath(arena.workerDied);
  connection.onDeath(race.workerDied);
  routeEvents(connection, { arena, race, inspections, insights, sessions, outputs, evaluations });
  activeRun.listen((runId, event) => {
    if (event.type === "progressed") sessions.seen(runId, event.position);
    // What can be resumed has changed.
    if (event.type === "finished" || event.type === "failed") void sessions.refresh();
  });

  async function start(): Promise<void> {
    await openData.startWorker();
    // Not in the task in which the page has just drawn its data set: opening a database holds it up.
    await yieldToMessages();
    await openData.lookForFolder();
    if (get().worker.type === "ready") await sessions.refresh(true);
  }

  const { replace: _, ...configurationVerbs } = configuration;
  return {
    ...configurationVerbs,
    ...changes,
    ...verbs,
    store,
    arena,
    race,
    datasets,
    deviceCheck,
    inspections,
    insights,
    persistence,
    queue,
    endNotices,
    sessions,
    outputs,
    evaluations,
    updates: createUpdates(),
    get curves() {
      return activeRun.curves;
    },
    start,
    async replaceWorker(asked) {
      connection.end(problem("worker-ended", { asked }));
      await start();
    },
    openDataset: (location) => changes.change({ type: "dataset", location }),
    dismissFolder: openData.dismissFolder,
    nameRun: activeRun.rename,
    memory: () => connection.ask("memory", {}),
    notify: notices.show,
    dismiss: notices.dismiss,
  };
}

/** What the page begins with: the settings of the last visit. */
function firstState(): StudioState {
  const settings = lastSettings();
  return {
    worker: { type: "starting" },
    backends: null,
    dataset: null,
    opening: null,
    wanted: null,
    folderOffer: null,
    configuration: checkDraft(settings?.draft ?? preset(DEFAULT_PRESET)),
    basePreset: DEFAULT_PRESET,
    backend: settings?.backend ?? "auto",
    evaluateEverySteps: settings?.evaluateEverySteps ?? 50,
    run: null,
    notices: [],
  };
}

/** Gives each event of the worker to what it concerns. */
function routeEvents(
  connection: Connection,
  {
    arena,
    race,
    inspections,
    insights,
    sessions,
    outputs,
    evaluations,
  }: Pick<Studio, "arena" | "race" | "inspections" | "insights" | "sessions" | "outputs" | "evaluations">,
): void {
  connection.onEvent((event) => {
    switch (event.type) {
      case "arena":
        return arena.take(event.arenaId, event.event);
      case "race":
        return race.take(event.raceId, event.event);
      case "inspected": {
        const { runId, step, rowsSeen, inspection } = event;
        return inspections.add(runId, { step, rowsSeen, inspection });
      }
      case "insight":
        return insights.add(event.runId, event.insight);
      case "gradients":
        return insights.addGradients(event.runId, event.point);
      case "saved":
      case "notSaved":
      case "deviceLost":
        return sessions.onEvent(event);
      case "scoring":
        return outputs.onEvent(event);
      case "evaluatingRun":
        return evaluations.onEvent(event);
    }
  });
}
