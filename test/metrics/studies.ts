// Simulated studies: two models that are alike in expectation, trained with several seeds and tested on the same rows.
// Seeds and rows are both drawn anew for each study.

import { createRandom, type Random } from "../../src/base/random.ts";
import { type Contributions, createCrossing, type Estimate } from "../../src/metrics/crossed.ts";
import { aucComponents } from "../../src/metrics/delong.ts";
import { rowLogLosses } from "../../src/metrics/logLoss.ts";

/** A study's size. */
export interface Size {
  seeds: number;
  rows: number;
}

/** Student's t with 3 degrees of freedom: its fourth moment is infinite. */
function heavy(random: Random): number {
  let squares = 0;
  for (let i = 0; i < 3; i++) squares += random.normal() ** 2;
  return random.normal() / Math.sqrt(squares / 3);
}

/** Draws of mean 0 and standard deviation 1, by their shape. */
export const shapes: Record<string, (random: Random) => number> = {
  normal: (random) => random.normal(),
  "heavy-tailed": (random) => heavy(random) / Math.sqrt(3),
  skewed: (random) => -Math.log(1 - random.uniform()) - 1,
  // Log-normal: skewness 6, kurtosis 111.
  "very skewed and heavy-tailed": (random) =>
    (Math.exp(random.normal()) - Math.exp(0.5)) / Math.sqrt((Math.E - 1) * Math.E),
};

/** Standard deviations of a difference: from seed to seed, from row to row for all seeds alike, and for each by itself. */
export interface Deviations {
  seeds: number;
  sharedRows: number;
  ownRows: number;
}

/** Per-row differences as such, their parts of a given shape; the true difference is `shift`. */
export function differenceStudy(
  random: Random,
  { seeds, rows }: Size,
  deviations: Deviations,
  shape: string,
  shift = 0,
): Estimate {
  const draw = shapes[shape]!;
  const crossing = createCrossing(2, [{ first: 0, second: 1 }]);
  const zeros = new Float64Array(rows);
  const shared = zeros.map(() => (deviations.sharedRows > 0 ? deviations.sharedRows * draw(random) : 0));
  for (let seed = 0; seed < seeds; seed++) {
    const luck = shift + deviations.seeds * random.normal();
    const d = shared.map(
      (row) => row + luck + (deviations.ownRows > 0 ? deviations.ownRows * draw(random) : 0),
    );
    crossing.add([[zeros], [d]]);
  }
  return crossing.estimate(0)!;
}

/** How two models' logits stray from the truth. */
export interface Straying {
  /** Of a model's bias, and of the logarithm of its noise, from seed to seed. */
  seeds: number;
  /** Of a row's logit, for all seeds alike. */
  sharedRows: number;
  /** Of a row's logit for each seed by itself. */
  ownRows: number;
  shape: string;
  /** Logits are this many times too large: wrong ones cost much, so losses are skewed with a long tail. */
  boldness: number;
}

/** Logits of two exchangeable models: log loss and AUC differences whose expectation is 0. */
export function logitStudy(
  random: Random,
  { seeds, rows }: Size,
  { boldness, shape, ...straying }: Straying,
): { logLoss: Estimate; auc: Estimate } {
  const draw = shapes[shape]!;
  const truth = Float32Array.from({ length: rows }, () => -1.2 + 1.4 * random.normal());
  const labels = truth.map((z) => (random.uniform() < 1 / (1 + Math.exp(-z)) ? 1 : 0));
  const shared = [0, 1].map(() => truth.map((z) => z + straying.sharedRows * draw(random)));
  const pair = [{ first: 0, second: 1 }];
  const [losses, areas] = [createCrossing(2, pair), createCrossing(2, pair)];
  for (let seed = 0; seed < seeds; seed++) {
    const logits = shared.map((base) => {
      const bias = straying.seeds * random.normal();
      const noise = straying.ownRows * Math.exp(straying.seeds * random.normal());
      return base.map((z) => boldness * (z + bias + noise * draw(random)));
    });
    losses.add(logits.map((z) => [rowLogLosses(z, labels)]));
    areas.add(logits.map((z) => areaOf(z, labels)));
  }
  return { logLoss: losses.estimate(0)!, auc: areas.estimate(0)! };
}

function areaOf(logits: Float32Array, labels: Float32Array): Contributions {
  const { positives, negatives } = aucComponents(logits, labels)!;
  return [positives, negatives];
}

/** How many of `count` studies, each from a seed of its own, `claims` says that they claim a difference. */
export function share(count: number, stream: number, claims: (random: Random) => boolean): number {
  let claimed = 0;
  for (let study = 0; study < count; study++) if (claims(createRandom(stream, study))) claimed++;
  return claimed / count;
}
