// Runs as files: JSON at full resolution, which the studio reads again, and CSV for everything else.

import { problem } from "../base/problem.ts";
import { err, ok, type Result } from "../base/result.ts";
import { z } from "../base/zod.ts";
import { csvLine } from "./csv.ts";
import { createRunCurves, EVALUATED_SPLITS, type RunCurves } from "./curves.ts";
import { parseDataFile } from "./dataFile.ts";
import { POSITIONS } from "./points.ts";
import { type RunRecord, recordSchema } from "./record.ts";
import { seedMeans } from "./seedMeans.ts";
import { columnsJson, columnsSchema, csvRows, fillTable, type Table } from "./table.ts";

export interface KeptRun {
  record: RunRecord;
  curves: RunCurves;
}

/** Steps give the order; all of them are known of every point. */
const ORDERED_POSITIONS = ["step", ...POSITIONS] as const;

export const RUNS_FORMAT = "final-studio-runs";
const VERSION = 1;

const fileSchema = z.strictObject({
  format: z.literal(RUNS_FORMAT),
  version: z.literal(VERSION),
  runs: z.array(
    z.strictObject({
      record: recordSchema,
      progress: columnsSchema,
      valid: columnsSchema,
      test: columnsSchema,
    }),
  ),
  /** For other readers; here they follow from the runs. */
  meansOverSeeds: z.unknown().optional(),
});

/** The file's text in parts, a run a part: all of it at once may be more than a string can hold. */
export function runsToJson(runs: readonly KeptRun[]): string[] {
  const parts = runs.map(({ record, curves: { progress, evaluations } }) => {
    const curves = { progress, valid: evaluations.valid, test: evaluations.test };
    const stored = Object.entries(curves).map(([name, curve]) => `"${name}":${columnsJson(curve)}`);
    return `{"record":${JSON.stringify(record)},${stored.join(",")}}`;
  });
  const separated = parts.map((part, i) => (i === 0 ? part : `,\n${part}`));
  const means = JSON.stringify(seedMeans(runs.map(({ record }) => record)));
  return [
    `{"format":"${RUNS_FORMAT}","version":${VERSION},"runs":[\n`,
    ...separated,
    `\n],\n"meansOverSeeds":${means}}\n`,
  ];
}

/**
 * One row a point, under a header. `curve` is "train" for progressive points, else the split; what a run was besides its name,
 * seed, data and end stands in the JSON, under the same `run_id`.
 */
export function runsToCsv(runs: readonly KeptRun[]): string[] {
  const names = [...new Set(runs.flatMap(({ curves }) => curvesBySplit(curves).flatMap(([, c]) => c.names)))];
  const header = ["run_id", "run", "seed", "data", "status", "curve", ...names].join(",");
  return [
    `${header}\n`,
    ...runs.flatMap(({ record: { runId, name, config, data, status }, curves }) =>
      curvesBySplit(curves).map(([split, table]) =>
        csvRows(table, names, csvLine([runId, name, config.seed, data.name, status, split])),
      ),
    ),
  ];
}

function curvesBySplit({ progress, evaluations }: RunCurves): [string, Table][] {
  return [
    ["train", progress],
    ...EVALUATED_SPLITS.map((split) => [split, evaluations[split]] as [string, Table]),
  ];
}

/** The runs of an exported JSON file, or of a report. */
export function parseRunsFile(name: string, text: string): Result<KeptRun[]> {
  const parsed = parseDataFile(RUNS_FORMAT, fileSchema, text);
  if (!("data" in parsed)) return invalid(parsed.where, parsed.reason);
  const runs: KeptRun[] = [];
  for (const [r, { record, progress, valid, test }] of parsed.data.runs.entries()) {
    const curves = createRunCurves(record.config.branches.length);
    for (const [split, stored, curve] of [
      ["progress", progress, curves.progress],
      ["valid", valid, curves.evaluations.valid],
      ["test", test, curves.evaluations.test],
    ] as const) {
      const reason = fillTable(curve, stored, ORDERED_POSITIONS);
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
