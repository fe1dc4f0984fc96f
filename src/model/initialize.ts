// Initial values from the run's seed: drawn in JavaScript, so they are the same on every backend.

import type { NamedArrays } from "../base/batch.ts";
import { createRandom } from "../base/random.ts";
import type { Config, InputShape } from "./config.ts";
import { type ParameterSpec, parameterSpecs, runningSpecs } from "./parameters.ts";

// Names the stream of random numbers that initial values come from; shuffling and dropout use others.
const INITIAL_VALUES = 1;

/**
 * Parameters of a new run. `mindspore`: everything N(0, 0.01²), biases too. `fuxictr`: table and linear weights N(0, 1e-4²), weights
 * Xavier normal N(0, 2/(in + out)), biases 0, gating weights 0 and biases 1. Batch norm starts at γ = 1, β = 0.
 */
export function initialParameters(config: Config, shape: InputShape): NamedArrays {
  const parameters: NamedArrays = new Map();
  for (const [index, spec] of parameterSpecs(config, shape).entries()) {
    const values = new Float32Array(spec.shape.reduce((a, b) => a * b, 1));
    const { mean, deviation } = initialDistribution(config, spec);
    if (deviation > 0) {
      const random = createRandom(config.seed, INITIAL_VALUES, index);
      for (let i = 0; i < values.length; i++) values[i] = mean + deviation * random.normal();
    } else if (mean !== 0) values.fill(mean);
    parameters.set(spec.name, { shape: spec.shape, values });
  }
  return parameters;
}

/** Running means 0 and variances 1. */
export function initialRunning(config: Config): NamedArrays {
  return new Map(
    runningSpecs(config).map(({ name, shape, initial }) => [
      name,
      { shape, values: new Float32Array(shape[0]!).fill(initial) },
    ]),
  );
}

function initialDistribution(
  config: Config,
  { kind, shape }: ParameterSpec,
): { mean: number; deviation: number } {
  if (kind === "gamma") return { mean: 1, deviation: 0 };
  if (kind === "beta") return { mean: 0, deviation: 0 };
  if (config.initialization === "mindspore") return { mean: 0, deviation: 0.01 };
  switch (kind) {
    case "embedding":
    case "linear":
      return { mean: 0, deviation: 1e-4 };
    case "weight":
      return { mean: 0, deviation: Math.sqrt(2 / (shape[0]! + shape[1]!)) };
    case "gatingBias":
      return { mean: 1, deviation: 0 };
    case "bias":
    case "gatingWeight":
      return { mean: 0, deviation: 0 };
  }
}
