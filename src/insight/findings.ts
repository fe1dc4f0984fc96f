// What permuting columns has shown so far: importances one column after another, then interactions, as far as time allows.

import type { Engine } from "../engine/engine.ts";
import {
  byImportance,
  type ImportanceFinding,
  INTERACTION_COLUMNS,
  type InteractionFinding,
  measureImportance,
  measureInteractions,
} from "./insight.ts";
import { type Sample, scoreSample, thinned } from "./sample.ts";
import type { TimeShare } from "./timeShare.ts";

export interface Findings {
  /** null for a column that there was no time for yet. */
  importance(column: number): ImportanceFinding | null;
  /** The newest there is; null until there was time for it. */
  readonly interactions: InteractionFinding | null;
  clear(): void;
  /** Measures on the sample until all is of this step or `allowed` seconds are used up. */
  measure(engine: Engine, sample: Sample, step: number, allowed: () => number): Promise<void>;
}

export interface FindingsInputs {
  /** How many columns there are. */
  columns: number;
  batchSize: number;
  time: TimeShare;
  /** Whether training is to end now. */
  stopping(): boolean;
}

export function createFindings({ columns, batchSize, time, stopping }: FindingsInputs): Findings {
  const importances = new Map<number, ImportanceFinding>();
  let interactions: InteractionFinding | null = null;
  /** Of one pass over the sample, as measured last; null before the first. */
  let passSeconds: number | null = null;

  /** Seconds of a pass over all rows, by that of a batch of them. */
  async function estimatedPass(engine: Engine, sample: Sample): Promise<number> {
    const few = thinned(sample, batchSize);
    const began = performance.now();
    await scoreSample(async (batch) => (await engine.evaluate(batch)).logits, few, batchSize);
    return ((performance.now() - began) / 1000) * (sample.rows / few.rows);
  }

  /** Those that were never measured first, then those whose measurement is oldest. */
  function columnsInTurn(step: number): number[] {
    const last = (column: number) => importances.get(column)?.step ?? -1;
    return Array.from({ length: columns }, (_, column) => column)
      .filter((column) => last(column) < step)
      .toSorted((a, b) => last(a) - last(b));
  }

  return {
    importance: (column) => importances.get(column) ?? null,
    get interactions() {
      return interactions;
    },
    clear() {
      importances.clear();
      interactions = null;
    },
    async measure(engine, sample, step, allowed) {
      passSeconds ??= await time.timed(() => estimatedPass(engine, sample));
      const measured = { engine, sample, batchSize, step };
      const hasTimeFor = (seconds: number) => allowed() > seconds && !stopping();
      const findings = measureImportance(measured, columnsInTurn(step), 1);
      // The first one needs a pass for the baseline too; a pass may take longer than the one before.
      let passes = 3;
      while (hasTimeFor(passes * passSeconds)) {
        const began = performance.now();
        const { value } = await time.timed(() => findings.next());
        if (!value) break;
        passSeconds = (performance.now() - began) / 1000;
        importances.set(value.column, value);
        passes = 2;
      }
      await findings.return(undefined);
      if (importances.size < columns || (interactions?.step ?? -1) === step) return;
      const among = byImportance([...importances.values()]).slice(0, INTERACTION_COLUMNS);
      const subsets = (among.length * (among.length + 1)) / 2 + INTERACTION_COLUMNS;
      if (!hasTimeFor((subsets * passSeconds) / 4)) return;
      const pairs = measureInteractions(measured, among);
      while (!stopping()) {
        const { value, done } = await time.timed(() => pairs.next());
        if (done) break;
        if (value) interactions = value;
      }
      await pairs.return(undefined);
    },
  };
}
