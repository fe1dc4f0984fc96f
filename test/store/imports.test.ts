// Logs on their way to the device as the page knows them: one import at a time, others looked at meanwhile, and nothing
// that was chosen lost where one is refused.

import { expect, it } from "vitest";
import { type Problem, problem } from "../../src/base/problem.ts";
import { ProblemError } from "../../src/base/result.ts";
import type { DataRequests, ImportOptions } from "../../src/datasets/requests.ts";
import { type ConnectData, createDataConnection } from "../../src/store/dataset/dataConnection.ts";
import { createDatasets } from "../../src/store/dataset/datasets.ts";
import { createDatasetsStore } from "../../src/store/dataset/datasetsState.ts";
import { createKeptDatasets } from "../../src/store/dataset/keptDatasets.ts";
import type { StudioState } from "../../src/store/state.ts";

const options: ImportOptions = {
  name: "clicks",
  rows: null,
  said: {},
  numbers: null,
  rules: {},
  vocabularyOf: null,
};
const look = { type: "columns", name: "x", problem: problem("log-empty", { name: "x" }), likely: null };

/** A page whose worker looks at anything, and settles imports when the test says so. */
function page() {
  const notices: Problem[] = [];
  const opened: unknown[] = [];
  let settle: { done(id: string): void; refuse(problem: Problem): void } | null = null;
  const answers: Partial<Record<keyof DataRequests, () => unknown>> = {
    lookAtLog: () => look,
    listKept: () => [],
    cancel: () => settle!.refuse(problem("import-cancelled", { name: "clicks" })),
    importLog: () =>
      new Promise((resolve, reject) => {
        settle = {
          done: (id) => resolve({ id, warning: null, findings: [] }),
          refuse: (found) => reject(new ProblemError(found)),
        };
      }),
  };
  const shown = { show: (found: Problem) => void notices.push(found) };
  const store = createDatasetsStore();
  const connect: ConnectData = () => ({
    call: async (name) => (await answers[name]!()) as never,
    close() {},
  });
  const data = createDataConnection(connect, store, shown);
  const datasets = createDatasets({
    store,
    data,
    kept: createKeptDatasets(store, data, { rename() {} }),
    studio: { getState: () => ({ dataset: null }) as StudioState },
    jobs: { isTraining: () => false },
    changes: { change: async (to) => void opened.push(to) },
    persistence: { ask: async () => {} },
    notices: shown,
  });
  return { datasets, notices, opened, state: datasets.store.getState, settle: () => settle! };
}
const files = (name: string) => [{ file: new File([], name), path: name }];

it("looks at other files while a log is imported, which continues and can be cancelled", async () => {
  const { datasets, notices, opened, state, settle } = page();
  await datasets.look(files("first"));
  const importing = datasets.importLog(options);
  await datasets.look(files("second"));
  expect(state().work).toMatchObject({ title: "Importing clicks", canCancel: true });
  expect(state().log).toMatchObject({ files: [{ path: "second" }], importing: false });
  await datasets.importLog(options);
  expect(notices.map(({ code }) => code)).toEqual(["data-busy"]);
  expect(state().work?.title).toBe("Importing clicks");
  settle().done("made");
  await importing;
  expect(opened).toEqual([{ type: "dataset", location: { type: "device", id: "made" } }]);
  expect(state()).toMatchObject({ work: null, log: { files: [{ path: "second" }] } });
});

it("asks again where an import is refused, and not where it is cancelled", async () => {
  const { datasets, notices, state, settle } = page();
  await datasets.look(files("clicks"));
  const refused = datasets.importLog(options);
  expect(state().log?.importing).toBe(true);
  settle().refuse(problem("device-full", { name: "clicks" }));
  await refused;
  expect(state().log).toMatchObject({ id: 1, importing: false, refusal: { code: "device-full" } });
  const cancelled = datasets.importLog(options);
  datasets.cancel();
  await cancelled;
  expect(state()).toMatchObject({ log: null, work: null });
  expect(notices.map(({ code }) => code)).toEqual(["device-full"]);
});

it("shows the files that were dropped last, whichever look ends first", async () => {
  const { datasets, state } = page();
  const first = datasets.look(files("first"));
  await datasets.look(files("second"));
  await first;
  expect(state()).toMatchObject({ looking: false, log: { files: [{ path: "second" }] } });
});
