// What can be wrong with a log, a data set or a place to write one to.

import type { Wording } from "../problem.ts";

export const dataProblems = {
  "file-unreadable": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} could not be read: ${d.reason}.`,
    remedy: "Check that the file exists and that you may read it.",
  }),
};
