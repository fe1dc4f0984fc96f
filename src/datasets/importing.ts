// Logs that a person dropped or picked → data sets on the device: the same two passes as everywhere, packed shards.

import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import { type CrewMember, createCrew } from "../preprocess/crew.ts";
import type { LogSource } from "../preprocess/formats/logSource.ts";
import { openLogs } from "../preprocess/formats/openLogs.ts";
import type { Part } from "../preprocess/hands.ts";
import { fittedForm } from "../preprocess/logForm.ts";
import { createPacer } from "../preprocess/pace.ts";
import { DEFAULT_RULES, type Progress, preprocess } from "../preprocess/preprocess.ts";
import { faultOfRules, rulesOf } from "../preprocess/rules.ts";
import type { DataProgress, ImportOptions } from "../protocol/dataMessages.ts";
import type { DatasetLocation } from "../protocol/messages.ts";
import type { Folder } from "../shards/byteSource.ts";
import { layoutOf, type Manifest, type Rules } from "../shards/manifest.ts";
import type { Layout } from "../shards/rows.ts";
import { beginKept } from "./device.ts";
import type { Job } from "./job.ts";
import { inputsOf, nameOfFiles } from "./looking.ts";
import { openAt } from "./openAt.ts";

const STAGES: Record<Progress["stage"], string> = {
  count: "Counting values",
  order: "Ordering values",
  encode: "Writing rows",
};

export interface ImportHelp {
  /** Workers that do the steps, and what ends them. */
  startCrew(): { members: CrewMember[]; end: () => void };
  /** Announces a silence of at most so many milliseconds. */
  computing(forAtMostMs: number): void;
}

/** Makes a data set on the device; gives its id. Whatever goes wrong, nothing of it stays there. */
export async function importLog(
  files: File[],
  options: ImportOptions,
  job: Job,
  help: ImportHelp,
): Promise<string> {
  const { rows, layout, numbers, vocabularyOf } = options;
  const source = await openLogs(inputsOf(files), {
    ...(rows !== null && { limit: rows }),
    ...(layout && { layout }),
    ...(numbers !== null && { numbers }),
    ignoreSplits: options.rules.split !== undefined,
  });
  const name = options.name ?? nameOfFiles(files, source);
  const rules = rulesOf({ ...DEFAULT_RULES, ...source.rules }, options.rules, vocabularyOf !== null);
  const fault = faultOfRules(rules);
  if (fault) throw new ProblemError(fault);
  const fitted = vocabularyOf && (await openVocabulary(vocabularyOf, source, name));
  const form = fitted ? fittedForm(source.form, fitted.manifest) : source.form;
  const pacer = createPacer(source.byteLength, rows ?? undefined);
  const kept = await beginKept(name);
  const crew = help.startCrew();
  const hands = createCrew(crew.members, { layout: form, rules });
  try {
    await preprocess(() => checked(source.parts(pacer.bytes), job), kept.output, {
      name,
      files: source.files.map((file) => file.split("/").at(-1)!),
      whereIs: source.whereIs,
      ...{ rules, layout: form, format: "packed" },
      ...(source.tokens && { tokens: source.tokens }),
      ...(fitted && { fitted }),
      hands: {
        ...hands,
        counted() {
          help.computing(MERGING_MS);
          return hands.counted();
        },
      },
      tell: (progress) =>
        job.pace(STAGES[progress.stage], pacer.lines(progress), passOf(progress.stage, rules)),
    });
    kept.finish();
    return kept.id;
  } catch (cause) {
    await kept.abandon();
    throw cause;
  } finally {
    crew.end();
    await fitted?.close();
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

async function openVocabulary(
  location: DatasetLocation,
  source: LogSource,
  name: string,
): Promise<{ manifest: Manifest; folder: Folder; close: () => Promise<void> }> {
  const { dataset, folder } = await openAt(location, () => {});
  const { manifest } = dataset;
  const [columns, expected] = [columnsText(source.form), columnsText(layoutOf(manifest))];
  if (columns !== expected) {
    await dataset.close();
    const details = { name, dataset: manifest.name, columns, expected };
    throw new ProblemError(problem("vocabulary-of-other-columns", details));
  }
  return { manifest, folder, close: dataset.close };
}

function columnsText({ integers, categories }: Layout): string {
  return `${integers} columns of integers and ${categories} of categories`;
}
