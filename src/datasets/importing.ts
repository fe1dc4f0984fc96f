// Logs that a person dropped or picked → data sets on the device: the same two passes as everywhere, packed shards.

import type { Problem } from "../base/problem.ts";
import { unhurried } from "../base/yield.ts";
import { type CrewMember, createCrew } from "../preprocess/crew.ts";
import { type IdSource, idsOf, ownIds } from "../preprocess/fitting.ts";
import { blobInput, type InputFile } from "../preprocess/formats/input.ts";
import type { LogSource } from "../preprocess/formats/logSource.ts";
import { openLogs } from "../preprocess/formats/openLogs.ts";
import { createHands, type Part } from "../preprocess/hands.ts";
import { nameOfLog } from "../preprocess/logName.ts";
import { createPacer } from "../preprocess/pace.ts";
import { countPass } from "../preprocess/passes.ts";
import { DEFAULT_RULES, type Progress, preprocess } from "../preprocess/preprocess.ts";
import type { DataRequests, ImportOptions, LogReport } from "../protocol/dataMessages.ts";
import type { Rules } from "../shards/manifest.ts";
import type { Layout } from "../shards/rows.ts";
import { beginKept } from "./device.ts";
import type { Job } from "./job.ts";
import { openAt } from "./openAt.ts";

/** A look ends after so many rows, or bytes as they lie on the disk. */
const LOOK_ROWS = 50_000;
const LOOK_BYTES = 8 << 20;

const STAGES: Record<Progress["stage"], string> = {
  count: "Counting values",
  order: "Ordering values",
  encode: "Writing rows",
};

/** Reads the beginning of the files. Throws a ProblemError for what is no log. */
export async function lookAtLog(files: File[]): Promise<LogReport> {
  const source = await openLogs(inputsOf(files), { limit: LOOK_ROWS });
  const name = nameOfFiles(files, source);
  const rules = { ...DEFAULT_RULES, ...source.rules };
  let bytesRead = 0;
  let whole = true;
  async function* beginning(): AsyncGenerator<Part> {
    for await (const part of source.parts((bytes) => (bytesRead = bytes))) {
      yield part;
      whole = bytesRead < LOOK_BYTES && part.firstLine + part.lineCount < LOOK_ROWS;
      if (!whole) return;
    }
  }
  const words = { name, whereIs: source.whereIs };
  const { account } = await countPass(
    unhurried(beginning()),
    createHands(source.form, rules),
    words,
    () => {},
  );
  return {
    name,
    format: source.format,
    byteLength: source.byteLength,
    rows: whole ? account.lines : Math.round((account.lines * source.byteLength) / bytesRead),
    columns: { integers: source.form.integers, categories: source.form.categories },
    hasIds: rules.idOrder === "given",
    bytesPerRow: bytesPerRow(source.form),
    freeBytes: await freeBytes(),
  };
}

export interface ImportHelp {
  /** Workers that do the steps, and what ends them. */
  startCrew(): { members: CrewMember[]; end: () => void };
  /** Announces a silence of at most so many milliseconds. */
  computing(forAtMostMs: number): void;
}

/** Makes a data set on the device; gives its id, and what is strange about it. Whatever goes wrong, nothing of it stays there. */
export async function importLog(
  files: File[],
  { rows, threshold, vocabularyOf }: ImportOptions,
  job: Job,
  help: ImportHelp,
): Promise<DataRequests["importLog"]["output"]> {
  const source = await openLogs(inputsOf(files), rows === null ? {} : { limit: rows });
  const name = nameOfFiles(files, source);
  const open = vocabularyOf && (await openAt(vocabularyOf, () => {}));
  try {
    const ids = open
      ? await idsOf({ manifest: open.dataset.manifest, folder: open.folder }, source, name)
      : ownIds(source);
    return await importRows(source, name, ids, { rows, threshold }, job, help);
  } finally {
    await open?.dataset.close();
  }
}

async function importRows(
  source: LogSource,
  name: string,
  { rules: implied, ...ids }: IdSource,
  { rows, threshold }: Omit<ImportOptions, "vocabularyOf">,
  job: Job,
  help: ImportHelp,
): Promise<DataRequests["importLog"]["output"]> {
  const { layout } = ids;
  const rules: Rules = { ...DEFAULT_RULES, ...implied, ...(threshold !== null && { threshold }) };
  let warning: Problem | null = null;
  const pacer = createPacer(source.byteLength, rows ?? undefined);
  const kept = await beginKept(name);
  const crew = help.startCrew();
  const hands = createCrew(crew.members, { layout, rules });
  try {
    await preprocess(() => checked(source.parts(pacer.bytes, layout), job), kept.output, {
      name,
      files: source.files.map((file) => file.split("/").at(-1)!),
      whereIs: source.whereIs,
      ...ids,
      ...{ rules, format: "packed" },
      warn: (problem) => (warning = problem),
      hands: {
        ...hands,
        counted() {
          help.computing(MERGING_MS);
          return hands.counted();
        },
      },
      tell: (progress) => job.pace(STAGES[progress.stage], pacer.lines(progress)),
    });
    kept.finish();
    return { id: kept.id, warning };
  } catch (cause) {
    await kept.abandon();
    throw cause;
  } finally {
    crew.end();
  }
}

/** What putting the counts of all workers together may take. */
const MERGING_MS = 120_000;

function inputsOf(files: File[]): InputFile[] {
  return files.map((file) => blobInput(file.webkitRelativePath || file.name, file));
}

function nameOfFiles([file]: File[], source: LogSource): string {
  return source.name ?? nameOfLog(file!.webkitRelativePath.split("/").at(0) || source.files[0]!);
}

async function* checked(parts: AsyncIterable<Part>, job: Job): AsyncGenerator<Part> {
  for await (const part of parts) {
    job.check();
    yield part;
  }
}

/** What packed rows take: measured on logs like Criteo's, 76 bytes for its columns. */
function bytesPerRow({ integers, categories }: Layout): number {
  return Math.round(1 + 2.5 * integers + 1.65 * categories);
}

async function freeBytes(): Promise<number | null> {
  const { quota, usage } = await navigator.storage.estimate();
  return quota === undefined || usage === undefined ? null : quota - usage;
}
