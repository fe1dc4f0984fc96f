// Means over the seeds of each configuration, as reports and exported files have them.

import type { RunRecord } from "./record.ts";
import { meanOverSeeds, type SeedMean, seedGroups } from "./seedGroups.ts";

/** The runs of one configuration on one data set, one a seed. */
export interface SeedMeans {
  name: string;
  data: RunRecord["data"]["name"];
  runIds: string[];
  /** Each run's own. */
  seeds: number[];
  /** The splits of the last evaluations: a mean over several would mix different rows. */
  splits: string[];
  /** Fused log loss at the last evaluation; null where a run was not evaluated, or on another split. */
  logLoss: SeedMean | null;
  /** Fused AUC at the last evaluation of the test split; null where a run has none. */
  testAuc: SeedMean | null;
}

/** Of every configuration that was trained with several seeds. */
export function seedMeans(records: readonly RunRecord[]): SeedMeans[] {
  return seedGroups(records)
    .filter(({ runs }) => runs.length > 1)
    .map(({ name, counted }) => {
      const lasts = counted.map(({ results }) => results.last);
      const splits = [...new Set(lasts.flatMap((last) => last?.split ?? []))];
      return {
        name,
        data: counted[0]!.data.name,
        runIds: counted.map(({ runId }) => runId),
        seeds: counted.map(({ config }) => config.seed),
        splits,
        logLoss: splits.length === 1 ? meanOverSeeds(lasts.map((last) => last?.logLoss ?? null)) : null,
        testAuc: meanOverSeeds(counted.map(({ results }) => results.testAuc?.value ?? null)),
      };
    });
}
