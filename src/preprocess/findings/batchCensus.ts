// The census of rows that are read again from a data set: split after split, each in the log's order.

import { type Batch, SPLITS, type Split } from "../../base/batch.ts";
import { mix32 } from "../../base/random.ts";
import { columnEncoders } from "../../shards/encoding.ts";
import type { Column, Manifest } from "../../shards/manifest.ts";
import { ownIds } from "../../shards/numberEncoding.ts";
import { MISSING } from "../../shards/rows.ts";
import type { CountedValue } from "../vocabulary.ts";
import { censusModes, censusTableRows } from "./censusModes.ts";
import type { FilledRows } from "./findings.ts";
import { createRowCensus, type RowFacts } from "./rowCensus.ts";

export interface BatchCensus {
  /** Batches of numbers as `censusModes` says. */
  see(split: Split, batch: Batch): void;
  /** Where columns were filled for the last time is said of the training rows. */
  facts(): { rows: RowFacts | null; filled: FilledRows | null; different: number[] };
}

export function createBatchCensus(manifest: Manifest, vocabulary: CountedValue[][]): BatchCensus {
  const { columns, splits } = manifest;
  const all = splits.train.rows + splits.valid.rows + splits.test.rows;
  const census = createRowCensus(all, columns.length, censusTableRows(columns));
  const empty = emptyRows(manifest, vocabulary);
  const last: (number | null)[] = empty.map((row) => (row === null ? null : 0));
  let trained = 0;

  function noteFilled({ rowCount, fields, ids }: Batch): void {
    for (const [f, row] of empty.entries()) {
      if (row === null) continue;
      let r = rowCount - 1;
      while (r >= 0 && ids[r * fields + f] === row) r--;
      if (r >= 0) last[f] = trained + r + 1;
    }
    trained += rowCount;
  }

  return {
    see(split, batch) {
      const { rowCount, fields, ids, labels } = batch;
      if (split === "train") noteFilled(batch);
      const place = SPLITS.indexOf(split);
      for (let r = 0; r < rowCount; r++) {
        const at = r * fields;
        const label = labels[r]!;
        let hash = label;
        for (let i = at; i < at + fields; i++) hash = mix32(hash ^ ids[i]!);
        if (!census.takes(hash)) continue;
        let check = ~label;
        for (let i = at; i < at + fields; i++) check = mix32((Math.imul(check, 31) + ids[i]!) | 0);
        // The sample is chosen by the hash, so its leading bits are alike in all of it.
        census.add({ split: place, label, ids, at, hash: mix32(hash + 1), check });
      }
    },
    facts: () => ({
      rows: splits.train.rows > 0 ? census.facts() : null,
      filled: trained > 0 ? { rows: trained, what: "training row", last } : null,
      different: columns.map(idsOf),
    }),
  };
}

/** Ids of a column, its OOV among them: numbers are seen as these. */
function idsOf(column: Column): number {
  if (column.kind === "category") return column.frequent + 1;
  return ownIds(column, censusModes([column])[column.name]!) + 1;
}

/** Of each field the table row of a missing value; null where it shares that of others. */
function emptyRows(manifest: Manifest, vocabulary: CountedValue[][]): (number | null)[] {
  const { columns } = manifest;
  const encoders = columnEncoders(manifest, censusModes(columns));
  const numbers = columns.length - vocabulary.length;
  return columns.map((column, f) => {
    const { base, numbers: encoder } = encoders[f]!;
    const local = encoder
      ? encoder.encode(MISSING)
      : vocabulary[f - numbers]!.findIndex(({ value }) => value === "") + 1;
    if (local > 0) return base + local - 1;
    return column.missing === 0 ? -1 : null;
  });
}
