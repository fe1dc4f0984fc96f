// The whole state of a model on the heap, as named arrays and back.

import type { NamedArrays } from "../../base/batch.ts";
import { initialParameters, initialRunning } from "../../model/initialize.ts";
import type { ModelState } from "../engine.ts";
import { arrayOf, forEachRun, joinTable, type NamedPlace, splitTable } from "../plan.ts";
import { floatsAt, panelIndex } from "./heap.ts";
import type { Workspace } from "./workspace.ts";

/** Initial values from the configuration's seed. */
export function writeInitial(w: Workspace): void {
  const { config, plan, state } = w;
  writeAll(w, state.parameters, state.table, initialParameters(config, plan));
  writeArrays(w, plan.running, state.running, initialRunning(config));
}

/** Writes parameters, both moments and running statistics; the step is the caller's. */
export function writeState(w: Workspace, model: ModelState): void {
  const { plan, state } = w;
  writeAll(w, state.parameters, state.table, model.parameters);
  writeAll(w, state.first, state.tableFirst, model.firstMoments);
  writeAll(w, state.second, state.tableSecond, model.secondMoments);
  writeArrays(w, plan.running, state.running, model.running);
}

/** A copy of all of it, in the arrays of `into` where that is given. */
export function readState(w: Workspace, step: number, into?: ModelState): ModelState {
  const { plan, state } = w;
  return {
    step,
    parameters: readAll(w, state.parameters, state.table, into?.parameters),
    running: readArrays(w, plan.running, state.running, into?.running),
    firstMoments: readAll(w, state.first, state.tableFirst, into?.firstMoments),
    secondMoments: readAll(w, state.second, state.tableSecond, into?.secondMoments),
  };
}

/** Arrays of a store, by name. */
export function readArrays(
  { heap }: Workspace,
  places: NamedPlace[],
  store: number,
  into?: NamedArrays,
): NamedArrays {
  const floats = new Float32Array(heap.HEAPU8.buffer);
  return new Map(
    places.map((place) => {
      const values =
        into?.get(place.name)?.values ?? new Float32Array(place.shape.reduce((a, b) => a * b, 1));
      forEachRun(place, panelIndex, (index, at, length) => {
        for (let i = 0; i < length; i++) values[index + i] = floats[store / 4 + at + i]!;
      });
      return [place.name, { shape: place.shape, values }];
    }),
  );
}

function writeArrays({ heap }: Workspace, places: NamedPlace[], store: number, arrays: NamedArrays): void {
  const floats = new Float32Array(heap.HEAPU8.buffer);
  for (const place of places) {
    const { values } = arrayOf(arrays, place.name);
    forEachRun(place, panelIndex, (index, at, length) => {
      for (let i = 0; i < length; i++) floats[store / 4 + at + i] = values[index + i]!;
    });
  }
}

function tableFloats({ plan }: Workspace): number {
  return plan.tableRows * plan.tableWidth;
}

function writeAll(w: Workspace, store: number, table: number, arrays: NamedArrays): void {
  writeArrays(w, w.plan.parameters, store, arrays);
  floatsAt(w.heap, table, tableFloats(w)).set(joinTable(w.plan, arrays));
}

function readAll(w: Workspace, store: number, table: number, into?: NamedArrays): NamedArrays {
  const { plan, heap } = w;
  const ofTable = splitTable(plan, floatsAt(heap, table, tableFloats(w)), into);
  return new Map([...ofTable, ...readArrays(w, plan.parameters, store, into)]);
}
