// Whatever takes the place of what is training asks first, and the queue follows what has ended by itself.

import type { Arena } from "../arena/arena.ts";
import type { OpenData } from "../dataset/openData.ts";
import type { Sessions } from "../library/sessions.ts";
import type { EndNotices } from "../notices/endNotices.ts";
import type { Jobs } from "../queue/jobs.ts";
import type { Queue } from "../queue/queue.ts";
import type { Race } from "../race/race.ts";
import type { Change, StudioStore } from "../state.ts";
import { endWords } from "./progress.ts";

export interface Changes {
  /** Makes a change; while a run or an arena is training it becomes `wanted` first. */
  change(to: Change): Promise<void>;
  /** Makes the change that is wanted, and so ends what is training. */
  changeAsWanted(): Promise<void>;
  dismissWanted(): void;
  /** Puts the run or arena that is wanted into the queue, and lets what is training continue. */
  queueWanted(): void;
}

export interface ChangeParts {
  store: StudioStore;
  arena: Arena;
  race: Race;
  jobs: Jobs;
  queue: Queue;
  openData: OpenData;
  sessions: Sessions;
  endNotices: EndNotices;
}

export function createChanges(parts: ChangeParts): Changes {
  const { store, arena, race, jobs, queue, openData, sessions, endNotices } = parts;
  const { setState: set, getState: get } = store;
  /** What ends meanwhile has not ended by itself: the queue must not take its place. */
  let isChanging = false;
  let wasTraining = false;

  function lookForEnd(): void {
    const isNow = jobs.isTraining();
    if (wasTraining && !isNow && !isChanging) void continueAfterEnd();
    wasTraining = isNow;
  }
  async function continueAfterEnd(): Promise<void> {
    await queue.ended();
    if (!jobs.isTraining())
      endNotices.show(endWords(get().run, arena.store.getState().arena, race.store.getState().race));
  }
  store.subscribe(lookForEnd);
  arena.store.subscribe(lookForEnd);
  race.store.subscribe(lookForEnd);

  async function make(to: Change): Promise<void> {
    isChanging = true;
    try {
      await makeNow(to);
    } finally {
      isChanging = false;
    }
  }

  async function makeNow(to: Change): Promise<unknown> {
    switch (to.type) {
      case "dataset":
        return openData.open(to.location);
      case "saved":
        return sessions.resume(to.runId, { moreEpochs: to.moreEpochs ?? 0 });
      case "checkpoint":
        return sessions.continueUploaded();
      case "weights":
        return sessions.startFromUploaded(to.config);
      case "job":
        return jobs.start(to.job, to.paused);
    }
  }

  function takeWanted(): Change | null {
    const { wanted } = get();
    set({ wanted: null });
    return wanted;
  }

  return {
    async change(to) {
      if (jobs.isTraining()) set({ wanted: to });
      else await make(to);
    },
    async changeAsWanted() {
      const wanted = takeWanted();
      if (wanted) await make(wanted);
    },
    dismissWanted: () => void takeWanted(),
    queueWanted() {
      const wanted = takeWanted();
      if (wanted?.type === "job") void queue.add([wanted.job]);
    },
  };
}
