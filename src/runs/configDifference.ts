// How one configuration differs from another, in one line.

import { type BranchKind, type Config, unitsOf } from "../model/config.ts";

type Leaf = string | number | boolean | undefined;

const NAMES: Record<string, string> = {
  embeddingDim: "D",
  featureGating: "feature gating",
  distillationWeight: "distillation",
  l2Embedding: "L2",
  learningRate: "learning rate",
  batchNorm: "batch norm",
  batchSize: "batch size",
  epsilonHat: "ε-hat",
};

const KIND_NAMES: Record<BranchKind, string> = { final: "FINAL", linear: "linear", fm: "FM", cross: "cross" };

/** For example "branch 2 unit 1 order 3 → 2; distillation 1 → 0"; "the same" where nothing differs. Seeds are left out. */
export function configDifference(base: Config, other: Config): string {
  const [from, to] = [leaves(base), leaves(other)];
  const paths = [...new Set([...from.keys(), ...to.keys()])].filter(
    (path) => path !== "seed" && from.get(path) !== to.get(path),
  );
  const parts = new Set(paths.map((path) => describe(path, base, other, from.get(path), to.get(path))));
  return parts.size > 0 ? [...parts].join("; ") : "the same";
}

/** Equal for configurations without a difference, whatever their seeds. */
export function configurationKey(config: Config): string {
  const found = [...leaves({ ...config, seed: 0 })];
  return JSON.stringify(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Branches and units that only one of the two has are named as a whole. */
function describe(path: string, base: Config, other: Config, from: Leaf, to: Leaf): string {
  const [, b, u] = /^branches\.(\d+)(?:\.units\.(\d+))?/.exec(path) ?? [];
  if (b !== undefined) {
    const [old, now] = [base.branches[Number(b)], other.branches[Number(b)]];
    const branch = `branch ${Number(b) + 1}`;
    if (!old || !now) return `${now ? "with" : "without"} ${branch}`;
    if (old.kind !== now.kind) return `${branch} ${KIND_NAMES[old.kind]} → ${KIND_NAMES[now.kind]}`;
    if (u !== undefined) {
      const unit = `${branch} unit ${Number(u) + 1}`;
      const [before, after] = [unitsOf(old)[Number(u)], unitsOf(now)[Number(u)]];
      if (!before || !after) return `${after ? "with" : "without"} ${unit}`;
      return `${unit} ${nameOf(path)} ${change(from, to)}`;
    }
    return `${branch} ${nameOf(path)} ${change(from, to)}`;
  }
  return `${nameOf(path)} ${change(from, to)}`;
}

function nameOf(path: string): string {
  const name = path.split(".").at(-1)!;
  return NAMES[name] ?? name;
}

/** Fractions in six digits, where that tells the two apart. */
function change(from: Leaf, to: Leaf): string {
  const [short, other] = [textOf(rounded(from)), textOf(rounded(to))];
  return short === other ? `${textOf(from)} → ${textOf(to)}` : `${short} → ${other}`;
}

function rounded(value: Leaf): Leaf {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}

function textOf(value: Leaf): string {
  if (value === undefined) return "none";
  return typeof value === "boolean" ? (value ? "on" : "off") : String(value);
}

function leaves(value: unknown, path = "", found = new Map<string, Leaf>()): Map<string, Leaf> {
  if (typeof value === "object" && value !== null)
    for (const [key, inner] of Object.entries(value)) leaves(inner, path ? `${path}.${key}` : key, found);
  else if (value !== undefined) found.set(path, value as Leaf);
  return found;
}
