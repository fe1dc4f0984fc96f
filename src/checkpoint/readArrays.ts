// A checkpoint's tensors: the model, its moments, the best model, the meter and the curves.

import type { NamedArrays } from "../base/batch.ts";
import type { z } from "../base/zod.ts";
import type { Config } from "../model/config.ts";
import { parameterSpecs, runningSpecs } from "../model/parameters.ts";
import { type CurveKind, neededPaths, type PointMatrix, pointsOf } from "../runs/points.ts";
import type { History } from "./history.ts";
import type { Metadata, metadataSchema } from "./metadata.ts";
import type { MeterState } from "./progress.ts";
import type { RunSnapshot } from "./snapshot.ts";
import type { TensorReader } from "./tensorReader.ts";

type Arrays = Omit<RunSnapshot, "progress">;

/** The model, the best model, the meter and the curves, as configuration and metadata say that they are. */
export function readArrays(
  reader: TensorReader,
  config: Config,
  metadata: Metadata,
  weightsOnly: boolean,
): Arrays {
  const { dataset, progress } = metadata;
  const trained = parameterSpecs(config, dataset);
  const counted = runningSpecs(config);
  const best = reader.has("best/embedding")
    ? { parameters: reader.named("best/", trained), running: reader.named("best/", counted) }
    : null;
  const zeros = weightsOnly ? zeroArrays(trained) : null;
  return {
    state: {
      step: progress.step,
      parameters: reader.named("", trained),
      running: reader.named("", counted),
      firstMoments: zeros ?? reader.named("adam/m/", trained),
      secondMoments: zeros ?? reader.named("adam/v/", trained),
    },
    best,
    ...("meter" in metadata && !weightsOnly
      ? readCurves(reader, config.branches.length, metadata)
      : { meter: emptyMeter(config.branches.length), history: { progress: [], evaluations: [] } }),
  };
}

function readCurves(
  reader: TensorReader,
  branches: number,
  { meter, historyColumns }: z.infer<typeof metadataSchema>,
): Pick<Arrays, "meter" | "history"> {
  const held = reader.rows("meter/labels");
  return {
    meter: {
      ...meter,
      sums: reader.take("meter/sums", [2 * branches + 5], Float64Array),
      logits: reader.take("meter/logits", [branches + 1, held], Float32Array),
      labels: reader.take("meter/labels", [held], Float32Array),
    },
    history: readHistory(reader, branches, historyColumns),
  };
}

/** The points of a run's curves; `columns` names the numbers of a point. */
export function readHistory(
  reader: TensorReader,
  branches: number,
  columns: { progress: string[]; evaluations: string[] },
): History {
  const matrix = (tensor: string, kind: CurveKind, names: string[]) =>
    readMatrix(reader, { tensor, kind, columns: names, branches });
  const progressed = matrix("history/progress", "progress", columns.progress);
  const evaluated = matrix("history/evaluations", "evaluation", columns.evaluations);
  return {
    progress: pointsOf("progress", progressed, branches),
    evaluations: pointsOf("evaluation", evaluated, branches),
  };
}

/** Moments that were not read: views of one array of zeros, whose pages a system does not even provide. */
function zeroArrays(specs: { name: string; shape: number[] }[]): NamedArrays {
  const sizes = specs.map(({ shape }) => shape.reduce((a, b) => a * b, 1));
  const zeros = new Float32Array(Math.max(...sizes));
  return new Map(specs.map(({ name, shape }, i) => [name, { shape, values: zeros.subarray(0, sizes[i]) }]));
}

function emptyMeter(branches: number): MeterState {
  const counts = { steps: 0, rows: 0, rowsSinceAuc: 0, auc: null, last: null, pushed: 0 };
  const none = new Float32Array(0);
  return { ...counts, sums: new Float64Array(2 * branches + 5), logits: none, labels: none };
}

interface MatrixRequest {
  tensor: string;
  kind: CurveKind;
  /** As the file names them: another version may have more or fewer. */
  columns: string[];
  branches: number;
}

function readMatrix(reader: TensorReader, { tensor, kind, columns, branches }: MatrixRequest): PointMatrix {
  const values = reader.take(tensor, [reader.rows(tensor), columns.length], Float64Array);
  const needed = new Set(neededPaths(kind, branches));
  const missing = [...needed].find((path) => !columns.includes(path));
  if (missing !== undefined) reader.fail(tensor, `it has no column ${missing}`);
  if (!values.every((value, i) => Number.isFinite(value) || !needed.has(columns[i % columns.length]!)))
    reader.fail(tensor, "it holds numbers that are not finite");
  return { columns, values };
}
