// A race's store that lasts as long as the worker: after that, trials that still compete train from their beginning.

import type { RunSnapshot } from "../checkpoint/snapshot.ts";
import type { RaceStore } from "./race.ts";
import type { RaceScores } from "./raceJudge.ts";

export function createRaceMemory(): RaceStore & { readonly snapshots: ReadonlyMap<string, RunSnapshot> } {
  const snapshots = new Map<string, RunSnapshot>();
  const scores = new Map<string, RaceScores>();
  const key = (a: number, b: number) => `${a}/${b}`;
  return {
    snapshots,
    load: async (trial, rung) => snapshots.get(key(trial, rung)) ?? null,
    async keep(trial, rung, snapshot) {
      snapshots.set(key(trial, rung), snapshot);
    },
    async forget(trial, rung) {
      snapshots.delete(key(trial, rung));
    },
    loadScores: async (seedIndex, trial) => scores.get(key(seedIndex, trial)) ?? null,
    async keepScores(seedIndex, trial, found) {
      scores.set(key(seedIndex, trial), found);
    },
  };
}
