// manifest.json as text: read with all that can be checked, and written.

import { SPLITS } from "../base/batch.ts";
import { problem } from "../base/problem.ts";
import { err, ok, type Result } from "../base/result.ts";
import { manifestIdentity } from "./manifest.ts";
import { hash, type IntegerColumn, type Manifest, manifestSchema } from "./manifestSchema.ts";
import { MISSING } from "./rows.ts";

/** The file: what counts and bounds say cannot be seen in the shards, so the whole has a checksum (who writes one by hand may leave it out). */
const fileSchema = manifestSchema.extend({ checksum: hash.optional() });

/** Parses a manifest's text, and checks that its parts agree with each other; `name` is used in the sentence. */
export function parseManifest(text: string, name: string): Result<Manifest> {
  const invalid = (reason: string) => err(problem("manifest-invalid", { name, reason }));
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return invalid("it is not JSON");
  }
  const parsed = fileSchema.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    const where = issue.path.join(".");
    return invalid(`${where ? `${where}: ` : ""}${issue.message.replace(/\.$/, "")}`);
  }
  const { checksum, ...manifest } = parsed.data;
  const contradiction = contradictionIn(manifest);
  if (contradiction) return invalid(contradiction);
  if (checksum !== undefined && checksum !== manifestIdentity(manifest))
    return invalid("its checksum is wrong, so it was changed or damaged");
  return ok(manifest);
}

/** The manifest as it is written to a file: keys in the order of the schema, however it came about. */
export function manifestText(manifest: Manifest): string {
  const ordered = manifestSchema.parse(manifest);
  return `${JSON.stringify({ ...ordered, checksum: manifestIdentity(ordered) }, null, 1)}\n`;
}

function contradictionIn(manifest: Manifest): string | null {
  return columnContradiction(manifest) ?? shardContradiction(manifest);
}

function columnContradiction(manifest: Manifest): string | null {
  const { columns, version } = manifest;
  const firstCategory = columns.findIndex((column) => column.kind === "category");
  if (firstCategory !== -1 && columns.slice(firstCategory).some((column) => column.kind === "integer"))
    return "an integer column follows a category";
  if (new Set(columns.map((column) => column.name)).size !== columns.length)
    return "two columns share a name";
  let bucketBase = columns.length;
  let categoryBase = columns.length;
  for (const column of columns) {
    if (column.frequent > column.distinct) return `${column.name} has more frequent values than values`;
    if (column.kind === "integer") {
      if (column.base !== bucketBase) return `${column.name} starts at row ${column.base}, not ${bucketBase}`;
      if (column.buckets.length !== column.distinct)
        return `${column.name} lists ${column.buckets.length} buckets and says ${column.distinct}`;
      const fault = numbersFault(column, version);
      if (fault) return `${column.name} ${fault}`;
      bucketBase += column.frequent;
    } else {
      if (column.base !== categoryBase)
        return `${column.name} starts at row ${column.base}, not ${categoryBase}`;
      categoryBase += column.frequent;
    }
  }
  return null;
}

/** What of a column of numbers cannot be, as in "I1 has …"; null where all can. */
function numbersFault(column: IntegerColumn, version: Manifest["version"]): string | null {
  const { fractions, statistics, scale, minimum, maximum } = column;
  if (version === 1 && (fractions !== undefined || statistics !== undefined))
    return "has statistics that version 1 does not have";
  if (version === 2 && (statistics === undefined || scale !== undefined))
    return "lacks the statistics of version 2";
  const bounds = [minimum, maximum].filter((bound) => bound !== null);
  if (!fractions && bounds.some((bound) => !Number.isInteger(bound) || Math.abs(bound) > -MISSING))
    return "has a minimum or a maximum that is no integer of 32 bits";
  if (!statistics) return null;
  if (bounds.length < 2) return "has statistics of no number";
  const { quantiles } = statistics;
  const falls = quantiles.some((bound, i) => i > 0 && bound <= quantiles[i - 1]!);
  return falls ? "has quantiles that do not rise" : null;
}

function shardContradiction({ shards, splits }: Manifest): string | null {
  const names = new Set<string>();
  for (const { file, rows, bytes, rowGroups } of shards) {
    if (names.has(file)) return `${file} is listed twice`;
    names.add(file);
    const inGroups = rowGroups.reduce((sum, group) => sum + group.rows, 0);
    if (inGroups !== rows) return `${file} has ${rows} rows, its row groups ${inGroups}`;
    let offset = 0;
    for (const group of rowGroups) {
      if (group.offset < offset || group.offset + group.length > bytes)
        return `a row group of ${file} lies outside it or over another`;
      offset = group.offset + group.length;
    }
  }
  for (const split of SPLITS) {
    const inShards = shards.reduce((sum, shard) => sum + (shard.split === split ? shard.rows : 0), 0);
    if (inShards !== splits[split].rows)
      return `${split} has ${splits[split].rows} rows, its shards ${inShards}`;
    if (splits[split].positives > splits[split].rows) return `${split} has more clicks than rows`;
  }
  return null;
}
