// Runs on their way into files and out of them: exports, reports, checkpoints.

import { fileNameOf } from "../base/fileName.ts";
import { orThrow, problemError } from "../base/result.ts";
import type { Handlers } from "../base/rpc/serve.ts";
import { type CheckpointCurves, openCurves } from "../checkpoint/curves.ts";
import { fromStored, toStored } from "../runs/curves.ts";
import { nextColor } from "../runs/record.ts";
import { type KeptRun, parseRunsFile, runsToCsv, runsToJson } from "../runs/runsFile.ts";
import { reportHtml } from "../runs/runsReport.ts";
import { blobSource } from "../shards/byteSource.ts";
import { runOfCheckpoint } from "./checkpointRun.ts";
import type { LibraryDatabase } from "./database.ts";
import type { LibraryInputs } from "./inputs.ts";
import { listRuns } from "./listing.ts";
import type { LibraryRequests } from "./requests.ts";

const FORMATS = {
  json: { write: runsToJson, type: "application/json" },
  csv: { write: runsToCsv, type: "text/csv" },
  report: { write: reportHtml, type: "text/html" },
};

type FileRequests = Pick<LibraryRequests, "exportRuns" | "importRuns" | "exportCheckpoints">;

export function createRunFiles(inputs: LibraryInputs, changed: () => void): Handlers<FileRequests> {
  return {
    async exportRuns({ runIds, format, charts, links }) {
      const { write, type } = FORMATS[format];
      const kept = await keptRuns(await inputs.database, runIds);
      return { blob: new Blob(write(kept, charts, links), { type }) };
    },
    async importRuns({ name, file }) {
      const given = await runsOfFile(name, file);
      const added = await addRuns(await inputs.database, given);
      changed();
      return { added, doubles: given.length - added };
    },
    async exportCheckpoints({ runIds }) {
      const files = await namedCheckpoints(inputs, runIds);
      if (files.length === 0) throw problemError("run-not-saved", {});
      if (runIds?.length === 1) return { name: files[0]!.name, blob: files[0]!.input };
      const { downloadZip } = await import("client-zip");
      return { name: "final-studio-runs.zip", blob: await downloadZip(files).blob() };
    },
  };
}

/** Runs with their curves, in the order of `runIds`. */
async function keptRuns(database: LibraryDatabase, runIds: readonly string[]): Promise<KeptRun[]> {
  const kept = (await database.records()).filter(({ deletedAt }) => deletedAt === null);
  const runs: KeptRun[] = [];
  for (const runId of runIds) {
    const record = kept.find(({ record }) => record.runId === runId)?.record;
    const curves = record && (await database.curves(runId));
    if (curves) runs.push({ record, curves: fromStored(curves) });
  }
  return runs;
}

async function runsOfFile(name: string, file: Blob): Promise<KeptRun[]> {
  if (!/\.safetensors$/i.test(name)) return orThrow(parseRunsFile(name, await file.text()));
  return [runOfFile(await openCurves(blobSource(name, file), name))];
}

/** Adds those that are not here, each in a colour of its own, and counts them. */
async function addRuns(database: LibraryDatabase, runs: readonly KeptRun[]): Promise<number> {
  const here = await database.records();
  const ids = new Set(here.filter(({ deletedAt }) => deletedAt === null).map(({ record }) => record.runId));
  const fresh = runs.filter(({ record }) => !ids.has(record.runId));
  const looks = here.map(({ record }) => record);
  for (const { record, curves } of fresh) {
    const isTaken = looks.some(({ color }) => color === record.color);
    const color = isTaken ? nextColor(looks) : record.color;
    const added = { ...record, color, shown: true, isBaseline: false };
    await database.put({ record: added, deletedAt: null }, toStored(curves));
    looks.push(added);
  }
  return fresh.length;
}

/** The newest checkpoint of each run that has one; `runIds` null: of all. */
async function namedCheckpoints(
  inputs: LibraryInputs,
  runIds: readonly string[] | null,
): Promise<{ name: string; input: Blob }[]> {
  const store = await inputs.checkpoints();
  const { runs } = await listRuns(inputs);
  const files = [];
  for (const { runId, name, checkpoint } of runs) {
    if (!checkpoint || !(runIds?.includes(runId) ?? true)) continue;
    const input = await store.exportNewest(runId, name);
    // Several runs may have one name.
    const stem = runIds?.length === 1 ? fileNameOf(name) : `${fileNameOf(name)}-${runId}`;
    if (input) files.push({ name: `${stem}.safetensors`, input });
  }
  return files;
}

/** A run as it stands in a checkpoint, or in a file of its curves: nobody here trains it. */
function runOfFile(checkpoint: CheckpointCurves): KeptRun {
  const { record, curves } = runOfCheckpoint(checkpoint);
  const status = record.status === "running" ? "stopped" : record.status;
  return { record: { ...record, status, color: 0 }, curves };
}
