// Logs that a person dropped or picked → data sets on the device: the same two passes as everywhere, packed shards.

import type { Problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import type { WorkerPort } from "../base/rpc/port.ts";
import type { Part } from "../preprocess/encoder.ts";
import type { Finding } from "../preprocess/findings/findings.ts";
import { columnsLike, type IdSource, idsOf, ownIds } from "../preprocess/fitting.ts";
import type { LogSource } from "../preprocess/formats/logSource.ts";
import { openLogs } from "../preprocess/formats/openLogs.ts";
import { createPacer } from "../preprocess/pace.ts";
import { type Progress, preprocess } from "../preprocess/preprocess.ts";
import { DEFAULT_RULES, faultOfRules, rulesOf } from "../preprocess/rules.ts";
import { surveyedRules } from "../preprocess/splitSurvey.ts";
import { createWorkerPool } from "../preprocess/workerPool.ts";
import type { Rules } from "../shards/manifest.ts";
import { beginKept } from "./device.ts";
import type { Job } from "./job.ts";
import { inputsOf, nameOfFiles } from "./looking.ts";
import { openAt } from "./openAt.ts";
import type { ChosenFile, DataProgress, DataRequests, ImportOptions } from "./requests.ts";

const STAGES: Record<Progress["stage"], string> = {
  count: "Counting values",
  order: "Ordering values",
  encode: "Writing rows",
};

export interface ImportHelp {
  /** Workers that do the steps; whoever has them ends them. */
  startPoolWorkers(): WorkerPort[];
  /** Announces a silence of at most so many milliseconds. */
  computing(forAtMostMs: number): void;
}

/** Makes a data set on the device; gives its id, and what is strange about it. Whatever goes wrong, nothing of it stays there. */
export async function importLog(
  files: ChosenFile[],
  options: ImportOptions,
  job: Job,
  help: ImportHelp,
): Promise<DataRequests["importLog"]["output"]> {
  const { rows, said, numbers, vocabularyOf } = options;
  const open = vocabularyOf && (await openAt(vocabularyOf, () => {}));
  try {
    const source = await openLogs(inputsOf(files), {
      ...(open && { like: columnsLike(open.dataset.manifest) }),
      ...(rows !== null && { limit: rows }),
      ...said,
      ...(numbers !== null && { numbers }),
      ignoreSplits: options.rules.split !== undefined,
    });
    const name = options.name ?? nameOfFiles(files, source);
    const ids = open
      ? await idsOf({ manifest: open.dataset.manifest, folder: open.folder }, source, name)
      : ownIds(source);
    return await importRows(source, name, ids, options, job, help);
  } finally {
    await open?.dataset.close();
  }
}

async function importRows(
  source: LogSource,
  name: string,
  { rules: implied, ...ids }: IdSource,
  { rows, rules: choices }: ImportOptions,
  job: Job,
  help: ImportHelp,
): Promise<DataRequests["importLog"]["output"]> {
  const { layout } = ids;
  const chosen = rulesOf({ ...DEFAULT_RULES, ...implied }, choices);
  const fault = faultOfRules(chosen);
  if (fault) throw new ProblemError(fault);
  const look = createPacer(source.byteLength, rows ?? undefined);
  const rules = await surveyedRules(chosen, {
    name,
    form: layout,
    columns: source.columns,
    parts: () => checked(source.parts(look.bytes, layout), job),
    onProgress: (lines) =>
      job.pace("Looking at all rows", look.lines({ stage: "count", lines, totalLines: null }), null),
  });
  let warning: Problem | null = null;
  let findings: Finding[] = [];
  const pacer = createPacer(source.byteLength, rows ?? undefined);
  const kept = await beginKept(name);
  const workerPool = createWorkerPool(help.startPoolWorkers(), { layout, rules });
  try {
    await preprocess(() => checked(source.parts(pacer.bytes, layout), job), kept.output, {
      name,
      files: source.files.map((file) => file.split("/").at(-1)!),
      whereIs: source.whereIs,
      placeOf: source.placeOf,
      ...ids,
      rules,
      format: "packed",
      warn: (problem) => (warning = problem),
      found: (odd) => (findings = odd),
      encoder: {
        ...workerPool,
        counted() {
          help.computing(MERGING_MS);
          return workerPool.counted();
        },
      },
      onProgress: (progress) =>
        job.pace(STAGES[progress.stage], pacer.lines(progress), passOf(progress.stage, rules)),
    });
    kept.finish();
    return { id: kept.id, warning, findings };
  } catch (cause) {
    await kept.abandon();
    throw cause;
  } finally {
    workerPool.close();
  }
}

/** Each stage is a pass over the files; what need not be counted takes one, which is no pass of several. */
function passOf(stage: Progress["stage"], { fittedOn, idOrder }: Rules): DataProgress["pass"] {
  if (fittedOn === "given") return null;
  const stages: Progress["stage"][] =
    idOrder === "first-seen" ? ["count", "order", "encode"] : ["count", "encode"];
  return { number: stages.indexOf(stage) + 1, of: stages.length };
}

/** What putting the counts of all workers together may take. */
const MERGING_MS = 120_000;

async function* checked(parts: AsyncIterable<Part>, job: Job): AsyncGenerator<Part> {
  for await (const part of parts) {
    job.check();
    yield part;
  }
}
