// Runs and arenas that wait their turn.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Problem } from "../../src/base/problem.ts";
import { preset } from "../../src/model/presets.ts";
import { newArena } from "../../src/store/arena/arenaState.ts";
import { arenaJob, type Job, type JobSettings, memberJobs, runJob } from "../../src/store/queue/job.ts";
import { createTrainingQueue, type Queue } from "../../src/store/queue/queue.ts";
import { trainingProgress } from "../../src/store/training/progress.ts";
import { newRun } from "../../src/store/training/runState.ts";

const settings: JobSettings = {
  backend: "auto",
  evaluateEverySteps: 50,
  data: { name: "demo", identity: "a".repeat(64), location: { type: "demo", rows: 3000, seed: 1 } },
};
const run = (name: string) => runJob(name, preset("demo"), settings);
const members = [
  { name: "A", config: preset("demo") },
  { name: "B", config: { ...preset("demo"), seed: 5 }, draw: 3 },
];

let training: Job | null;
let started: string[];
let notices: Problem[];
/** Names of jobs whose data set cannot be opened, and of those that are refused. */
let [closed, refused]: [string[], string[]] = [[], []];

function open(): Queue {
  return createTrainingQueue({
    isTraining: () => training !== null,
    openData: async (job) => !closed.includes(job.name),
    async start(job) {
      if (refused.includes(job.name)) return false;
      training = job;
      started.push(job.name);
      return true;
    },
    notify: (found) => notices.push(found),
  });
}

async function end(queue: Queue): Promise<void> {
  training = null;
  await queue.ended();
}

const names = (queue: Queue) => queue.store.getState().jobs.map(({ name }) => name);

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  [training, started, notices, closed, refused] = [null, [], [], [], []];
});
afterEach(() => vi.unstubAllGlobals());

it("trains what waits in its order, one after the other, and can be put in another one", async () => {
  const queue = open();
  await queue.add([run("one"), run("two"), run("three"), run("four")]);
  expect(started).toEqual(["one"]);
  const [, three] = queue.store.getState().jobs;
  queue.move(three!.id, 0);
  queue.remove(queue.store.getState().jobs[2]!.id);
  expect(names(queue)).toEqual(["three", "two"]);
  await end(queue);
  await end(queue);
  await end(queue);
  expect(started).toEqual(["one", "three", "two"]);
});

it("is there again after a reload, and then waits for the person", async () => {
  const before = open();
  await before.add([
    run("now"),
    run("later"),
    arenaJob(members, 3, settings),
    ...memberJobs(members, settings),
  ]);
  const jobs = before.store.getState().jobs;
  training = null;

  const after = open();
  expect(after.store.getState()).toEqual({ jobs, hold: "reloaded" });
  await after.ended();
  expect(started).toEqual(["now"]);
  await after.proceed();
  await end(after);
  expect(started).toEqual(["now", "later", "Arena of A, B"]);
  expect(names(after)).toEqual(["A", "B"]);
  after.clear();
  expect(open().store.getState()).toEqual({ jobs: [], hold: null });
});

it("leaves out what another version noted and this one cannot read", async () => {
  const good = run("good");
  const bad = { ...run("bad"), config: { branches: "none" } };
  localStorage.setItem("final-studio/queue", JSON.stringify([bad, good, { type: "tune" }]));
  expect(open().store.getState().jobs).toEqual([good]);
  localStorage.setItem("final-studio/queue", "{");
  expect(open().store.getState().jobs).toEqual([]);
});

it("waits after a stop, continues after a job that is refused, and says which data set it needs", async () => {
  const queue = open();
  [closed, refused] = [["three"], ["two"]];
  await queue.add([run("one"), run("two"), run("three"), run("four")]);
  queue.hold("stopped");
  await end(queue);
  expect(started).toEqual(["one"]);
  await queue.proceed();
  expect(queue.store.getState().hold).toBe("problem");
  expect(names(queue)).toEqual(["three", "four"]);
  expect(notices).toMatchObject([
    { code: "queue-needs-data", sentence: expect.stringContaining("“three” waits for the data set demo") },
  ]);
  closed = [];
  await queue.proceed();
  expect(started).toEqual(["one", "three"]);
});

it("starts a job once, however many ends are reported meanwhile", async () => {
  const queue = open();
  training = run("already");
  await queue.add([run("one"), run("two")]);
  training = null;
  await Promise.all([queue.ended(), queue.ended(), queue.proceed()]);
  expect(started).toEqual(["one"]);
});

it("says how far a run is, and an arena with all its seeds and members", () => {
  const position = { step: 25, epoch: 1, rowsSeen: 2500, activeSeconds: 5, time: 0 };
  const going = {
    ...newRun({ runId: "r", name: "r", config: preset("demo"), datasetName: "demo" }),
    position,
    totalSteps: 100,
    secondsLeft: 15,
  };
  expect(trainingProgress(going, null, null)).toEqual({ share: 0.25, secondsLeft: 15 });
  const arena = {
    ...newArena({ arenaId: "a", members, seeds: [1, 2, 3, 4], data: null }),
    seedIndex: 1,
    step: 50,
    totalSteps: 100,
    memberSeconds: [4, 6],
  };
  // Half a seed took 10 seconds, and two and a half are left.
  expect(trainingProgress(null, arena, null)).toEqual({ share: 0.375, secondsLeft: 50 });
  expect(
    trainingProgress({ ...going, status: { type: "finished", reason: "completed" } }, null, null),
  ).toBeNull();
});
