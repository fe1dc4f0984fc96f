// Runs as files: JSON at full resolution, which the studio reads again, and CSV for everything else.

import { z } from "zod";
import { problem } from "../base/problem.ts";
import { err, ok, type Result } from "../base/result.ts";
import type { Curve } from "./curve.ts";
import { createRunCurves, EVALUATED_SPLITS, POSITIONS, type RunCurves } from "./runCurves.ts";
import { type RunRecord, recordSchema } from "./runsRecord.ts";

export interface KeptRun {
  record: RunRecord;
  curves: RunCurves;
}

const FORMAT = "final-studio-runs";
const VERSION = 1;
/** Surrounds the runs in a report, so that the studio finds them there. */
export const REPORT_DATA = { open: `<script type="application/json" id="${FORMAT}">`, close: "</script>" };

const columnsSchema = z.record(z.string(), z.array(z.number().nullable()));
const fileSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  runs: z.array(
    z.strictObject({
      record: recordSchema,
      progress: columnsSchema,
      valid: columnsSchema,
      test: columnsSchema,
    }),
  ),
});
type StoredColumns = z.infer<typeof columnsSchema>;

/** The file's text in parts, a run a part: all of it at once may be more than a string can hold. */
export function runsToJson(runs: readonly KeptRun[]): string[] {
  const parts = runs.map(({ record, curves: { progress, evaluations } }) => {
    const curves = { progress, valid: evaluations.valid, test: evaluations.test };
    const stored = Object.entries(curves).map(([name, curve]) => `"${name}":${columnsJson(curve)}`);
    return `{"record":${JSON.stringify(record)},${stored.join(",")}}`;
  });
  const separated = parts.map((part, i) => (i === 0 ? part : `,\n${part}`));
  return [`{"format":"${FORMAT}","version":${VERSION},"runs":[\n`, ...separated, "\n]}\n"];
}

function columnsJson(curve: Curve): string {
  const columns = curve.names.map((name) => `"${name}":[${Array.from(curve.column(name), text).join(",")}]`);
  return `{${columns.join(",")}}`;

  function text(value: number): string {
    return Number.isFinite(value) ? shortest(value) : "null";
  }
}

/** As few digits as give the same float32 again; counts and times are whole. */
function shortest(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(9)));
}

/**
 * One row a point: `pandas.read_csv(…, comment="#")` reads it. Lines that begin with # carry each run's record as JSON;
 * `curve` is "train" for progressive points, else the split.
 */
export function runsToCsv(runs: readonly KeptRun[]): string[] {
  const names = [...new Set(runs.flatMap(({ curves }) => curvesBySplit(curves).flatMap(([, c]) => c.names)))];
  const header = ["run_id", "run", "curve", ...names].join(",");
  const comments = runs.map(({ record }) => `# ${JSON.stringify(record)}\n`);
  return [
    ...comments,
    `${header}\n`,
    ...runs.flatMap(({ record, curves }) =>
      curvesBySplit(curves).map(([split, curve]) => csvRows(record, split, curve, names)),
    ),
  ];
}

function curvesBySplit({ progress, evaluations }: RunCurves): [string, Curve][] {
  return [
    ["train", progress],
    ...EVALUATED_SPLITS.map((split) => [split, evaluations[split]] as [string, Curve]),
  ];
}

function csvRows({ runId, name }: RunRecord, split: string, curve: Curve, names: string[]): string {
  const start = `${runId},"${name.replaceAll('"', '""')}",${split}`;
  const columns = names.map((column) => (curve.names.includes(column) ? curve.column(column) : null));
  let rows = "";
  for (let i = 0; i < curve.length; i++) {
    rows += start;
    for (const values of columns) {
      const value = values?.[i] ?? Number.NaN;
      rows += Number.isFinite(value) ? `,${shortest(value)}` : ",";
    }
    rows += "\n";
  }
  return rows;
}

/** The runs of an exported JSON file, or of a report. */
export function parseRunsFile(name: string, text: string): Result<KeptRun[]> {
  let input: unknown;
  try {
    input = JSON.parse(dataOf(text));
  } catch (cause) {
    return invalid("", `it is not JSON (${(cause as Error).message})`);
  }
  const parsed = fileSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return invalid(issue.path.join("."), issue.message.replace(/\.$/, ""));
  }
  const runs: KeptRun[] = [];
  for (const [r, { record, progress, valid, test }] of parsed.data.runs.entries()) {
    const curves = createRunCurves(record.config.branches.length);
    for (const [split, stored, curve] of [
      ["progress", progress, curves.progress],
      ["valid", valid, curves.evaluations.valid],
      ["test", test, curves.evaluations.test],
    ] as const) {
      const reason = fill(curve, stored);
      if (reason) return invalid(`runs.${r}.${split}`, reason);
    }
    runs.push({
      record: { ...record, status: record.status === "running" ? "stopped" : record.status },
      curves,
    });
  }
  return ok(runs);

  function invalid(where: string, reason: string) {
    return err(problem("runs-file-invalid", { name, where, reason }));
  }
}

function dataOf(text: string): string {
  const start = text.indexOf(REPORT_DATA.open);
  if (start < 0) return text;
  const from = start + REPORT_DATA.open.length;
  return text.slice(from, text.indexOf(REPORT_DATA.close, from));
}

/** Pushes the stored points; says why they cannot be a curve. */
function fill(curve: Curve, stored: StoredColumns): string | null {
  const known = new Set(curve.names);
  const names = Object.keys(stored);
  const length = stored.step?.length ?? 0;
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) return `no curve of this run is called ${unknown}`;
  const uneven = names.find((name) => stored[name]!.length !== length);
  if (uneven !== undefined) return `${uneven} has ${stored[uneven]!.length} points, step has ${length}`;
  for (const position of POSITIONS) {
    const values = stored[position];
    if (length > 0 && !values) return `${position} is missing`;
    if (values?.includes(null)) return `${position} has gaps`;
  }
  if (stored.step?.some((step, i, steps) => i > 0 && step! < steps[i - 1]!)) return "step does not rise";
  for (let i = 0; i < length; i++) {
    const point: Record<string, number> = {};
    for (const name of names) point[name] = stored[name]![i] ?? Number.NaN;
    curve.push(point);
  }
  return null;
}
