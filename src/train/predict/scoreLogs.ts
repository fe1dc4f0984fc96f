// Logs → their rows' scores: values are looked up with the ids of the model's own data, in one pass and constant memory.

import { type Batch, firstRows } from "../../base/batch.ts";
import { problemError } from "../../base/result.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Config } from "../../model/config.ts";
import { createEncoder, type EncodedPart, type Encoder, inOrder } from "../../preprocess/encoder.ts";
import { columnsLike, type Fitted, idsOf } from "../../preprocess/fitting.ts";
import type { InputFile } from "../../preprocess/formats/input.ts";
import type { LogSource } from "../../preprocess/formats/logSource.ts";
import { openLogs } from "../../preprocess/formats/openLogs.ts";
import type { LogForm } from "../../preprocess/logForm.ts";
import { book, closeAccount, emptyAccount, type LineAccount } from "../../preprocess/passes.ts";
import { vocabularyOf } from "../../preprocess/preprocess.ts";
import { DEFAULT_RULES } from "../../preprocess/rules.ts";
import { createUnseenValues } from "../../preprocess/unseenValues.ts";
import { readVocabulary } from "../../preprocess/vocabularyFile.ts";
import { columnEncoders } from "../../shards/encoding.ts";
import { layoutOf, type Rules } from "../../shards/manifest.ts";
import { createRowMixer, type RowMixer } from "../../shards/rowMixer.ts";

/** Scores of some rows that follow each other, in the order of the files. */
export interface ScoredRows {
  rowCount: number;
  /** Name of each row's file, and its line there (its row, where the file has no lines), from 1. */
  files: string[];
  numbers: number[];
  /** Each row's name; null where no column was said to hold names. */
  rowNames: string[] | null;
  /** 0 or 1; null for rows that have none. */
  labels: Float32Array | null;
  /** Row-major [rows, branches + 1], the fused one last. */
  logits: Float32Array;
  /** The engine's mean log loss of each head over these rows, fused last; null without labels. */
  logLosses: number[] | null;
}

export interface ScoringInputs {
  engine: Engine;
  config: Config;
  /** The data set whose ids the model knows. */
  fitted: Fitted;
  files: InputFile[];
  /** The column that names a row: its name in a header, or its place from 1. */
  idColumn: string | null;
  /** What text is written in; left out, UTF-8. */
  encoding?: string;
  /** Who parses and looks up; left out, this thread. */
  startEncoder?: (layout: LogForm, rules: Rules) => Promise<{ encoder: Encoder; close(): Promise<void> }>;
  onProgress?: (progress: ScoringProgress) => void;
}

/** How far scoring is: bytes read of the whole input, and rows scored. */
export interface ScoringProgress {
  bytes: number;
  totalBytes: number;
  rows: number;
}

/** What is known once all rows have passed. */
export interface ScoringAccount {
  lines: LineAccount;
  /** Names of files that were read; those that were not, and why. */
  read: string[];
  leftOut: LogSource["leftOut"];
  /** Share of the categories' values that have no id of their own. */
  unseenShare: number;
  /** Where such values are so many that something may be written in another way. */
  warning: ReturnType<ReturnType<typeof createUnseenValues>["warning"]>;
}

/** Rows that are ready to be scored. */
export interface Scoring {
  /** Names of the files that are read. */
  files: string[];
  /** Some of them have labels. */
  labelled: boolean;
  rows(): AsyncGenerator<ScoredRows, ScoringAccount>;
}

/** Looks at the files. Throws a ProblemError for files that are not rows of this data set's columns. */
export async function openScoring(inputs: ScoringInputs): Promise<Scoring> {
  const { fitted, files, idColumn } = inputs;
  const source = await openLogs(files, {
    like: columnsLike(fitted.manifest),
    unlabelled: true,
    ...(idColumn !== null && { rowName: idColumn }),
    ...(inputs.encoding !== undefined && { encoding: inputs.encoding }),
    ignoreSplits: true,
  });
  if (idColumn !== null && !source.rowNames)
    throw problemError("id-column-missing", { name: source.files[0]!, column: idColumn, hasHeader: true });
  return {
    files: source.files,
    labelled: source.labelled?.includes(true) ?? true,
    rows: () => scoreRows(inputs, source),
  };
}

async function* scoreRows(
  inputs: ScoringInputs,
  source: LogSource,
): AsyncGenerator<ScoredRows, ScoringAccount> {
  const { engine, fitted, onProgress } = inputs;
  const { manifest, folder } = fitted;
  const layout = layoutOf(manifest);
  const name = source.files.length === 1 ? source.files[0]! : "The input";
  const ids = await idsOf(fitted, source, name);
  const rules: Rules = { ...DEFAULT_RULES, ...ids.rules };
  const values = await readVocabulary(folder, manifest);
  const started = (await inputs.startEncoder?.(ids.layout, rules)) ?? {
    encoder: createEncoder(ids.layout, rules),
    close: async () => {},
  };
  const account = emptyAccount();
  const words = { name, whereIs: source.whereIs };
  const unseen = createUnseenValues(layout.categories, manifest);
  const cutter = createCutter(inputs, source);
  let rows = 0;
  let bytes = 0;
  try {
    const { encoder } = started;
    await encoder.setVocabulary(vocabularyOf(values, ids));
    const parts = source.parts((read) => (bytes = read), ids.layout);
    for await (const part of inOrder(parts, encoder.atOnce, encoder.encode)) {
      book(account, part, words);
      unseen.add(part.rows);
      for (const cut of cutter.add(part)) {
        yield await scoresOf(engine, cut);
        rows += cut.batch.rowCount;
        onProgress?.({ bytes, totalBytes: source.byteLength, rows });
      }
    }
    for (const cut of cutter.end()) yield await scoresOf(engine, cut);
    closeAccount(account, words);
  } finally {
    cutter.close();
    await started.close();
  }
  return {
    lines: account,
    read: source.files,
    leftOut: source.leftOut,
    unseenShare: unseen.share(),
    warning: unseen.warning(name, manifest, values),
  };
}

async function scoresOf(engine: Engine, { batch, places }: CutBatch): Promise<ScoredRows> {
  const { losses, logits } = await engine.evaluate(batch);
  const { rowCount, labels } = batch;
  const { labelled, ...written } = places;
  return {
    ...written,
    rowCount,
    labels: labelled ? labels : null,
    logits: logits.slice(0, rowCount * (losses.branches.length + 1)),
    logLosses: labelled ? [...losses.branches, losses.fused] : null,
  };
}

interface CutBatch {
  batch: Batch;
  places: Pick<ScoredRows, "files" | "numbers" | "rowNames"> & { labelled: boolean };
}

interface Cutter {
  /** Takes a part's rows; gives the batches that are full by then. */
  add(part: EncodedPart): Generator<CutBatch>;
  /** What is left. */
  end(): Generator<CutBatch>;
  close(): void;
}

/** Cuts parts into batches as an evaluation's are cut: so many rows each, rows with and without labels apart. */
function createCutter(
  { config, fitted }: Pick<ScoringInputs, "config" | "fitted">,
  { files, labelled: haveLabels, rowNames, placeOf }: LogSource,
): Cutter {
  const { batchSize, integers } = config;
  const encoders = columnEncoders(fitted.manifest, integers);
  const fields = encoders.length;
  let mixer: RowMixer | null = null;
  let capacity = 0;
  let filled = 0;
  let cut: CutBatch | null = null;

  function newCut(labelled: boolean): CutBatch {
    const batch = {
      rowCount: batchSize,
      fields,
      ids: new Int32Array(batchSize * fields),
      weights: new Float32Array(batchSize * fields).fill(1),
      labels: new Float32Array(batchSize),
    };
    return { batch, places: { files: [], numbers: [], rowNames: rowNames ? [] : null, labelled } };
  }

  function* end(): Generator<CutBatch> {
    if (!cut || filled === 0) return;
    const { batch, places } = cut;
    cut = null;
    yield { batch: firstRows(batch, filled), places };
    filled = 0;
  }

  return {
    *add({ rows, lines }) {
      if (rows.count === 0) return;
      if (!mixer || rows.count > capacity) {
        mixer?.close();
        capacity = Math.ceil(rows.count * 1.25);
        mixer = createRowMixer(encoders, capacity);
      }
      const columns = [rows.labels, ...rows.integers, ...rows.categories];
      const codes = columns.map((column) => ({ codes: column.subarray(0, rows.count), base: null }));
      mixer.fill([{ count: rows.count, columns: codes }], null);
      // A part never goes beyond its file's end.
      const { file, number } = placeOf(lines[0]!);
      const labelled = haveLabels?.[files.indexOf(file)] ?? true;
      if (cut && cut.places.labelled !== labelled) yield* end();
      for (let at = 0; at < rows.count; ) {
        cut ??= newCut(labelled);
        const { batch, places } = cut;
        const count = Math.min(batchSize - filled, rows.count - at);
        mixer.cut(at, count, batch, filled);
        for (let r = at; r < at + count; r++) {
          places.files.push(file);
          places.numbers.push(number + lines[r]! - lines[0]!);
          if (rowNames) places.rowNames!.push(rowNames.take(lines[r]!));
        }
        at += count;
        filled += count;
        if (filled < batchSize) continue;
        cut = null;
        filled = 0;
        yield { batch, places };
      }
    },
    end,
    close: () => mixer?.close(),
  };
}
