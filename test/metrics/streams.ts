// Simulated streams of per-batch paired differences, for tests of what is claimed from them.

import type { Random } from "../../src/base/random.ts";

/** Gives the difference of batch i of a stream. Its conditional mean is 0. */
type Stream = (batch: number) => number;

/** Student's t with 3 degrees of freedom: its fourth moment is infinite. */
function heavy(random: Random): number {
  let squares = 0;
  for (let i = 0; i < 3; i++) squares += random.normal() ** 2;
  return random.normal() / Math.sqrt(squares / 3);
}

/** Streams whose conditional mean difference is 0, by what makes them hard. */
export const streams: Record<string, (random: Random, batches: number) => Stream> = {
  "of heavy tails": (random) => () => heavy(random),
  "of heavy tails whose variance follows the last differences": (random) => {
    let [variance, last] = [1, 0];
    return () => {
      variance = 0.05 + 0.15 * last * last + 0.8 * variance;
      last = (Math.sqrt(variance) * heavy(random)) / Math.sqrt(3);
      return last;
    };
  },
  "of heavy tails whose scale jumps tenfold and falls again": (random, batches) => (batch) =>
    heavy(random) * (batch < batches / 3 ? 1 : batch < batches / 2 ? 10 : 0.3),
  "whose scale grows two thousandfold": (random, batches) => {
    const growth = 2000 ** (1 / batches);
    let scale = 1;
    return () => {
      scale *= growth;
      return scale * random.normal();
    };
  },
  "that are skewed": (random) => () => random.normal() ** 2 - 1,
  "that are log-normal": (random) => () => Math.exp(random.normal()) - Math.exp(0.5),
  "that lose a little and win it back in one batch of twenty": (random) => () =>
    (random.uniform() < 0.05 ? 19 : -1) + 0.1 * random.normal(),
  "that start a million times smaller": (random) => (batch) =>
    random.normal() * (batch < 30 ? 1e-6 * (batch + 1) : 1),
};
