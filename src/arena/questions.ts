// Ready questions: each makes the members of an arena out of one configuration, changing one thing.

import { problem } from "../base/problem.ts";
import { hash32 } from "../base/random.ts";
import { err, ok, type Result } from "../base/result.ts";
import {
  type BranchConfig,
  type Config,
  FIRST_UNIT,
  type FinalBranch,
  INTERACTIONS,
  parseConfig,
  type UnitConfig,
} from "../model/config.ts";

export const LEAST_MEMBERS = 2;
export const MOST_MEMBERS = 6;

/** A configuration that competes with others. */
export interface Member {
  /** As people see it in the verdict. */
  name: string;
  config: Config;
  /** Another draw of initial values than the seed's own. */
  draw?: number;
}

/** What a member trains in an arena's seed: its own draw, where it has one, follows from that seed. */
export function memberConfig({ config, draw }: Member, seed: number): Config {
  return { ...config, seed: draw === undefined ? seed : hash32(seed, draw) };
}

/** The run that a member is under one seed. */
export function memberRun(
  { arenaId, members, seeds }: { arenaId: string; members: readonly Member[]; seeds: readonly number[] },
  seedIndex: number,
  member: number,
): { runId: string; name: string } {
  const { name } = members[member]!;
  return {
    runId: `${arenaId}-${seedIndex + 1}-${member + 1}`,
    name: seeds.length > 1 ? `${name} · seed ${seeds[seedIndex]}` : name,
  };
}

export interface Question {
  id: string;
  title: string;
  /** The members that answer it; the problem where the configuration does not allow it. */
  members(config: Config): Result<Member[]>;
}

export const QUESTIONS: Question[] = [
  {
    id: "classics",
    title: "FINAL against the classics",
    members: (config) => {
      const deep = mlpLike(config);
      return variants([
        ["FINAL", { ...config, branches: [unitsLike(config)], distillationWeight: 0 }],
        ["DCN-v2", summed(config, [CROSS, deep])],
        ["DeepFM", summed(config, [{ kind: "fm" }, deep])],
        ["Wide & Deep", summed(config, [{ kind: "linear" }, deep])],
        ["FM", summed(config, [{ kind: "fm" }])],
        ["Logistic regression", summed(config, [{ kind: "linear" }])],
      ]);
    },
  },
  {
    id: "deepfm",
    title: "Does FINAL improve DeepFM?",
    members: (config) =>
      variants([
        ["DeepFM", summed(config, [{ kind: "fm" }, mlpLike(config)])],
        ["DeepFM with FINAL", summed(config, [{ kind: "fm" }, unitsLike(config)])],
      ]),
  },
  {
    id: "dcn-v2",
    title: "Does FINAL improve DCN-v2?",
    members: (config) =>
      variants([
        ["DCN-v2", summed(config, [CROSS, mlpLike(config)])],
        ["DCN-v2 with FINAL", summed(config, [CROSS, unitsLike(config)])],
      ]),
  },
  {
    id: "orders",
    title: "Which order: 1, 2 or 3?",
    members: (config) =>
      unitVariants(
        config,
        [1, 2, 3].map((order) => [`Order ${order}`, withUnits(config, (unit) => ({ ...unit, order }))]),
      ),
  },
  {
    id: "interactions",
    title: "Cascade, sum or concat?",
    members: (config) =>
      unitVariants(
        config,
        INTERACTIONS.map((interaction) => [
          capital(interaction),
          // A size that concat can cut, for all three alike.
          withUnits(config, (unit) => ({ ...unit, interaction, size: multiple(unit.size, unit.order) })),
        ]),
      ),
  },
  {
    id: "symmetry",
    title: "Branches alike, or different?",
    members(config) {
      const [first] = config.branches as [BranchConfig];
      const second = differing(config) ?? smaller(first);
      return variants([
        ["Alike", { ...config, branches: [first, first] }],
        ["Different", { ...config, branches: [first, second] }],
      ]);
    },
  },
  {
    id: "branches",
    title: "One, two or three branches?",
    members(config) {
      const [first, second = first, third = first] = config.branches as [BranchConfig, ...BranchConfig[]];
      const all = [first, second, third];
      return variants(
        ["One branch", "Two branches", "Three branches"].map((name, i) => [
          name,
          { ...config, branches: all.slice(0, i + 1) },
        ]),
      );
    },
  },
  {
    id: "distillation",
    title: "With or without distillation?",
    members(config) {
      if (config.branches.length < 2)
        return err(
          problem("configuration-invalid", {
            where: "branches",
            reason: "one branch has no fusion to distil from",
            remedy: "Add a branch.",
          }),
        );
      return variants([
        ["With distillation", { ...config, distillationWeight: config.distillationWeight || 1 }],
        ["Without", { ...config, distillationWeight: 0 }],
      ]);
    },
  },
  {
    id: "gating",
    title: "With or without feature gating?",
    members: (config) =>
      unitVariants(config, [
        ["Without gating", withGating(config, false)],
        ["Gated", withGating(config, true)],
      ]),
  },
  {
    id: "seeds",
    title: "How far apart are three seeds?",
    members: (config) => ok([1, 2, 3].map((draw) => ({ name: `Draw ${draw}`, config, draw }))),
  },
];

const CROSS: BranchConfig = { kind: "cross", layers: 3 };

/** The first branch of FINAL units; where there is none, a small one. */
function unitsLike({ branches }: Config): FinalBranch {
  const units = [FIRST_UNIT, { ...FIRST_UNIT, size: FIRST_UNIT.size / 2 }];
  return (
    branches.find((branch): branch is FinalBranch => branch.kind === "final") ?? {
      kind: "final",
      featureGating: false,
      units,
    }
  );
}

/** An MLP of ReLU layers as wide as those units, with their batch norm and dropout. */
function mlpLike(config: Config): FinalBranch {
  const { units } = unitsLike(config);
  return {
    kind: "final",
    featureGating: false,
    units: units.map((unit) => ({ ...unit, order: 1, activation: "relu" })),
  };
}

/** Branches whose logits are summed, as the classics do, without distillation. */
function summed(config: Config, branches: BranchConfig[]): Config {
  return { ...config, branches, fusion: "sum", distillationWeight: 0 };
}

/** Variants of the units, which must be there. */
function unitVariants(config: Config, changed: [string, Config][]): Result<Member[]> {
  const needed = needsUnits(config);
  return needed.ok ? variants(changed) : needed;
}

function variants(changed: [string, Config][]): Result<Member[]> {
  const members: Member[] = [];
  for (const [name, config] of changed) {
    const parsed = parseConfig(config);
    if (!parsed.ok) return parsed;
    members.push({ name, config: parsed.value });
  }
  return ok(members);
}

function withUnits(config: Config, change: (unit: UnitConfig) => UnitConfig): Config {
  return {
    ...config,
    branches: config.branches.map((branch) =>
      branch.kind === "final" ? { ...branch, units: branch.units.map(change) } : branch,
    ),
  };
}

/** Feature gating on in the first branch that may have it, or off in all. */
function withGating(config: Config, featureGating: boolean): Config {
  const gated = config.branches.findIndex(({ kind }) => kind === "final");
  return {
    ...config,
    branches: config.branches.map((branch, b) =>
      branch.kind === "final" ? { ...branch, featureGating: featureGating && b === gated } : branch,
    ),
  };
}

/** The problem of a question about FINAL's units where the configuration has none. */
function needsUnits({ branches }: Config): Result<null> {
  if (branches.some(({ kind }) => kind === "final")) return ok(null);
  return err(
    problem("configuration-invalid", {
      where: "branches",
      reason: "no branch has units to change",
      remedy: "Add a branch of FINAL units.",
    }),
  );
}

/** The first branch that is not like branch 1. */
function differing({ branches }: Config): BranchConfig | undefined {
  const first = JSON.stringify(branches[0]);
  return branches.find((branch) => JSON.stringify(branch) !== first);
}

/** A branch of half the width and one order more; of other kinds one that is near. */
function smaller(branch: BranchConfig): BranchConfig {
  if (branch.kind === "cross") return { ...branch, layers: Math.max(1, branch.layers - 1) };
  if (branch.kind !== "final") return { kind: branch.kind === "fm" ? "linear" : "fm" };
  const units = branch.units.map((unit) => {
    const order = Math.min(8, unit.order + 1);
    return { ...unit, order, size: multiple(unit.size / 2, order) };
  });
  return { ...branch, units };
}

/** The multiple of `factor` that is nearest to `value`, at least one. */
function multiple(value: number, factor: number): number {
  return Math.max(1, Math.round(value / factor)) * factor;
}

function capital(word: string): string {
  return word[0]!.toUpperCase() + word.slice(1);
}
