// What can go wrong between page and worker, and with what is saved.

import type { Wording } from "../problem.ts";

export const sessionProblems = {
  "chromium-missing": (_: object): Wording => ({
    sentence: "This needs Chromium, and none was found.",
    remedy: "Install it, or set CHROMIUM_PATH to one.",
  }),
  "worker-died": (d: { reason: string }): Wording => ({
    sentence: `The training worker stopped: ${d.reason}.`,
    remedy: "Restart it; what was saved is kept.",
  }),
  "request-unknown": (d: { name: string }): Wording => ({
    sentence: `The training worker does not know the request "${d.name}".`,
    remedy: "Reload the page: it and its worker are of different versions.",
  }),
};
