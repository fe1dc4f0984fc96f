// HDF5 as pandas writes it (to_hdf, both its formats) and as DeepFM's scripts use it: `…input….h5` holds a row's ids, then
// its values; `…output….h5` beside it the labels. The library that reads HDF5 is a megabyte, so it is loaded only here.

import type { Dataset, File, Group } from "h5wasm";
import { ProblemError, problemError } from "../../base/result.ts";
import { type IdRecord, openIdRows } from "./idRows.ts";
import type { InputFile, OnBytes } from "./input.ts";
import type { LogSource, OpenedFile, OpenOptions } from "./logSource.ts";
import type { ColumnTable } from "./parquetTable.ts";

const NAME = "HDF5";
/** The library reads a file that is whole in memory. */
const LARGEST_FILE = 2_000_000_000;
const READ_BYTES = 1 << 24;
const RECORD_ROWS = 4096;
/** Rows of one column's read. */
const COLUMN_ROWS = 1 << 16;
const EXPECTED =
  "Two tables of pandas are expected for each part: train_input_part_0.h5 with as many ids as values a row, and train_output_part_0.h5 with the labels";

export async function openHdf5(files: OpenedFile[], options: OpenOptions): Promise<LogSource> {
  const inputs = files.filter(({ file }) => !isOutput(file.name));
  const outputOf = (input: OpenedFile): InputFile => {
    const name = input.file.name.replace(/input(?=[^/]*$)/, "output");
    const output = files.find(({ file }) => file.name === name && file !== input.file);
    if (output) return output.file;
    const reason =
      name === input.file.name
        ? "its name does not say whether it holds input or output"
        : `its labels should be in ${name}, which is not there`;
    throw mismatch(input.file.name, reason);
  };
  if (inputs.length === 0)
    throw mismatch(files[0]!.file.name, "the file with its ids and values is not there");
  for (const input of inputs) outputOf(input);
  const source = await openIdRows(
    { name: NAME, read: (input, onProgress) => readRows(input.file, outputOf(input), onProgress) },
    inputs,
    options,
  );
  return { ...source, files: files.map(({ file }) => file.name) };
}

function isOutput(name: string): boolean {
  return /output[^/]*$/.test(name);
}

async function* readRows(input: InputFile, output: InputFile, onProgress: OnBytes): AsyncGenerator<IdRecord> {
  const labels = await withTable(
    output,
    () => {},
    (table) => table.rows(0, table.count),
  );
  const frames = await openTable(input, onProgress);
  try {
    const { table } = frames;
    const half = table.width / 2;
    if (labels.length !== table.count)
      throw mismatch(
        output.name,
        `it has ${labels.length} labels for the ${table.count} rows of ${input.name}`,
      );
    if (table.count === 0) return;
    if (!Number.isInteger(half)) throw mismatch(input.name, `it has ${table.width} columns`);
    for (let row = 0; row < table.count; row += RECORD_ROWS) {
      const count = Math.min(RECORD_ROWS, table.count - row);
      const cells = table.rows(row, row + count);
      const ids = new Float64Array(count * half);
      const values = new Float64Array(count * half);
      for (let r = 0; r < count; r++) {
        ids.set(cells.subarray(r * table.width, r * table.width + half), r * half);
        values.set(cells.subarray(r * table.width + half, (r + 1) * table.width), r * half);
      }
      yield {
        where: `its row ${row} or one soon after`,
        ids,
        values,
        labels: labels.subarray(row, row + count),
      };
    }
  } finally {
    frames.close();
  }
}

/** A table of numbers, all of whose columns are of one kind. */
interface Table {
  count: number;
  width: number;
  /** The rows [from, to), one after the other. */
  rows(from: number, to: number): Float64Array;
}

async function withTable<T>(file: InputFile, onProgress: OnBytes, use: (table: Table) => T): Promise<T> {
  const { table, close } = await openTable(file, onProgress);
  try {
    return use(table);
  } finally {
    close();
  }
}

let lastFile = 0;

async function openTable(
  input: InputFile,
  onProgress: OnBytes,
): Promise<{ table: Table; close: () => void }> {
  const { value, close } = await openFile(input, onProgress, (file) =>
    guarded(tableOf(file, input.name), input.name),
  );
  return { table: value, close };
}

/** FuxiCTR's: a dataset of one dimension for each column. Throws a ProblemError where one of `names` is not there. */
export async function openHdf5Columns(input: InputFile, names: string[]): Promise<ColumnTable> {
  const { value: columns, close } = await openFile(
    input,
    () => {},
    (file) => names.map((name) => columnOf(file, name, input.name)),
  );
  const count = columns[0]?.count ?? 0;
  const other = columns.findIndex((column) => column.count !== count);
  if (other !== -1) {
    close();
    throw mismatch(
      input.name,
      `its column "${names[other]}" has ${columns[other]!.count} rows, "${names[0]}" has ${count}`,
    );
  }
  return {
    async *groups() {
      for (let row = 0; row < count; row += COLUMN_ROWS) {
        const to = Math.min(count, row + COLUMN_ROWS);
        const bytesRead = Math.round((input.byteLength * to) / count);
        yield { count: to - row, columns: columns.map((column) => column.rows(row, to)), bytesRead };
      }
    },
    close: async () => close(),
  };
}

function columnOf(file: File, name: string, fileName: string): Table {
  const entity = file.keys().includes(name) ? (file.get(name) as Dataset) : null;
  if (!entity || !("shape" in entity)) throw mismatch(fileName, `it has no column "${name}"`);
  if ((entity.shape?.length ?? 0) !== 1)
    throw mismatch(fileName, `its column "${name}" holds several values in a cell`);
  refusePacked(entity, fileName);
  const [count = 0] = entity.shape ?? [];
  return guarded({ count, width: 1, rows: (from, to) => numbers(entity.slice([[from, to]])) }, fileName);
}

async function openFile<T>(
  input: InputFile,
  onProgress: OnBytes,
  find: (file: File) => T,
): Promise<{ value: T; close: () => void }> {
  const { default: h5wasm } = await import("h5wasm");
  const { FS, activate_throwing_error_handler } = await h5wasm.ready;
  // Else it writes to the console what is wrong, and continues.
  activate_throwing_error_handler();
  const bytes = await wholeFile(input, onProgress);
  const path = `/${++lastFile}.h5`;
  // canOwn: the bytes need not be copied.
  const options = { flags: "w+", canOwn: true };
  FS.writeFile(path, bytes, options);
  let file: File | null = null;
  const close = () => {
    file?.close();
    file = null;
    FS.unlink(path);
  };
  try {
    file = new h5wasm.File(path, "r");
    return { value: find(file), close };
  } catch (cause) {
    close();
    throw cause instanceof ProblemError ? cause : damaged(input.name, cause);
  }
}

async function wholeFile({ name, byteLength, open }: InputFile, onProgress: OnBytes): Promise<Uint8Array> {
  if (byteLength > LARGEST_FILE)
    throw mismatch(name, "it is larger than 2 GB, and HDF5 is read in memory; write it in smaller parts");
  const source = await open();
  try {
    // Unpacked, it is longer than the file.
    const length = source.byteLength;
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += READ_BYTES) {
      const end = Math.min(at + READ_BYTES, length);
      bytes.set(await source.read(at, end), at);
      onProgress(Math.round((byteLength * end) / length));
    }
    return bytes;
  } finally {
    await source.close?.();
  }
}

/** The file's only table, in either of pandas' formats. */
function tableOf(file: File, name: string): Table {
  const frames = file.keys().flatMap((key) => {
    const entity = file.get(key);
    return isGroup(entity) && entity.keys().length > 0 ? [entity] : [];
  });
  if (frames.length !== 1) throw mismatch(name, `it holds ${frames.length} tables of pandas instead of one`);
  const frame = frames[0]!;
  const keys = frame.keys();
  if (keys.includes("table")) return compoundTable(frame.get("table") as Dataset, name);
  // A series has its values alone.
  if (keys.includes("values")) return plainTable(frame.get("values") as Dataset, name);
  const blocks = keys.filter((key) => /^block\d+_values$/.test(key));
  if (blocks.length !== 1)
    throw mismatch(name, `its columns are of ${blocks.length} kinds of numbers instead of one`);
  return plainTable(frame.get(blocks[0]!) as Dataset, name);
}

function isGroup(entity: unknown): entity is Group {
  return typeof (entity as Partial<Group> | null)?.keys === "function";
}

/** format="fixed": an array of rows. */
function plainTable(dataset: Dataset, name: string): Table {
  refusePacked(dataset, name);
  const empty = emptyShape(dataset);
  const shape = empty ?? dataset.shape ?? [];
  const [count = 0, width = 1] = shape;
  return {
    count,
    width,
    rows: (from, to) =>
      numbers(
        dataset.slice(
          shape.length > 1
            ? [
                [from, to],
                [0, width],
              ]
            : [[from, to]],
        ),
      ),
  };
}

/** Of an array without rows: PyTables writes one cell in its place, and beside it the shape as a pickle, (I78\nI0\ntp0\n. */
function emptyShape({ attrs }: Dataset): [number, number] | null {
  const said = attrs.shape?.value;
  if (typeof said !== "string") return null;
  const sides = [...said.matchAll(/[IL](\d+)L?\n/g)].map(([, side]) => Number(side));
  return sides.includes(0) ? [0, Math.max(1, ...sides)] : null;
}

/** Filters that the library has. */
const BUILT_IN_FILTERS = [1, 2, 3, 4, 5, 6];
const FILTER_NAMES: Record<number, string> = {
  307: "bzip2",
  305: "LZO",
  32001: "Blosc",
  32015: "Zstandard",
  32026: "Blosc2",
};

/** Throws a ProblemError where the cells are packed with what only other libraries unpack. */
function refusePacked({ filters }: Dataset, name: string): void {
  const foreign = filters.find(({ id }) => !BUILT_IN_FILTERS.includes(id));
  if (foreign)
    throw problemError("format-unknown", {
      name,
      what: `HDF5 packed with ${FILTER_NAMES[foreign.id] ?? foreign.name}, which the studio cannot unpack`,
      remedy:
        'Write it again with another packing: df.to_hdf(…, complevel=9, complib="zlib"), or complevel=0.',
    });
}

/** format="table": a record a row, its values in one array. */
function compoundTable(dataset: Dataset, name: string): Table {
  refusePacked(dataset, name);
  const members = dataset.metadata.compound_type?.members ?? [];
  const place = members.findIndex((member) => member.name === "values_block_0");
  if (place === -1 || members.some((member) => member.name === "values_block_1"))
    throw mismatch(name, "its columns are not all of one kind of numbers");
  const [count = 0] = dataset.shape ?? [];
  const width = members[place]!.array_type?.total_size ?? 1;
  return {
    count,
    width,
    rows(from, to) {
      const cells = new Float64Array((to - from) * width);
      const rows = dataset.slice([[from, to]]) as unknown as ArrayLike<number>[][];
      for (const [r, row] of rows.entries()) cells.set(numbers(row[place]!), r * width);
      return cells;
    },
  };
}

function numbers(values: unknown): Float64Array {
  if (values instanceof Float64Array) return values;
  if (!ArrayBuffer.isView(values) && !Array.isArray(values)) throw new Error("its cells are not numbers");
  return Float64Array.from(values as unknown as ArrayLike<number | bigint>, Number);
}

/** Turns what the library throws into a problem. */
function guarded(table: Table, name: string): Table {
  return {
    ...table,
    rows(from, to) {
      // The library takes an empty range for all of it.
      if (from === to) return new Float64Array(0);
      let rows: Float64Array;
      try {
        rows = table.rows(from, to);
      } catch (cause) {
        throw damaged(name, cause);
      }
      if (rows.length !== (to - from) * table.width) throw damaged(name, new Error("its rows are not whole"));
      return rows;
    },
  };
}

function mismatch(name: string, reason: string): ProblemError {
  return problemError("format-mismatch", { name, format: NAME, reason, expected: EXPECTED });
}

function damaged(name: string, cause: unknown): ProblemError {
  const { message } = cause as Error;
  // Of the library's trace the last line says what it met.
  const deepest = [...message.matchAll(/ in \w+\(\): (.*)/g)].at(-1)?.[1];
  const reason = deepest ?? (message.split("\n")[0] || "it cannot be read");
  return problemError("format-damaged", { name, format: NAME, reason });
}
