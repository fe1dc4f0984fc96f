// preprocess: a log or files of other tools in, a data set's folder out.

import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import { SPLITS, type Split } from "../base/batch.ts";
import type { Problem } from "../base/problem.ts";
import type { Finding } from "../preprocess/findings/findings.ts";
import { columnsLike, type Fitted, idsOf, ownIds } from "../preprocess/fitting.ts";
import type { LogSource } from "../preprocess/formats/logSource.ts";
import { openLogs } from "../preprocess/formats/openLogs.ts";
import { leftOutText } from "../preprocess/formats/setAside.ts";
import { splitOfName } from "../preprocess/formats/splitNames.ts";
import { parseJournal } from "../preprocess/journal.ts";
import { isCriteoLog } from "../preprocess/logForm.ts";
import { nameOfLog } from "../preprocess/logName.ts";
import { preprocess } from "../preprocess/preprocess.ts";
import { recommendedModes } from "../preprocess/recommendedMode.ts";
import { COLUMN_ROLES, type ColumnRole } from "../preprocess/roles.ts";
import { surveyedRules } from "../preprocess/splitSurvey.ts";
import type { Sha256 } from "../shards/checksums.ts";
import type { Manifest } from "../shards/manifest.ts";
import { parseArguments, UsageError } from "./arguments.ts";
import { diskFolder } from "./files.ts";
import { type DiskInput, inputFiles } from "./inputs.ts";
import { printResult, progressLog, say } from "./log.ts";
import { makeFolder } from "./makeFolder.ts";
import { checkNumbers, pathsOf, preprocessSpec, rulesOf, threadsOf, wishesOf } from "./preprocessOptions.ts";
import { createReporter } from "./preprocessReporter.ts";
import { sayFindings } from "./sayFindings.ts";

export async function runPreprocess(args: string[]): Promise<number> {
  const options = parseArguments(args, preprocessSpec).values;
  checkNumbers(options);
  const { output, format, train_line_count: limit, split, skip_id_convert: numbers } = options;
  const paths = pathsOf(options);
  const files = await inputFiles(paths, output);
  const fittedTo = options.vocabulary === undefined ? null : await openFitted(options.vocabulary);
  const source = await openLogs(files, {
    ...(await wishesOf(options)),
    ...(fittedTo && { like: columnsLike(fittedTo.manifest) }),
    ...(limit !== undefined && { limit }),
    ...(numbers && { numbers }),
    ignoreSplits: split !== undefined,
  });
  tellFiles(files, source);
  sayColumns(source);
  const name = source.name ?? nameOfLog(basename(resolve(paths[0]!)));
  const { rules: implied, ...ids } = fittedTo ? await idsOf(fittedTo, source, name) : ownIds(source);
  const { layout: form, fitted } = ids;
  if (ids.tokens && options.id_order !== undefined)
    throw new UsageError("These files number their values themselves: leave --id_order out.");
  const threads = threadsOf(options.threads, source.byteLength);
  const reuse = threads === 1;
  const rules = await surveyedRules(rulesOf(options, implied), {
    name,
    form,
    columns: source.columns,
    parts: () => source.parts(() => {}, form, true),
    onProgress: progressLog((lines: number) => `looking at all rows: ${lines.toLocaleString("en")} lines`),
  });
  const key = keyOf(files, [rules, form, format, limit ?? null]);

  let warning: Problem | undefined;
  const findings: Finding[] = [];
  const reporter = createReporter(source.byteLength, limit);
  const workerPool =
    threads > 1
      ? await (await import("./preprocessThreads.ts")).startThreads(threads, { layout: form, rules })
      : null;
  const isSameWork = (journal: string) => parseJournal(journal, key) !== null;
  const manifest = await makeFolder(
    output,
    isSameWork,
    ({ output: sink, folder, journal, appendJournal }) => {
      const finished = parseJournal(journal, key)?.finished.length;
      if (finished !== undefined) say(`continuing after ${finished} finished shards`);
      return preprocess(() => source.parts(reporter.bytes, form, reuse), sink, {
        name,
        files: source.files.map((file) => basename(file)),
        whereIs: source.whereIs,
        placeOf: source.placeOf,
        ...ids,
        rules,
        format,
        createHash: nativeSha256,
        ...(workerPool && { encoder: workerPool.encoder }),
        ...(!fitted && { journal: { key, text: journal, append: appendJournal, folder } }),
        onProgress: reporter.progress,
        warn: (problem) => (warning = problem),
        found: (odd) => findings.push(...odd),
      });
    },
  ).finally(() => workerPool?.close());
  for (const split of splitsWithoutRows(source, manifest))
    say(
      `the ${split} split has no row: ${limit === undefined ? "its files have none" : `--train_line_count=${limit} leaves it none`}`,
    );
  for (const { line, reason } of manifest.badLineExamples)
    say(`${source.whereIs(line)} ${reason}; it was left out`);
  if (warning) say(`${warning.sentence} ${warning.remedy}`);
  sayFindings(findings);
  printResult({
    output,
    input: source.format,
    ...(source.leftOut.length > 0 && {
      leftOut: source.leftOut.map(({ name, reason }) => ({ name, reason })),
    }),
    ...summary(manifest),
    ...(warning && { warning }),
    findings: warning ? [warning, ...findings] : findings,
    recommended: recommendedModes(manifest),
    ...reporter.figures(),
    ...peak(),
  });
  return 0;
}

/** Node's own takes a seventh of the time. */
function nativeSha256(): Sha256 {
  const hash = createHash("sha256");
  return { update: (bytes) => hash.update(bytes), hex: () => hash.digest("hex") };
}

/** Says which of several files are read. */
function tellFiles(files: DiskInput[], source: LogSource): void {
  if (files.length < 2) return;
  say(`reading ${source.format}: ${source.files.join(", ")}`);
  const left = files.filter(
    ({ name }) =>
      !source.files.some((file) => file === name || file.startsWith(`${name}/`)) &&
      !source.leftOut.some((other) => other.name === name),
  );
  if (left.length > 0) say(`left out: ${left.map(({ name }) => name).join(", ")}`);
}

/** Says what each column is taken for, where the files are not Criteo's own log. */
function sayColumns({ columns, layout, leftOut, form }: LogSource): void {
  for (const file of leftOut) say(`left out: ${leftOutText(file)}`);
  if (!columns || isCriteoLog(form)) return;
  if (layout !== undefined) say(`the columns are those of ${layout}`);
  for (const role of COLUMN_ROLES) {
    const those = columns.filter((column) => column.role === role);
    if (those.length === 0) continue;
    const names = those.map(({ name, click }) =>
      click === undefined ? name : `${name} (${click} is a click)`,
    );
    say(`${ROLE_WORDS[role]}: ${names.join(", ")}`);
  }
}

const ROLE_WORDS: Record<ColumnRole, string> = {
  label: "label",
  integer: "integers",
  number: "numbers",
  category: "categories",
  several: "left out, since several values in a cell are not supported yet",
  id: "left out, since it names the row",
  time: "time, which no model sees",
  ignore: "left out",
};

/** Splits that files are named for and that no row came to. */
function splitsWithoutRows({ files }: LogSource, { rules, splits }: Manifest): Split[] {
  if (rules.split !== "given") return [];
  const named = new Set(files.map(splitOfName));
  return SPLITS.filter((split, place) => named.has(place) && splits[split].rows === 0);
}

function keyOf(files: DiskInput[], decides: unknown[]): string {
  return JSON.stringify([
    files.map(({ path, byteLength, changedMs }) => [path, byteLength, changedMs]),
    ...decides,
  ]);
}

async function openFitted(path: string): Promise<Fitted> {
  const { openDataset } = await import("../shards/openDataset.ts");
  const folder = diskFolder(path);
  const { manifest, close } = await openDataset(folder);
  await close();
  return { manifest, folder };
}

function summary(manifest: Manifest): Record<string, unknown> {
  const { badLines, splits, columns, vocabulary, shards } = manifest;
  return {
    rows: shards.reduce((sum, shard) => sum + shard.rows, 0),
    badLines,
    splits,
    tableRows: columns.length + vocabulary.rows,
    bytes: shards.reduce((sum, shard) => sum + shard.bytes, 0),
  };
}

/** The most memory that this process has held. */
function peak(): { peakMegabytes: number } {
  return { peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024) };
}
