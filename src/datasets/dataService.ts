// The worker that keeps data sets: answers the page's requests about them. One piece of work that can be cancelled goes
// on at a time.

import { problemError } from "../base/result.ts";
import type { Handlers } from "../base/rpc/serve.ts";
import { inspectDataset } from "../preprocess/inspect.ts";
import { keepDataset, saveKept, zipKept } from "./copying.ts";
import { deleteKept, listKept, renameKept, sweepKept } from "./device.ts";
import { type ImportHelp, importLog } from "./importing.ts";
import { createJob, type Job } from "./job.ts";
import { lookAtLog } from "./looking.ts";
import { openAt } from "./openAt.ts";
import type { DataEvent, DataJob, DataRequests } from "./requests.ts";

/** The handlers of every request. */
export function createDataService(
  help: ImportHelp,
  emit: (event: DataEvent) => void,
): Handlers<DataRequests> {
  let current: Job | null = null;
  const swept = sweepKept().catch(() => {});

  async function during<T>(kind: DataJob, name: string, work: (job: Job) => Promise<T>): Promise<T> {
    if (current) throw problemError("data-busy", {});
    const job = createJob(kind, name, (progress) => emit({ type: "progress", ...progress }));
    current = job;
    try {
      return await work(job);
    } finally {
      current = null;
    }
  }

  return {
    async listKept() {
      await swept;
      return listKept();
    },
    lookAtLog: ({ files, said }) => lookAtLog(files, said),
    importLog: ({ files, options }) =>
      during("import", files[0]!.file.name, (job) => importLog(files, options, job, help)),
    keepDataset: ({ location }) =>
      during("keep", "the copy", async (job) => ({ id: await keepDataset(location, job) })),
    async cancel() {
      current?.cancel();
      return {};
    },
    async renameKept({ id, name }) {
      await renameKept(id, name);
      return listKept();
    },
    async deleteKept({ id }) {
      await deleteKept(id);
      return listKept();
    },
    zipKept: ({ id }) => zipKept(id),
    saveKept: ({ id, folder }) => during("export", "the export", (job) => saveKept(id, folder, job)),
    inspectDataset: ({ location }) =>
      during("inspect", "the data set", async (job) => {
        const { dataset, folder } = await openAt(location, () => {});
        const { train, valid, test } = dataset.manifest.splits;
        const total = train.rows + valid.rows + test.rows;
        try {
          return await inspectDataset(dataset, folder, (rows) => {
            job.check();
            job.report("Reading rows", rows, total, "rows");
          });
        } finally {
          await dataset.close();
        }
      }),
  };
}
