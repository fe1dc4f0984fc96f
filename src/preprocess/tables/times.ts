// Times as tables write them → seconds since 1970, in UTC where nothing else is said.

import { isMissingNumber } from "./numbers.ts";

export type TimeKind = "seconds" | "milliseconds" | "iso" | "yymmddhh" | "yyyymmdd" | "yyyymmddhh";

/** How all of these values write a time; null where they do not. */
export function timeKindOf(values: string[]): TimeKind | null {
  const times = values.filter((value) => !isMissingNumber(value));
  if (times.length === 0) return null;
  const kinds: TimeKind[] = ["iso", "yyyymmdd", "yymmddhh", "yyyymmddhh", "seconds", "milliseconds"];
  return kinds.find((kind) => times.every((value) => !Number.isNaN(timeOf(value, kind)))) ?? null;
}

/** A time in seconds since 1970; NaN where the text is none of this kind. */
export function timeOf(text: string, kind: TimeKind): number {
  switch (kind) {
    case "seconds":
      return /^\d{9,10}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    case "milliseconds":
      return /^\d{12,13}$/.test(text) ? Number(text) / 1000 : Number.NaN;
    case "yymmddhh":
      return dateOf(/^(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text), 2000);
    case "yyyymmdd":
      return dateOf(/^((?:19|20)\d\d)(\d\d)(\d\d)$/.exec(text), 0);
    case "yyyymmddhh":
      return dateOf(/^((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text), 0);
    case "iso":
      return isoTime(text);
  }
}

function dateOf(match: RegExpExecArray | null, century: number): number {
  if (!match) return Number.NaN;
  const [year, month, day, hour = 0] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number?,
  ];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23) return Number.NaN;
  return Date.UTC(year + century, month - 1, day, hour) / 1000;
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?)?$/;

function isoTime(text: string): number {
  const match = ISO.exec(text);
  if (!match) return Number.NaN;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "0", zone = "Z"] = match;
  const seconds =
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) /
      1000 +
    Number(fraction);
  const offset = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (!offset) return seconds;
  const shift = 3600 * Number(offset[2]) + 60 * Number(offset[3]);
  return offset[1] === "+" ? seconds - shift : seconds + shift;
}
