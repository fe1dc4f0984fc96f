// Numbers with fractions are stored as integers: times a power of ten, rounded. The power is the largest with which the
// column's largest number still fits 32 bits, so that as much as possible of a fraction is kept.

export interface NumberRange {
  /** The largest magnitude. */
  largest: number;
  /** Whether all numbers are integers. */
  whole: boolean;
}

/** The largest magnitude that is stored. */
export const LARGEST = 2147483647;
const MOST_DIGITS = 1e9;

export function emptyRanges(columns: number): NumberRange[] {
  return Array.from({ length: columns }, () => ({ largest: 0, whole: true }));
}

/** Takes one more number into account; NaN stands for none. One that fits no scale is left to be a bad row's. */
export function widen(range: NumberRange, value: number): void {
  const magnitude = Math.abs(value);
  if (!(magnitude <= LARGEST)) return;
  if (magnitude > range.largest) range.largest = magnitude;
  if (range.whole && !Number.isInteger(value)) range.whole = false;
}

/** What is wrong with a number beyond that, as in "has 5 in column I1, …". */
export function tooLarge(scale: number): string {
  return `which ${scale === 1 ? "" : `times ${scale} `}needs more than 32 bits`;
}

/** What a column's numbers are multiplied with. */
export function scaleOf({ largest, whole }: NumberRange): number {
  if (whole) return 1;
  let scale = MOST_DIGITS;
  while (scale > 1 && largest * scale > LARGEST) scale /= 10;
  return scale;
}

/** What `LogForm.scales` says of such columns; nothing where all are 1. */
export function scalesOf(ranges: NumberRange[]): { scales?: number[] } {
  const scales = ranges.map(scaleOf);
  return scales.some((scale) => scale !== 1) ? { scales } : {};
}
