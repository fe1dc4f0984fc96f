// The composition root: the worker, the store and the page meet here.

import "@mantine/core/styles.css";
import "@mantine/dropzone/styles.css";
import "./ui/palette.css";
import { startTransition } from "react";
import { createRoot } from "react-dom/client";
import { createClient } from "./base/rpc/client.ts";
import { logMessages } from "./base/rpc/logMessages.ts";
import type { CheckEvent, CheckRequests } from "./check/requests.ts";
import type { DataEvent, DataRequests } from "./datasets/requests.ts";
import type { LibraryEvent, LibraryRequests } from "./library/requests.ts";
import { followStudio } from "./store/library/followStudio.ts";
import { createRuns } from "./store/library/runs.ts";
import { createStudio } from "./store/studio.ts";
import type { TrainerEvent, TrainerRequests } from "./train/requests.ts";
import { App } from "./ui/App.tsx";
import { loadTheRest } from "./ui/loadLater.ts";

const isDebugged = new URLSearchParams(location.search).has("debug");
const connected = (name: string, worker: Worker) => (isDebugged ? logMessages(name, worker) : worker);
const startKernels = () =>
  new Worker(new URL("../workers/kernels.worker.ts", import.meta.url), { type: "module" });
const startReader = () =>
  new Worker(new URL("../workers/reader.worker.ts", import.meta.url), { type: "module" });
const startEncoder = () =>
  new Worker(new URL("../workers/encoder.worker.ts", import.meta.url), { type: "module" });

const runs = createRuns(
  (listeners) =>
    createClient<LibraryRequests, LibraryEvent>({
      port: connected(
        "library",
        new Worker(new URL("../workers/library.worker.ts", import.meta.url), { type: "module" }),
      ),
      deathCode: "library-worker-died",
      ...listeners,
    }),
  async () => (await import("./library/database.ts")).openLastWriter(),
);
const studio = createStudio(
  (listeners) =>
    createClient<TrainerRequests, TrainerEvent>({
      port: connected(
        "train",
        new Worker(new URL("../workers/train.worker.ts", import.meta.url), { type: "module" }),
      ),
      workers: { kernels: startKernels, reader: startReader },
      ...listeners,
    }),
  (listeners) =>
    createClient<DataRequests, DataEvent>({
      port: connected(
        "data",
        new Worker(new URL("../workers/data.worker.ts", import.meta.url), { type: "module" }),
      ),
      deathCode: "data-worker-died",
      workers: { encoder: startEncoder },
      ...listeners,
    }),
  (listeners) =>
    createClient<CheckRequests, CheckEvent>({
      port: connected(
        "check",
        new Worker(new URL("../workers/check.worker.ts", import.meta.url), { type: "module" }),
      ),
      deathCode: "check-worker-died",
      workers: { kernels: startKernels },
      // It measures in one go for as long as that takes; a person cancels it.
      heartbeat: false,
      ...listeners,
    }),
  runs,
);
const saveRecords = followStudio(studio, runs);
function saveRun(): void {
  // The worker's save takes longer: it begins first.
  studio.sessions.saveUnsaved();
  saveRecords();
}
// A hidden page may be closed without another word.
document.addEventListener("visibilitychange", () => document.hidden && saveRun());
// What is written at the first of these has more time, and has to wait for nothing when the second comes.
for (const moment of ["beforeunload", "pagehide"])
  addEventListener(moment, () => {
    saveRun();
    runs.writeUnconfirmed();
  });
void runs.load();

// As a transition the first drawing is done in slices, between which the page answers.
startTransition(() =>
  createRoot(document.getElementById("app")!).render(<App studio={studio} runs={runs} />),
);
void studio
  .start()
  .then(loadTheRest)
  .then(() => (import.meta.env.PROD ? studio.updates.keep("./offline.js") : undefined));
