// The end of a race: its finalists are trained anew with fresh seeds and judged on the test rows, which took no part in
// choosing them.

import { heldOutOverview, scopeInWords } from "../metrics/heldOutVerdict.ts";
import { logLoss } from "../metrics/logLoss.ts";
import { voidVerdict } from "../metrics/verdict.ts";
import { type Config, keepsBest } from "../model/config.ts";
import { expectedMaximum, pooledDeviation } from "../race/chance.ts";
import { batchesKey, firstPack } from "../race/estimate.ts";
import type { ChanceOfBest, JudgedSeed, RaceEvent, RaceOutcome } from "../race/record.ts";
import { finalistSeed, trialName } from "../race/trials.ts";
import { pairsOf } from "../runs/arenaCurves.ts";
import type { HeldOut } from "../runs/arenaEvents.ts";
import { evaluateSplit, type Scores } from "./evaluate.ts";
import { contributionsOf, createHeldOutFindings } from "./heldOut.ts";
import type { RaceInputs } from "./race.ts";
import { trainLeg } from "./raceLeg.ts";

/** A finalist under a seed. */
export interface RaceScores {
  validLogLoss: number;
  /** Of the test rows in file order: labels, and the fused logits. */
  labels: Float32Array;
  logits: Float32Array;
}

type Emit = (event: RaceEvent) => void | Promise<void>;

/** Judges finalists; null where it was stopped. */
export function createRaceJudge(inputs: RaceInputs) {
  const { plan, before, dataset, createEngine, bytes, limit, store } = inputs;
  const { trials, seeds } = plan;
  const testRows = dataset.manifest.splits.test.rows;

  async function scoreOf(engine: Parameters<typeof evaluateSplit>[0], config: Config): Promise<RaceScores> {
    const valid = await wholeSplit(engine, config, "valid");
    const { labels, logits } = await wholeSplit(engine, config, "test");
    return { validLogLoss: logLoss(valid.logits.at(-1)!, valid.labels), labels, logits: logits.at(-1)! };
  }

  async function wholeSplit(
    engine: Parameters<typeof evaluateSplit>[0],
    config: Config,
    split: "valid" | "test",
  ): Promise<Scores> {
    const pass = evaluateSplit(engine, dataset, config, split);
    let next = await pass.next();
    while (!next.done) next = await pass.next();
    return next.value.scores;
  }

  /** Every finalist under a seed; null for one that met a problem, as a whole null where it was stopped. */
  async function scoresOf(finalists: number[], seedIndex: number, emit: Emit) {
    const found = new Map<number, RaceScores | null>();
    for (const trial of finalists) {
      const kept = await store.loadScores(seedIndex, trial);
      if (kept) found.set(trial, kept);
    }
    const seed = seeds[seedIndex]!;
    const configOf = (trial: number) => ({ ...trials[trial]!.config, seed: finalistSeed(plan, trial, seed) });
    for (;;) {
      const left = finalists.filter((trial) => !found.has(trial));
      if (left.length === 0) return found;
      const key = batchesKey(trials[left[0]!]!.config);
      const alike = left.filter((trial) => batchesKey(trials[trial]!.config) === key);
      const pack = firstPack(alike, bytes, limit);
      const scored: RaceScores[] = [];
      const came = await trainLeg({
        ...inputs,
        emit,
        seed,
        members: pack.map((trial) => ({ config: configOf(trial) })),
        start: 0,
        end: null,
        createEngine,
        place: { trials: pack, rung: null, seedIndex },
        // Only a schedule that looks at validation needs to see it before the end.
        evaluated: pack.some((trial) => keepsBest(configOf(trial))) ? ["valid"] : [],
        async look(engines) {
          scored.length = 0;
          for (const [member, engine] of engines.entries())
            scored.push(await scoreOf(engine, configOf(pack[member]!)));
        },
      });
      if (!came) return null;
      for (const [member, trial] of pack.entries()) {
        const scores = came.members[member]!.problem ? null : scored[member]!;
        if (scores) await store.keepScores(seedIndex, trial, scores);
        found.set(trial, scores);
      }
    }
  }

  return async function judge(finalists: number[], emit: Emit): Promise<RaceOutcome | null> {
    if (testRows === 0 || finalists.length < 2) return { finalists, heldOut: null, chance: null };
    const names = finalists.map((trial) => trialName(trials[trial]!.number));
    const pairs = pairsOf(finalists.length);
    const failed = new Set<number>();
    const voidOf = (pair: number) => {
      const { first, second } = pairs[pair]!;
      const leaver = [first, second].find((member) => failed.has(member));
      return leaver === undefined ? null : voidVerdict(names[first]!, names[second]!, names[leaver]!);
    };
    const findings = createHeldOutFindings({ pairs, names, testRows, voidOf });
    const judged: JudgedSeed[] = [];
    for (const [seedIndex, seed] of seeds.entries()) {
      const scores = await scoresOf(finalists, seedIndex, emit);
      if (!scores) return null;
      const members = finalists.map((trial) => scores.get(trial)!);
      for (const [member, found] of members.entries()) if (!found) failed.add(member);
      const contributions = members.map(
        (found) => found && contributionsOf({ labels: found.labels, logits: [found.logits] }),
      );
      findings.add(contributions);
      judged.push({
        seed,
        members: members.map(
          (found, i) =>
            found && { validLogLoss: found.validLogLoss, test: contributions[i]?.figures ?? null },
        ),
      });
      if (seedIndex >= before.judged.length) await emit({ type: "judged", judged: judged.at(-1)! });
    }
    return {
      finalists,
      heldOut: heldOutOf(findings.pairs(), names, { rows: testRows, seeds: seeds.length }, voidOf),
      chance: chanceOf(judged, trials.length),
    };
  };
}

function heldOutOf(
  pairs: HeldOut["pairs"],
  names: string[],
  size: { rows: number; seeds: number },
  voidOf: (pair: number) => unknown,
): HeldOut {
  const judged = pairs.flatMap(({ first, second, logLoss, auc }, index) =>
    logLoss && !voidOf(index) ? [{ first: names[first]!, second: names[second]!, logLoss, auc }] : [],
  );
  return {
    ...size,
    overview: pairs.length === 1 ? pairs[0]!.verdict.sentence : heldOutOverview(names, judged),
    scope: scopeInWords({ ...size, pairs: pairs.length }),
    pairs,
    disagreements: pairs.map(() => null),
  };
}

function chanceOf(judged: JudgedSeed[], tried: number): ChanceOfBest | null {
  const members = judged[0]!.members.map((_, member) =>
    judged.flatMap((seed) => seed.members[member]?.validLogLoss ?? []),
  );
  const spread = pooledDeviation(members.filter((figures) => figures.length > 0));
  return spread && { tried, ...spread, gain: spread.deviation * expectedMaximum(tried) };
}
