// The configuration while a person edits it: it may be wrong, and then says where and why.

import type { Problem } from "../../base/problem.ts";
import {
  type BranchConfig,
  type BranchKind,
  type Config,
  parseConfig,
  type UnitConfig,
} from "../../model/config.ts";
import { PRESET_NAMES, type PresetName, preset } from "../../model/presets.ts";

/** T where a number may be the text of one that is not finished. */
export type Draft<T> = T extends number
  ? number | string
  : T extends (infer Item)[]
    ? Draft<Item>[]
    : T extends object
      ? { [K in keyof T]: Draft<T[K]> }
      : T;

export type ConfigDraft = Draft<Config>;
export type BranchDraft = Draft<BranchConfig>;
export type UnitDraft = Draft<UnitConfig>;

export interface CheckedDraft {
  draft: ConfigDraft;
  /** The configuration that the draft makes; null while it cannot work. */
  config: Config | null;
  /** Why not; its `control` is the path of the field at fault. */
  problem: Problem | null;
  /** The preset that it equals; null when it was changed. */
  preset: PresetName | null;
}

export function checkDraft(draft: ConfigDraft): CheckedDraft {
  const parsed = parseConfig(draft);
  if (parsed.ok) return { draft, config: parsed.value, problem: null, preset: presetEqualTo(parsed.value) };
  return { draft, config: null, problem: parsed.problem, preset: null };
}

/** A copy of `draft` with the value at `path` (`branches.0.units.1.size`) replaced; the rest is shared. */
export function withValue<T>(draft: T, path: string, value: unknown): T {
  const [head, ...rest] = path.split(".") as [string, ...string[]];
  const old = (draft as Record<string, unknown>)[head];
  const replaced = rest.length === 0 ? value : withValue(old, rest.join("."), value);
  if (Array.isArray(draft)) return draft.with(Number(head), replaced) as T;
  return { ...draft, [head]: replaced };
}

export function valueAt(draft: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
      draft,
    );
}

/** A unit to start from: the last one again, half as wide. */
export function nextUnit(units: readonly UnitDraft[]): UnitDraft {
  const last = units.at(-1)!;
  const size = typeof last.size === "number" ? Math.max(1, Math.ceil(last.size / 2)) : last.size;
  return { ...last, size };
}

/** A branch of another kind to start from; the units of one of FINAL's are kept for when it becomes one again. */
export function branchOfKind(kind: BranchKind, units: readonly UnitDraft[]): BranchDraft {
  switch (kind) {
    case "final":
      return { kind, featureGating: false, units: [...units] };
    case "cross":
      return { kind, layers: 3 };
    case "linear":
    case "fm":
      return { kind };
  }
}

function presetEqualTo(config: Config): PresetName | null {
  const text = canonical(config);
  return PRESET_NAMES.find((name) => canonical(preset(name)) === text) ?? null;
}

/** Equal text for equal configurations, whatever the order of their keys. */
export function canonical(config: Config): string {
  return JSON.stringify(config, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
