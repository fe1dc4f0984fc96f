// Values of a column that probably do not mean what they seem to, as its first rows show them.

import { type ColumnSample, isCode, numbersOf } from "./guess.ts";
import { isAnswerName, isLabelName } from "./labels.ts";

/** Fewer of a column's values are no reason to ask. */
const LEAST_SHARE = 0.01;

const YES_AND_NO = new Map([
  ["true", "1"],
  ["false", "0"],
]);

const MANY_IDS = 8;

/** Ways of writing the same, each with what it makes of a text. */
const WAYS: { by: string; plain(text: string): string }[] = [
  { by: "blanks at their ends", plain: (text) => text.trim() },
  { by: "how Unicode writes their letters", plain: (text) => text.normalize("NFC") },
  {
    by: "the signs for their blanks",
    plain: (text) => text.replace(/[\s\u200b-\u200d\ufeff]+/g, " ").trim(),
  },
  { by: "capital letters", plain: (text) => text.toLowerCase() },
  {
    by: "how they write a number",
    plain: (text) => (/^[+-]?\d+(\.0*)?$/.test(text) ? text.replace(/^\+|\.0*$/g, "") : text),
  },
  {
    by: "zeros at their beginning",
    plain: (text) => (/^0\d+$/.test(text) ? text.replace(/^0+(?=\d)/, "") : text),
  },
  { by: "how they write yes and no", plain: (text) => YES_AND_NO.get(text.toLowerCase()) ?? text },
];

/** Without one of these in a value, no other one differs from it only in how it is written. */
export const WRITTEN_IN_WAYS = /[A-Z\s+.\x80-\uffff]/;

/** A category of which two values differ only in how they are written: one such pair, and how many there are. */
export function alikeValues({
  name,
  values,
  untrimmed,
}: Pick<ColumnSample, "name" | "values" | "untrimmed">) {
  const texts = new Set(untrimmed ?? values);
  for (const { by, plain } of WAYS) {
    const met = new Map<string, string>();
    for (const text of texts) {
      const usual = plain(text);
      if (usual === text) continue;
      const other = texts.has(usual) ? usual : met.get(usual);
      if (other === undefined) {
        met.set(usual, text);
        continue;
      }
      const different = new Set(
        Array.from(texts, (one) => WAYS.reduce((usual, way) => way.plain(usual), one)),
      );
      const pairs = texts.size - different.size;
      return [{ name, figure: pairs / texts.size, pairs, one: other, other: text, by }];
    }
  }
  return [];
}

/** A category whose cells hold several values, with a sign such as a comma between them: their parts are fewer than they are. */
export function severalInOne({ name, values }: ColumnSample) {
  const cells = new Set(values);
  const joined = values.filter((value) => SEVERAL.test(value) && !/^[-+]?[\d.]*,\d+$/.test(value));
  const parts = new Set([...cells].flatMap((cell) => cell.split(/[;,|^]\s*/)));
  // Commas and semicolons stand in texts, too.
  const least = joined.every((value) => /[|^]/.test(value)) ? LEAST_SHARE : 0.2;
  return joined.length > 0 &&
    joined.length >= least * values.length &&
    cells.size > 2 &&
    parts.size <= cells.size
    ? [{ name, figure: joined.length / values.length, example: joined[0]! }]
    : [];
}

/** A category of texts whose UTF-8 was taken for Windows-1252, or Latin-1, and written as UTF-8 once more: KÃ¶ln. */
export function encodedTwice({ name, values }: ColumnSample) {
  const foreign = [...new Set(values)].filter((value) => /[^\0-\x7f]/.test(value));
  const pairs = foreign.flatMap((value) => {
    const text = encodedOnce(value);
    return text === null ? [] : [{ example: value, text }];
  });
  const [first] = pairs;
  return first && pairs.length >= 0.5 * foreign.length
    ? [{ name, figure: pairs.length / new Set(values).size, ...first }]
    : [];
}

/** What such a text was before; null where its characters are not the bytes of UTF-8. */
function encodedOnce(text: string): string | null {
  const bytes = Array.from(text, (sign) =>
    sign <= "\xff" ? sign.charCodeAt(0) : WINDOWS_1252.indexOf(sign),
  );
  try {
    return bytes.includes(-1)
      ? null
      : new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}

/** The sign of each byte. */
const WINDOWS_1252 = new TextDecoder("windows-1252").decode(
  Uint8Array.from({ length: 256 }, (_, byte) => byte),
);

const SEVERAL = /[^;,|^][;,|^]\s*[^;,|^\s]/;

/** A category of ids that a program took for numbers and rounded: 1.23457E+11. */
export function roundedIds({ name, values }: ColumnSample) {
  const rounded = values.filter((value) => /^\d(\.\d+)?e\+?\d+$/i.test(value) && Number(value) >= 1e9);
  // Of ids beyond 2⁵³ that were never floats hardly one is what a float of 64 bits would make of it.
  const large = values.filter((value) => /^\d{16,}$/.test(value) && Number(value) > 2 ** 53);
  if (new Set(large).size >= MANY_IDS && large.every((value) => String(Number(value)) === value))
    rounded.push(...large);
  return isCode(name) && rounded.length >= 0.1 * values.length && rounded.length > 0
    ? [{ name, figure: rounded.length / values.length, example: rounded[0]! }]
    : [];
}

/** The ends of what integers of 32 and 64 bits and floats can be: programs write them where there is no number. */
const BOUNDS = [
  2 ** 31 - 1,
  2 ** 32 - 1,
  2 ** 63,
  Number.MAX_VALUE,
  Math.fround(3.4028234663852886e38),
].flatMap((bound) => [bound, -bound, -bound - 1]);

/** A number such as -999 among others that are nothing like it: it stands for none. */
export function standIns(sample: ColumnSample) {
  const { name } = sample;
  if (isLabelName(name) || isAnswerName(name)) return [];
  const numbers = numbersOf(sample);
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  for (const [number, count] of counts) {
    if (
      !(/^-?9{2,}$/.test(String(number)) || BOUNDS.includes(number)) ||
      count < LEAST_SHARE * numbers.length
    )
      continue;
    const others = [...counts.keys()].filter((other) => other !== number);
    const isApart =
      number < 0
        ? others.every((other) => other >= 0)
        : number > 99 && others.every((other) => Math.abs(other) < number / 4);
    if (isApart && others.length > 1) return [{ name, figure: count / numbers.length, number }];
  }
  return [];
}
