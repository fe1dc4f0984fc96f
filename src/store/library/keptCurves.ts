// The curves of the runs on show: of those that train in this tab as they grow, of the others once they were read.

import type { LibraryRun } from "../../library/requests.ts";
import { fromSent, fromStored, type RunCurves } from "../../runs/curves.ts";
import type { LibraryClient } from "./libraryClient.ts";
import { drawnGroups, type RunsStore } from "./runsState.ts";

export interface KeptCurves {
  /** null while they are being read. */
  of(runId: string): RunCurves | null;
  /** Takes the curves of a run of this tab, which stands at `step`. */
  put(runId: string, curves: RunCurves, step: number): void;
  /** They have grown: has them drawn. */
  grew(): void;
  /** Reads the curves of a run that are not here yet, then has them drawn. */
  read(runId: string): Promise<void>;
  /** Reads the curves of all runs on show, then has them drawn once: each drawing costs as much as all runs do. */
  readDrawn(): Promise<void>;
  /** Forgets the curves of runs that are not listed any more, and of those that have gone on elsewhere. */
  forgetOld(listed: readonly LibraryRun[], isLive: (runId: string) => boolean): void;
}

export function createKeptCurves(
  { setState: set, getState: get }: RunsStore,
  ask: LibraryClient["ask"],
): KeptCurves {
  const curves = new Map<string, RunCurves>();
  /** The steps that the curves reach. */
  const readAt = new Map<string, number>();

  async function read(runId: string): Promise<boolean> {
    const step = get().records.find((run) => run.runId === runId)?.step ?? 0;
    readAt.set(runId, step);
    const stored = await ask("runCurves", { runId });
    if (!stored || curves.has(runId)) return false;
    curves.set(runId, fromStored(fromSent(stored)));
    return true;
  }

  function grew(): void {
    set(({ curvesVersion }) => ({ curvesVersion: curvesVersion + 1 }));
  }

  return {
    of: (runId) => curves.get(runId) ?? null,
    put(runId, own, step) {
      curves.set(runId, own);
      readAt.set(runId, step);
    },
    grew,
    async read(runId) {
      if (!curves.has(runId) && (await read(runId))) grew();
    },
    async readDrawn() {
      const drawn = drawnGroups(get()).flatMap(({ counted }) => counted);
      const missing = drawn.filter(({ runId }) => !curves.has(runId));
      const found = await Promise.all(missing.map(({ runId }) => read(runId)));
      if (found.some(Boolean)) grew();
    },
    forgetOld(listed, isLive) {
      for (const { runId, step } of listed)
        if (!isLive(runId) && (readAt.get(runId) ?? step) !== step) curves.delete(runId);
      const shown = new Set(get().records.map(({ runId }) => runId));
      for (const runId of curves.keys()) if (!shown.has(runId)) curves.delete(runId);
    },
  };
}
