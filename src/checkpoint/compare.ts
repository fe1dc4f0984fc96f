// How a checkpoint differs from what is set up now: what a person must know before resuming it.

import type { TrainedBy } from "../engine/engine.ts";
import type { Config, InputShape } from "../model/config.ts";
import { parameterSpecs, runningSpecs } from "../model/parameters.ts";
import type { Checkpoint } from "./checkpoint.ts";

/** One line of the table: a setting, its value in the checkpoint and the one now; null where a side has none. */
export interface Difference {
  /** Path of the configuration's field, or `dataset`, `engine`. */
  where: string;
  checkpoint: string | null;
  current: string | null;
}

export interface Comparison {
  config: Difference[];
  /** Whether rows mean the same: the data set's content. */
  dataset: Difference[];
  /** What rounds otherwise. */
  engine: Difference[];
  /** Parameters and running statistics that the current model could take over, and those it could not. */
  matching: string[];
  unmatched: string[];
}

export interface Current {
  config: Config;
  dataset: { name: string; identity: string } & InputShape;
  engine: TrainedBy;
}

/** How a checkpoint differs from what is here: settings, data set, engine, and which tensors fit. */
export function compareCheckpoint(checkpoint: Checkpoint, { config, dataset, engine }: Current): Comparison {
  const specs = [...parameterSpecs(config, dataset), ...runningSpecs(config)];
  const shapes = new Map([...checkpoint.state.parameters, ...checkpoint.state.running]);
  const [matching, unmatched]: [string[], string[]] = [[], []];
  for (const { name, shape } of specs)
    (shapes.get(name)?.shape.join() === shape.join() ? matching : unmatched).push(name);
  const sameData = checkpoint.dataset.identity === dataset.identity;
  return {
    config: differences(checkpoint.config, config),
    dataset: sameData ? [] : differences(datasetLines(checkpoint.dataset), datasetLines(dataset)),
    engine: engineDifferences(checkpoint.engine, engine),
    matching,
    unmatched,
  };
}

/** What computes otherwise: the same numbers cannot be expected then. */
export function engineDifferences(before: TrainedBy, now: TrainedBy): Difference[] {
  return differences(before, now);
}

function datasetLines({ name, identity, fields, tableRows }: Current["dataset"]) {
  return { name, identity, fields, tableRows };
}

/** The leaves in which two values of plain data differ, by path. */
function differences(checkpoint: object, current: object): Difference[] {
  const [before, now] = [leaves(checkpoint), leaves(current)];
  return [...new Set([...before.keys(), ...now.keys()])]
    .map((where) => ({ where, checkpoint: before.get(where) ?? null, current: now.get(where) ?? null }))
    .filter((line) => line.checkpoint !== line.current);
}

function leaves(value: unknown, path: string[] = []): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map([[path.join("."), String(value)]]);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...leaves(inner, [...path, key])]));
}
