// Scores as a file that grows with the rows: CSV or Parquet. A column each for the row's number, its probability, each
// branch's, and, where there are such, the file, the row's name and the label.

import { concatenate } from "../../base/bytes.ts";
import {
  createParquetFrame,
  type DecodedArray,
  encodeColumns,
  type SchemaElement,
} from "../../shards/parquetFile.ts";
import type { ScoredRows } from "./scoreLogs.ts";

export type ScoreFormat = "csv" | "parquet";

export interface ScoreColumns {
  branches: number;
  /** Rows come of several files. */
  withFile: boolean;
  /** The column of names; null where there is none. */
  id: string | null;
  withLabel: boolean;
}

/** Turns rows into the next bytes of a file; what is empty has nothing to write yet. */
export interface ScoreEncoder {
  add(rows: ScoredRows): Uint8Array<ArrayBuffer>;
  end(): Uint8Array<ArrayBuffer>;
}

/** Rows of a Parquet row group. */
const GROUP_ROWS = 1 << 16;

/** Encodes scores piece by piece, as CSV or as Parquet. */
export function createScoreEncoder(format: ScoreFormat, columns: ScoreColumns): ScoreEncoder {
  return format === "csv" ? csvEncoder(columns) : parquetEncoder(columns);
}

/** The probability of each head, the fused one first, as a float32: 1 / (1 + e^−logit). */
export function probabilities({ logits, rowCount }: ScoredRows, branches: number): Float32Array[] {
  const heads = branches + 1;
  return [branches, ...Array.from({ length: branches }, (_, b) => b)].map((head) =>
    Float32Array.from({ length: rowCount }, (_, r) => 1 / (1 + Math.exp(-logits[r * heads + head]!))),
  );
}

function namesOf({ branches, withFile, id, withLabel }: ScoreColumns): string[] {
  const ofBranches = Array.from({ length: branches }, (_, b) => `probability_branch${b + 1}`);
  return [
    ...(withFile ? ["file"] : []),
    "row",
    ...(id === null ? [] : [/^\d+$/.test(id) ? "id" : id]),
    "probability",
    ...ofBranches,
    ...(withLabel ? ["label"] : []),
  ];
}

function csvEncoder(columns: ScoreColumns): ScoreEncoder {
  let head = `${namesOf(columns).map(csvText).join()}\n`;
  return {
    add(rows) {
      const lines = [head];
      head = "";
      const values = probabilities(rows, columns.branches);
      for (let r = 0; r < rows.rowCount; r++) {
        let line = columns.withFile ? `${csvText(rows.files[r]!)},` : "";
        line += rows.numbers[r];
        if (columns.id !== null) line += `,${csvText(rows.rowNames?.[r] ?? "")}`;
        for (const head of values) line += `,${shortest(head[r]!)}`;
        if (columns.withLabel) line += rows.labels ? `,${rows.labels[r]}` : ",";
        lines.push(`${line}\n`);
      }
      return new TextEncoder().encode(lines.join(""));
    },
    end: () => new TextEncoder().encode(head),
  };
}

function csvText(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The fewest digits that give this float32 again. */
function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

function parquetEncoder(columns: ScoreColumns): ScoreEncoder {
  const schema = schemaOf(columns);
  const frame = createParquetFrame(schema);
  let offset = 0;
  let waiting: ScoredRows[] = [];
  let count = 0;

  function write(): Uint8Array<ArrayBuffer>[] {
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    const put = (bytes: Uint8Array) => {
      pieces.push(new Uint8Array(bytes));
      offset += bytes.length;
    };
    if (offset === 0) put(frame.head);
    if (count > 0) {
      const { bytes, chunks } = encodeColumns(schema, columnsOf(waiting, count, columns));
      frame.add(chunks, count, offset, bytes.length);
      put(bytes);
    }
    waiting = [];
    count = 0;
    return pieces;
  }

  return {
    add(rows) {
      waiting.push(rows);
      count += rows.rowCount;
      return count < GROUP_ROWS ? new Uint8Array() : concatenate(write());
    },
    end: () => concatenate([...write(), new Uint8Array(frame.foot())]),
  };
}

function schemaOf(columns: ScoreColumns): SchemaElement[] {
  const names = namesOf(columns);
  const elements = names.map((name): SchemaElement => {
    if (name === "row") return { name, type: "INT32", repetition_type: "REQUIRED" };
    if (name === "label" && columns.withLabel) return { name, type: "INT32", repetition_type: "OPTIONAL" };
    if (/^probability(_branch\d+)?$/.test(name)) return { name, type: "FLOAT", repetition_type: "REQUIRED" };
    return { name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" };
  });
  return [{ name: "root", num_children: names.length }, ...elements];
}

function columnsOf(
  parts: ScoredRows[],
  count: number,
  { branches, withFile, id, withLabel }: ScoreColumns,
): DecodedArray[] {
  const heads = Array.from({ length: branches + 1 }, () => new Float32Array(count));
  let at = 0;
  for (const part of parts) {
    for (const [h, values] of probabilities(part, branches).entries()) heads[h]!.set(values, at);
    at += part.rowCount;
  }
  const nulls = (length: number) => Array<null>(length).fill(null);
  const labels = parts.flatMap((part) => (part.labels ? [...part.labels] : nulls(part.rowCount)));
  return [
    ...(withFile ? [parts.flatMap((part) => part.files)] : []),
    Int32Array.from(parts.flatMap((part) => part.numbers)),
    ...(id === null ? [] : [parts.flatMap((part) => part.rowNames ?? Array(part.rowCount).fill(""))]),
    ...heads,
    ...(withLabel ? [labels] : []),
  ];
}
