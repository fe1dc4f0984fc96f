// Tables whose cells are values, column by column → blocks: Parquet of any layout, Arrow, JSON lines.

import { type Problem, problem } from "../../base/problem.ts";
import { type Block, keepRows, makeBlock } from "../block.ts";
import { kindOfValues } from "../categoryValues.ts";
import type { LogForm } from "../logForm.ts";
import type { ColumnChoice } from "../roles.ts";
import {
  type ColumnarFile,
  type ColumnarGroup,
  valueBytes,
  valueNumber,
  valueText,
  valueTime,
  valueTimeKind,
} from "../tables/columnarFile.ts";
import { columnSample } from "../tables/guess.ts";
import { labelText } from "../tables/labels.ts";
import { decimal, isMissingNumber, standsForNone } from "../tables/numbers.ts";
import { isMissingValue } from "../tables/parseTable.ts";
import type { PlannedTable, TablePlan } from "../tables/plan.ts";
import type { TableFile } from "../tables/tableFile.ts";
import { byteText } from "../vocabularyFile.ts";
import { setCategory, setNumber } from "./cells.ts";
import { fractionsOf, noteFraction } from "./fractions.ts";
import type { InputFile } from "./input.ts";
import {
  createLogSource,
  type LogSource,
  type OpenedFile,
  type OpenOptions,
  type Reading,
} from "./logSource.ts";
import { partitionsOf } from "./partitions.ts";
import { createRowNames, type RowNames } from "./rowNames.ts";
import { namesIfOther } from "./text.ts";

const BLOCK_ROWS = 8192;
/** Rows that a look takes. */
const SAMPLE_ROWS = 1000;

/** A look at a file's first rows; null where it has no column. Throws a ProblemError where it is damaged. */
export async function columnarTable(
  opened: OpenedFile,
  format: string,
  open: () => Promise<ColumnarFile>,
): Promise<TableFile> {
  const withPartitions = async () => partitioned(await open(), opened.file);
  const file = await withPartitions();
  try {
    const groups = file.groups();
    const first = await groups.next();
    const rows = first.done ? 0 : Math.min(SAMPLE_ROWS, first.value.count);
    const samples: TableFile["samples"] = [];
    for (const name of file.names) {
      const lists = file.nested.includes(name);
      // Two columns of one name cannot be distinguished, which is said where one is wanted.
      const isTwice = file.names.indexOf(name) !== file.names.lastIndexOf(name);
      const cells =
        first.done || lists || isTwice ? [] : Array.from(await first.value.column(name)).slice(0, rows);
      samples.push({ ...columnSample(name, cells.map(valueText)), rows, ...(lists && { lists }) });
    }
    await groups.return?.(undefined);
    return { ...opened, format, names: file.names, named: true, samples, columnar: withPartitions };
  } finally {
    await file.close();
  }
}

/** Opens tables that are read together. */
export async function openColumnar(plan: TablePlan, options: OpenOptions): Promise<LogSource> {
  const { read, columns, layout } = plan;
  const ofNumbers = columns.filter(({ role }) => role === "integer" || role === "number");
  const categories = columns.filter(({ role }) => role === "category");
  const first = read[0]!;
  const samplesOf = (choice: ColumnChoice) =>
    first.samples[first.names.indexOf(choice.name)]!.values.map(byteText);
  const kind = kindOfValues(categories.flatMap(samplesOf));
  const numbers = options.numbers ?? kind === "decimal";
  const time = columns.find(({ role }) => role === "time");
  const form: LogForm = {
    integers: ofNumbers.length,
    categories: categories.length,
    ...(numbers && { numbers }),
    ...namesIfOther([...ofNumbers, ...categories]),
    ...(time && { time: time.name }),
  };
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  const rowNames = read.some(({ rowName }) => rowName !== -1) ? createRowNames() : null;
  if (ofNumbers.length > 0) Object.assign(form, fractionsOf(await findFractions(read, ofNumbers, limit)));
  const files = read.map(
    ({ file, head, split, limit: most }): OpenedFile => ({
      file,
      head,
      ...(split !== undefined && { split }),
      ...(most !== undefined && { limit: most }),
    }),
  );
  const parts: Parts = {
    ofNumbers,
    categories,
    ...(time && { time: { choice: time, kind: await timeKindIn(first, time) } }),
  };
  const noticed: Problem[] = [];
  return {
    noticed,
    ...createLogSource(files, {
      format: first.format,
      form,
      named: true,
      values: { kind },
      rules: numbers ? { rule: "at-least", threshold: 1, idOrder: "given" } : {},
      noun: "row",
      read: (reading, readIn) =>
        blocks(plan, files, parts, readIn, limit, reading, rowNames, options.columns ? null : noticed),
    }),
    labelled: read.map(({ choices }) => choices.some(({ role }) => role === "label")),
    ...(rowNames && { rowNames }),
    ...(layout !== null && { layout }),
  };
}

async function timeKindIn(
  table: TableFile,
  { name }: ColumnChoice,
): Promise<ReturnType<typeof valueTimeKind>> {
  const file = await table.columnar!();
  try {
    for await (const group of file.groups())
      return valueTimeKind(Array.from(await group.column(name)).slice(0, SAMPLE_ROWS));
    return null;
  } finally {
    await file.close();
  }
}

interface Parts {
  ofNumbers: ColumnChoice[];
  categories: ColumnChoice[];
  /** How its cells say a time, as the first rows show it. */
  time?: { choice: ColumnChoice; kind: ReturnType<typeof valueTimeKind> };
}

async function findFractions(read: TableFile[], columns: ColumnChoice[], limit: number): Promise<boolean[]> {
  const fractions = columns.map(() => false);
  let rows = 0;
  for (const table of read) {
    if (rows >= limit || fractions.every(Boolean)) break;
    const file = await table.columnar!();
    try {
      for await (const group of file.groups()) {
        for (const [c, choice] of columns.entries()) {
          if (fractions[c]) continue;
          const cells = await group.column(choice.name);
          for (let r = 0; r < cells.length && !fractions[c]; r++)
            noteFraction(fractions, c, numberOf(cells[r]) ?? Number.NaN, choice.role);
        }
        if ((rows += group.count) >= limit) break;
      }
    } finally {
      await file.close();
    }
  }
  return fractions;
}

/** The number in a cell, also where it is written as a text; null where it is none. */
function numberOf(value: unknown): number | null {
  if (typeof value !== "string") return valueNumber(value);
  const text = value.trim();
  if (text === "" || isMissingNumber(text)) return Number.NaN;
  const number = decimal(text);
  return Number.isNaN(number) ? null : number;
}

async function* blocks(
  plan: TablePlan,
  files: OpenedFile[],
  parts: Parts,
  form: LogForm,
  limit: number,
  { progressOf, begin }: Reading,
  rowNames: RowNames | null,
  /** What is found to be odd while rows are read comes here. */
  noticed: Problem[] | null,
): AsyncGenerator<Block> {
  let line = 0;
  rowNames?.begin();
  for (const [i, { file, split, limit: ofFile = limit }] of files.entries()) {
    if (line >= limit) return;
    const end = Math.min(limit, line + ofFile);
    begin(file, line);
    const table = plan.read[i]!;
    const opened = await table.columnar!();
    const named = table.names[table.rowName];
    try {
      for await (const group of opened.groups()) {
        const count = Math.min(group.count, end - line);
        const made = await groupBlocks(group, count, line, { table, label: plan.label }, parts, form);
        if (rowNames) {
          const cells = named === undefined ? [] : await group.column(named);
          for (let r = 0; r < count; r++) rowNames.add(valueText(cells[r]));
        }
        progressOf(file)(group.bytesRead);
        if (group.unknownKey !== undefined && noticed?.every(({ code }) => code !== "key-unknown"))
          noticed.push(problem("key-unknown", { name: file.name, key: group.unknownKey }));
        for (const block of made) yield Object.assign(block, split !== undefined && { split });
        line += count;
        if (line >= end) break;
      }
    } finally {
      await opened.close();
    }
  }
}

/** The first `count` rows of a group, a column after the other, so that one column's values are in memory at a time. */
async function groupBlocks(
  group: ColumnarGroup,
  count: number,
  line: number,
  { table, label }: { table: PlannedTable; label: TablePlan["label"] },
  parts: Parts,
  form: LogForm,
): Promise<Block[]> {
  const made: Block[] = [];
  for (let from = 0; from < count; from += BLOCK_ROWS)
    made.push(makeBlock(form, Math.min(BLOCK_ROWS, count - from), line + from));
  const faults = new Map<number, string>(group.bad);
  /** Gives each row's cell to `write`, the block's row being the next one. */
  async function each(
    choice: ColumnChoice,
    write: (block: Block, value: unknown) => string | null | undefined,
  ): Promise<void> {
    const cells = await group.column(choice.name);
    for (let r = 0; r < count; r++) {
      const block = made[Math.floor(r / BLOCK_ROWS)]!;
      block.count = r % BLOCK_ROWS;
      const fault = write(block, cells[r]);
      if (fault && !faults.has(r)) faults.set(r, fault);
    }
  }
  const clicks = new Set(label.click);
  const others = new Set(label.other);
  const labels = table.choices.find(({ role }) => role === "label");
  if (!labels) for (const block of made) block.labels.fill(0);
  else
    await each(labels, (block, value) => {
      const text = labelText(valueText(value));
      if (!clicks.has(text) && !others.has(text))
        return text === ""
          ? "has no label"
          : `has the label "${text.slice(0, 40)}", which is neither ${[...others][0]} nor ${[...clicks][0]}`;
      block.labels[block.count] = clicks.has(text) ? 1 : 0;
      return null;
    });
  for (const [c, choice] of parts.ofNumbers.entries())
    await each(choice, (block, value) => {
      const written = numberOf(value);
      const isNone = standsForNone(valueText(value), written ?? Number.NaN, choice.missing);
      const number = isNone ? Number.NaN : written;
      if (number === null)
        return `has "${valueText(value).slice(0, 40)}" in column ${choice.name}, which is not a number`;
      const filled = Number.isNaN(number) && choice.fill !== undefined ? Number(choice.fill) : number;
      return setNumber(block, c, filled, form);
    });
  for (const [c, choice] of parts.categories.entries()) {
    const missing = choice.missing?.map(byteText);
    await each(choice, (block, value) => {
      const text = valueBytes(value);
      const isMissing = missing?.includes(text) || (!form.keepsWords && isMissingValue(text));
      const kept = isMissing ? "" : text;
      setCategory(block, c, kept === "" && choice.fill !== undefined ? byteText(choice.fill) : kept, form);
      return null;
    });
  }
  if (parts.time) await writeTimes(group, parts.time, count, made);
  for (const [b, block] of made.entries())
    finish(block, b * BLOCK_ROWS, line, Math.min(BLOCK_ROWS, count - b * BLOCK_ROWS), faults);
  return made;
}

async function writeTimes(
  group: ColumnarGroup,
  { choice: time, kind }: NonNullable<Parts["time"]>,
  count: number,
  made: Block[],
): Promise<void> {
  const cells = await group.column(time.name);
  for (let r = 0; r < count; r++)
    made[Math.floor(r / BLOCK_ROWS)]!.times![r % BLOCK_ROWS] = kind ? valueTime(cells[r], kind) : Number.NaN;
}

/** Keeps the rows of a block that nothing is wrong with. */
function finish(block: Block, from: number, line: number, count: number, faults: Map<number, string>): void {
  block.count = count;
  block.lineCount = count;
  for (let r = 0; r < count; r++) block.lines[r] = line + from + r;
  if (faults.size === 0) return;
  const wrong = new Map<number, string>();
  for (let r = 0; r < count; r++) {
    const reason = faults.get(from + r);
    if (reason !== undefined) wrong.set(line + from + r, reason);
  }
  if (wrong.size === 0) return;
  for (const [number, reason] of wrong) block.badLines.push({ line: number, reason });
  keepRows(block, (number) => !wrong.has(number));
}

/** The file with a column for each folder of its path that is named like date=2014-10-21, as Hive and Spark write them. */
function partitioned(file: ColumnarFile, { name }: InputFile): ColumnarFile {
  const values = partitionsOf(name);
  for (const column of file.names) values.delete(column);
  if (values.size === 0) return file;
  return {
    ...file,
    names: [...file.names, ...values.keys()],
    async *groups() {
      for await (const group of file.groups())
        yield {
          ...group,
          column: async (column) =>
            values.has(column)
              ? Array.from({ length: group.count }, () => values.get(column))
              : group.column(column),
        };
    },
  };
}
