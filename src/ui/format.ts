// Numbers as people read them.

import { interval } from "../metrics/verdict.ts";

const grouped = new Intl.NumberFormat("en-US");

/** 1234567 → "1,234,567". */
export function count(value: number): string {
  return grouped.format(Math.round(value));
}

/** An estimate, in the two digits that it is good for: 97299 → "97,000". */
export function roughly(value: number): string {
  return count(Number(value.toPrecision(2)));
}

/** 1234567 → "1.23 M". */
export function short(value: number): string {
  if (!Number.isFinite(value)) return "–";
  for (const [unit, size] of [["G", 1e9] as const, ["M", 1e6] as const, ["k", 1e3] as const])
    if (Math.abs(value) >= size) return `${Number((value / size).toPrecision(3))} ${unit}`;
  return String(Math.round(value));
}

/** 1234567 → "1.23 MB": in powers of 1000, as everywhere on the page. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = value;
  let unit = 0;
  // From 999.5 on three digits would round to a fourth.
  while (size >= (unit === 0 ? 1000 : 999.5) && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${unit === 0 ? size : size.toPrecision(3)} ${units[unit]}`;
}

/** 0.2564 → "25.6 %". */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : "–";
}

/** A log loss, an AUC or a difference of losses: four digits that count. */
export function metric(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-4) return value.toExponential(1);
  return value.toFixed(size < 0.01 ? 5 : 4);
}

/** A figure and half of its interval, with as many decimals as show two digits of that: "−0.043 ± 0.012". */
export function plusMinus(mean: number, radius: number): string {
  return `${mean < 0 ? "−" : ""}${interval(mean, radius)}`;
}

/** A figure over seeds, as mean ± standard deviation: "0.4609 ± 0.0004"; alone where there is one. */
export function overSeeds(values: readonly number[]): string {
  if (values.length === 0) return "–";
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return metric(mean);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return `${metric(mean)} ± ${Math.sqrt(variance).toFixed(4)}`;
}

/** Seconds → "2 h 05 min", "3 min 20 s", "12 s". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (hours > 0) return `${hours} h ${String(minutes).padStart(2, "0")} min`;
  return minutes > 0 ? `${minutes} min ${String(rest).padStart(2, "0")} s` : `${rest} s`;
}

/** A setting in as few characters as it needs: 0.00008 → "8e-5". */
export function setting(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential() : String(value);
}

const toTheMinute = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" } as const;

/** Milliseconds since 1970 → "24 Nov, 12:25". */
export function moment(time: number): string {
  return new Date(time).toLocaleString("en-GB", toTheMinute);
}
