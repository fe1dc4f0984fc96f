// Problems on show, until the person has seen them.

import type { Problem } from "../../base/problem.ts";
import { asProblem } from "../../base/result.ts";
import type { StudioStore } from "../state.ts";

export interface Notices {
  /** Shows a problem, once however often it is met. */
  show(found: Problem): void;
  /** Shows whatever was thrown. A dead worker has its own place on the page. */
  notify(cause: unknown): void;
  dismiss(notice: Problem): void;
}

export function createNotices({ setState: set }: StudioStore): Notices {
  function show(found: Problem): void {
    set(({ notices }) => {
      const isShown = notices.some(
        ({ code, sentence }) => code === found.code && sentence === found.sentence,
      );
      return isShown ? {} : { notices: [...notices, found] };
    });
  }
  return {
    show,
    notify(cause) {
      const found = asProblem(cause);
      if (found.code !== "worker-died") show(found);
    },
    dismiss: (notice) => set(({ notices }) => ({ notices: notices.filter((other) => other !== notice) })),
  };
}
