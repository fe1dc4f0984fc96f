// Times as tables write them → seconds since 1970, in UTC where nothing else is said.

import { isMissingNumber } from "./numbers.ts";

export type TimeKind =
  | "seconds"
  | "milliseconds"
  | "microseconds"
  | "nanoseconds"
  | "iso"
  | "yymmddhh"
  | "yyyymmdd"
  | "yyyymmddhh"
  | "yyyymmddhhmm"
  | "yyyymmddhhmmss";

/** In the order in which they are tried: 201410210530 is a date, and would be milliseconds of 1976. */
const KINDS: TimeKind[] = [
  "iso",
  "yyyymmdd",
  "yymmddhh",
  "yyyymmddhh",
  "yyyymmddhhmm",
  "yyyymmddhhmmss",
  "seconds",
  "milliseconds",
  "microseconds",
  "nanoseconds",
];

/** How all of these values write a time; null where they do not. */
export function timeKindOf(values: string[]): TimeKind | null {
  const times = values.filter((value) => !isMissingNumber(value));
  if (times.length === 0) return null;
  return KINDS.find((kind) => times.every((value) => !Number.isNaN(timeOf(value, kind)))) ?? null;
}

/** A time in seconds since 1970; NaN where the text is none of this kind. */
export function timeOf(written: string, kind: TimeKind): number {
  const text = written.trim();
  switch (kind) {
    case "seconds":
      return since1970(text, 1);
    case "milliseconds":
      return since1970(text, 1e3);
    case "microseconds":
      return since1970(text, 1e6);
    case "nanoseconds":
      return since1970(text, 1e9);
    case "yymmddhh":
      return dateOf(/^(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text), 2000);
    case "yyyymmdd":
      return dateOf(/^((?:19|20)\d\d)(\d\d)(\d\d)$/.exec(text), 0);
    case "yyyymmddhh":
      return dateOf(/^((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text), 0);
    case "yyyymmddhhmm":
      return dateOf(/^((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text), 0);
    case "yyyymmddhhmmss":
      return dateOf(/^((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text), 0);
    case "iso":
      return isoTime(text);
  }
}

/** A count of so many parts of a second since 1970, of a time from 1973 to 2286; pandas writes 1413849600.0 and 1.4138496e+09. */
function since1970(text: string, perSecond: number): number {
  if (!/^\d+(\.\d+)?(e\+?\d+)?$/i.test(text)) return Number.NaN;
  const seconds = Number(text) / perSecond;
  return seconds >= 1e8 && seconds < 1e10 ? seconds : Number.NaN;
}

function dateOf(match: RegExpExecArray | null, century: number): number {
  if (!match) return Number.NaN;
  const [year, month, day, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number) as [
    number,
    number,
    number,
    number?,
    number?,
    number?,
  ];
  return utcSeconds([year + century, month, day, hour, minute, second]);
}

/** NaN where there is no such time: 2014-31-12 is none of any month. */
function utcSeconds([year, month, day, hour, minute, second]: [
  number,
  number,
  number,
  number,
  number,
  number,
]): number {
  const isTime =
    month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 60;
  return isTime && year > 0 ? Date.UTC(year, month - 1, day, hour, minute, second) / 1000 : Number.NaN;
}

/** Also 2014/10/21, 2014/3/1 5:00, 20141021T050000 and PostgreSQL's +00. */
const ISO =
  /^(\d{4})(?:([-/])(\d\d?)\2(\d\d?)|(\d\d)(\d\d))(?:[ T](\d(?=:)|\d\d):?(\d\d)(?::?(\d\d)([.,]\d+)?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/;

function isoTime(text: string): number {
  const match = ISO.exec(text);
  // Digits alone are another kind's.
  if (!match || /^\d*$/.test(text)) return Number.NaN;
  const [, year, , ...rest] = match;
  const [
    month = rest[2],
    day = rest[3],
    ,
    ,
    hour = "0",
    minute = "0",
    second = "0",
    fraction = "0",
    zone = "Z",
  ] = rest;
  const whole = utcSeconds([
    Number(year),
    Number(month),
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  ]);
  const seconds = whole + Number(fraction.replace(",", "."));
  const offset = /^([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (!offset) return seconds;
  const shift = 3600 * Number(offset[2]) + 60 * Number(offset[3] ?? 0);
  return offset[1] === "+" ? seconds - shift : seconds + shift;
}
