// The whole state of a model in GPU buffers, as named arrays and back.

import type { NamedArrays } from "../../base/batch.ts";
import { initialParameters, initialRunning } from "../../model/initialize.ts";
import type { ModelState } from "../engine.ts";
import { arrayOf, forEachRun, joinTable, type Matrix, type NamedPlace, splitTable } from "../plan.ts";
import type { TableArray } from "./table.ts";
import type { Workspace } from "./workspace.ts";

/** Initial values from the configuration's seed. */
export function writeInitial(w: Workspace): void {
  const { config, plan, floats } = w;
  const parameters = initialParameters(config, plan);
  writeAll(w, floats.parameters, "table", parameters);
  writeArrays(w, plan.running, floats.running, plan.runningFloats, initialRunning(config));
}

/** Writes parameters, both moments and running statistics; the step is the caller's. */
export function writeState(w: Workspace, state: ModelState): void {
  const { plan, floats } = w;
  writeAll(w, floats.parameters, "table", state.parameters);
  writeAll(w, floats.first, "tableFirst", state.firstMoments);
  writeAll(w, floats.second, "tableSecond", state.secondMoments);
  writeArrays(w, plan.running, floats.running, plan.runningFloats, state.running);
}

/** A copy of all of it. */
export async function readState(w: Workspace, step: number): Promise<ModelState> {
  const { plan, floats } = w;
  return {
    step,
    parameters: await readAll(w, floats.parameters, "table"),
    running: await readArrays(w, plan.running, floats.running, plan.runningFloats),
    firstMoments: await readAll(w, floats.first, "tableFirst"),
    secondMoments: await readAll(w, floats.second, "tableSecond"),
  };
}

/** Arrays of the store of floats, by name. */
export async function readArrays(
  w: Workspace,
  places: NamedPlace[],
  at: number,
  count: number,
): Promise<NamedArrays> {
  const numbers = await w.read(at, count);
  return new Map(
    places.map((place) => {
      const values = new Float32Array(place.shape.reduce((a, b) => a * b, 1));
      forEachRun(place, rowMajor, (index, source, length) => {
        for (let i = 0; i < length; i++) values[index + i] = numbers[source + i]!;
      });
      return [place.name, { shape: place.shape, values }];
    }),
  );
}

function writeArrays(
  w: Workspace,
  places: NamedPlace[],
  at: number,
  count: number,
  arrays: NamedArrays,
): void {
  const numbers = new Float32Array(count);
  for (const place of places) {
    const { values } = arrayOf(arrays, place.name);
    forEachRun(place, rowMajor, (index, target, length) => {
      for (let i = 0; i < length; i++) numbers[target + i] = values[index + i]!;
    });
  }
  w.write("floats", at, numbers);
}

function writeAll(w: Workspace, at: number, array: TableArray, arrays: NamedArrays): void {
  writeArrays(w, w.plan.parameters, at, w.plan.parameterFloats, arrays);
  w.table.write(array, joinTable(w.plan, arrays));
}

async function readAll(w: Workspace, at: number, array: TableArray): Promise<NamedArrays> {
  const { plan, table } = w;
  return new Map([
    ...splitTable(plan, await table.read(array)),
    ...(await readArrays(w, plan.parameters, at, plan.parameterFloats)),
  ]);
}

function rowMajor({ at, columns }: Matrix, row: number, column: number): number {
  return at + row * columns + column;
}
