// What can go wrong between page and worker, and with what is saved.

import type { Wording } from "../problem.ts";

export const sessionProblems = {
  "worker-died": (d: { reason: string }): Wording => ({
    sentence: `The training worker stopped: ${d.reason}.`,
    remedy: "Restart it; what was saved is kept.",
  }),
};
