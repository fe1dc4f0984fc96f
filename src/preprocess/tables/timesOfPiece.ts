// The times of a piece's records, and nothing else of them.

import type { Piece } from "../lines.ts";
import type { LogForm } from "../logForm.ts";
import { byteString } from "../parse.ts";
import { makePlaces, readRecord } from "./records.ts";
import { timeOf } from "./times.ts";

/** Seconds since 1970, one a record; NaN where it has none. */
export function timesOfPiece({ bytes, lineCount, table = 0 }: Piece, form: LogForm): Float64Array {
  const { dialect, width, time, fixed } = form.tables![table]!;
  const { place, kind } = time!;
  if (place >= width) return new Float64Array(lineCount).fill(timeOf(fixed![place - width]!, kind));
  const places = makePlaces(width + 1);
  const times = new Float64Array(lineCount).fill(Number.NaN);
  let at = 0;
  for (let i = 0; i < lineCount; i++) {
    at = readRecord(bytes, at, dialect, places);
    if (places.count !== width) continue;
    times[i] = timeOf(byteString(bytes.subarray(places.starts[place]!, places.ends[place]!)), kind);
  }
  return times;
}
