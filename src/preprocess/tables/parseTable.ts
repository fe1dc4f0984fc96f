// Text of a table in any dialect, its columns in any order → blocks.

import { dataViewOf } from "../../base/bytes.ts";
import { type Block, KIND } from "../block.ts";
import { oneLine, setCategory, setNumber } from "../formats/cells.ts";
import { MAX_LINE_BYTES, type Piece, TOO_LONG } from "../lines.ts";
import type { LogForm } from "../logForm.ts";
import { brokenReason, byteString, hexKey, wholeNumber } from "../parse.ts";
import { isBroken, utf8 } from "../utf8.ts";
import { bytesOf, byteText } from "../vocabularyFile.ts";
import { createInterner, type Interner } from "./interner.ts";
import { labelText } from "./labels.ts";
import { isMissingNumber, numberIn, standsForNone } from "./numbers.ts";
import { type CellPlaces, cellText, makePlaces, readRecord } from "./records.ts";
import type { TextTable } from "./textTable.ts";
import { timeOf } from "./times.ts";

const MINUS = 45;
const ZERO = 48;
const SPACE = 32;

/** Parses a piece of one of the form's tables into `block`, which must be empty and have room for all its records. */
export function parseTable(piece: Piece, block: Block, form: LogForm): Block {
  const { firstLine, lineCount } = piece;
  const table = form.tables![piece.table ?? 0]!;
  const { bytes, placeFixed } = withFixed(piece.bytes, table);
  const record: Record = {
    bytes,
    view: dataViewOf(bytes),
    places: makePlaces(table.width + 1 + (table.fixed?.length ?? 0)),
    interner: createInterner(bytes),
    labels: labelCodes(table),
    placeFixed,
  };
  let at = 0;
  for (let i = 0; i < lineCount; i++) {
    const next = readRecord(bytes, at, table.dialect, record.places);
    const reason = next - 1 - at > MAX_LINE_BYTES ? TOO_LONG : parseRecord(record, table, block, form);
    at = next;
    if (reason === null) block.lines[block.count++] = firstLine + i;
    else {
      block.badLines.push({ line: firstLine + i, reason });
      // The next line takes its row.
      for (const column of block.kinds) column[block.count] = KIND.number;
    }
  }
  block.lineCount = lineCount;
  return block;
}

interface Record {
  bytes: Uint8Array;
  view: DataView;
  places: CellPlaces;
  interner: Interner;
  labels: Map<string, number>;
  placeFixed: ((places: CellPlaces) => void) | null;
}

/** The bytes with the values behind them that all rows have, and what says of a record where these are. */
function withFixed(
  bytes: Uint8Array,
  { width, fixed }: TextTable,
): { bytes: Uint8Array; placeFixed: Record["placeFixed"] } {
  if (!fixed) return { bytes, placeFixed: null };
  // The last record may lack its line's end.
  const behind = bytesOf(`\n${fixed.join("")}`);
  const together = new Uint8Array(bytes.length + behind.length);
  together.set(bytes);
  together.set(behind, bytes.length);
  return {
    bytes: together,
    placeFixed(places) {
      let at = bytes.length + 1;
      for (const [i, { length }] of fixed.entries()) {
        places.starts[width + i] = at;
        places.ends[width + i] = at += length;
        places.escaped[width + i] = 0;
      }
    },
  };
}

function labelCodes({ label }: TextTable): Map<string, number> {
  return new Map([
    ...label.values.other.map((value): [string, number] => [byteText(value), 0]),
    ...label.values.click.map((value): [string, number] => [byteText(value), 1]),
  ]);
}

/** Writes one record into the block's next row; returns what is wrong with it, or null. */
function parseRecord(record: Record, table: TextTable, block: Block, form: LogForm): string | null {
  const { bytes, places, labels } = record;
  const { count } = places;
  if (count !== table.width) {
    if (isEmpty(places)) return "is empty";
    return `has ${count} column${count === 1 ? "" : "s"} instead of ${table.width}`;
  }
  record.placeFixed?.(places);
  if (table.label.place === -1) block.labels[block.count] = 0;
  else {
    const answer = textAt(record, table, table.label.place);
    const label = labels.get(answer) ?? labels.get(labelText(answer));
    if (label === undefined) return isEmpty(places, table.width) ? "is empty" : labelReason(answer, table);
    block.labels[block.count] = label;
  }
  for (let c = 0; c < form.integers; c++) {
    const reason = setNumberAt(record, table, c, block, form);
    if (reason !== null) return reason;
  }
  for (let c = 0; c < form.categories; c++) {
    const reason = setCategoryAt(record, table, c, block, form);
    if (reason !== null) return reason;
  }
  // Where another file's times cannot be read, the log has none.
  if (table.time && block.times) {
    const { place, kind } = table.time;
    block.times[block.count] = timeOf(
      byteString(bytes.subarray(places.starts[place]!, places.ends[place]!)),
      kind,
    );
  }
  return null;
}

/** Whether there is nothing in the record, as in what Excel writes below a table: separators alone. */
function isEmpty({ count, starts, ends }: CellPlaces, cells = count): boolean {
  for (let c = 0; c < cells; c++) if (starts[c] !== ends[c]) return false;
  return true;
}

function labelReason(answer: string, { label: { values } }: TextTable): string {
  const known = [...values.other, ...values.click];
  if (answer === "") return "has no label";
  return `has the label "${utf8(answer).slice(0, 40)}", which is ${known.length === 2 ? `neither ${known[0]} nor ${known[1]}` : `none of ${known.join(", ")}`}`;
}

function textAt({ bytes, places }: Record, { dialect }: TextTable, place: number): string {
  return cellText(bytes, places, place, dialect);
}

/** Writes the number of column `c`; most cells are digits alone, and need not become a text. */
function setNumberAt(
  record: Record,
  table: TextTable,
  c: number,
  block: Block,
  form: LogForm,
): string | null {
  const { bytes, places } = record;
  const place = table.integers[c]!;
  let p = places.starts[place]!;
  const end = places.ends[place]!;
  const negative = p < end && bytes[p] === MINUS;
  if (negative) p++;
  let value = 0;
  let q = p;
  if (end - p < 10)
    for (; q < end; q++) {
      const digit = bytes[q]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
  if (q === end && q > p && !table.missing?.[place])
    return setNumber(block, c, negative ? -value : value, form);
  const text = textAt(record, table, place).trim();
  const isMissing = text === "" || isMissingNumber(text);
  const number = isMissing ? Number.NaN : numberIn(text, table.dialect);
  if (isMissing || standsForNone(text, number, table.missing?.[place])) {
    const fill = table.fill?.[place];
    return setNumber(block, c, fill === undefined ? Number.NaN : Number(fill), form);
  }
  if (Number.isNaN(number))
    return `has "${utf8(text).slice(0, 40)}" in column ${form.names?.[c] ?? `I${c + 1}`}, which is not a number`;
  return setNumber(block, c, number, form);
}

/** Writes the value of category `c`; returns what is wrong with it, or null. */
function setCategoryAt(
  record: Record,
  table: TextTable,
  c: number,
  block: Block,
  form: LogForm,
): string | null {
  const { bytes, view, places, interner } = record;
  const row = block.count;
  const keys = block.keys[c]!;
  const kinds = block.kinds[c]!;
  const place = table.categories[c]!;
  const start = places.starts[place]!;
  const end = places.ends[place]!;
  const fill = table.fill?.[place];
  if (start === end) {
    setMissing(block, c, fill, form);
    return null;
  }
  const own = table.missing?.[place];
  if (!form.numbers && end - start === 8 && !own) {
    const key = hexKey(view, start);
    if (key >= 0) {
      keys[row] = key;
      kinds[row] = KIND.number;
      return null;
    }
  } else if (form.numbers && !own) {
    const number = wholeNumber(bytes, start, end);
    if (number >= 0) {
      keys[row] = number;
      kinds[row] = KIND.number;
      return null;
    }
  }
  const known = places.escaped[place] === 0 ? interner.find(start, end) : -1;
  if (known !== -1) {
    if (known === interner.missing) setMissing(block, c, fill, form);
    else {
      kinds[row] = KIND.odd;
      keys[row] = known;
    }
    return null;
  }
  const text = oneLine(textAt(record, table, place));
  if (isBroken(text, form.encoding !== undefined)) return brokenReason(text, c, form);
  const isMissing = own?.includes(text) || (!form.keepsWords && isMissingValue(text)) || isBlank(text);
  const key = isMissing ? interner.missing : block.odd.push(text) - 1;
  // The same text may be missing in one column and a value in another.
  if (places.escaped[place] === 0 && !own) interner.add(start, end, key);
  if (isMissing) setMissing(block, c, fill, form);
  else {
    kinds[row] = KIND.odd;
    keys[row] = key;
  }
  return null;
}

/** Writes what stands for no value: the empty one, or what a person said. */
function setMissing(block: Block, c: number, fill: string | undefined, form: LogForm): void {
  setCategory(block, c, fill === undefined ? "" : byteText(fill), form);
}

function isBlank(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== SPACE) return false;
  return true;
}

const MISSING_VALUES = new Set(["\\N", "NaN", "nan", "NULL", "null", "None", "<NA>", "#N/A"]);

/** Whether a category's text stands for no value. NA and its like are also names: of Namibia, for example. */
export function isMissingValue(text: string): boolean {
  return MISSING_VALUES.has(text);
}
