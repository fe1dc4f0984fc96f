// The last check of this device, as this browser keeps it.

import type { DeviceReport } from "../../check/report.ts";
import type { BackendReport, MeasuredBackend } from "../../train/requests.ts";
import { note, noted } from "../noted.ts";

const KEY = "final-studio/device-check";

export function keepCheck(report: DeviceReport): void {
  note(KEY, report);
}

/** null where none is kept, or one of another version. */
export function keptCheck(): DeviceReport | null {
  const kept = noted(KEY, (value) => value as DeviceReport, null);
  return kept?.format === "final-studio device check" && kept.version === 1 ? kept : null;
}

/**
 * What a kept check says should train, with the reason; null where it was of another browser, another GPU or other
 * backends than are here now, or recommends none of them.
 */
export function measuredBackend(
  { adapter, available }: BackendReport,
  report: DeviceReport | null,
  client: string,
): MeasuredBackend | null {
  if (!report || report.client !== client || !available.includes(report.recommended)) return null;
  if (report.recommended === "cpu") return null;
  const checked = report.backends.find(({ engine }) => engine.backend === "webgpu")?.adapter ?? null;
  if ((checked?.description ?? null) !== (adapter?.description ?? null)) return null;
  return { backend: report.recommended, reason: `${report.reason} Checked on ${report.date.slice(0, 10)}.` };
}

/** The browser with its major version, from the words by which it names itself to servers. */
export function clientName(userAgent = globalThis.navigator?.userAgent ?? ""): string {
  const names: [name: string, pattern: RegExp][] = [
    ["Edge", /Edg\/(\d+)/],
    ["Opera", /OPR\/(\d+)/],
    ["Firefox", /Firefox\/(\d+)/],
    ["Chrome", /Chrom(?:e|ium)\/(\d+)/],
    ["Safari", /Version\/(\d+).*Safari/],
  ];
  for (const [name, pattern] of names) {
    const found = pattern.exec(userAgent);
    if (found) return `${name} ${found[1]}`;
  }
  return "a browser without a name";
}
