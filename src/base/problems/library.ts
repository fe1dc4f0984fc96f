// What can go wrong with the runs that the page keeps, their files and links to configurations.

import type { Wording } from "../problem.ts";

export const libraryProblems = {
  "library-worker-died": (d: { reason: string }): Wording => ({
    sentence: `The worker that keeps runs stopped: ${d.reason}.`,
    remedy: "It starts again with what you do next; what was written is kept.",
  }),
  "runs-not-kept": (d: { reason: string }): Wording => ({
    sentence: `This browser does not keep the table of runs: ${d.reason}.`,
    remedy: "Export the runs before you close the page, or free space for it.",
  }),
  "runs-file-invalid": (d: { name: string; where: string; reason: string }): Wording => ({
    sentence: `${d.name} holds no runs that this studio can read: ${d.where ? `${d.where}: ` : ""}${d.reason}.`,
    remedy: "Choose a JSON file or a report that the studio exported, unchanged.",
  }),
  "runs-here-already": (d: { name: string; runs: number }): Wording => ({
    sentence: `${d.runs === 1 ? "One run" : `${d.runs} runs`} of ${d.name} ${d.runs === 1 ? "is" : "are"} here already and stayed as they were.`,
    remedy: "To read them from the file instead, delete them here first.",
  }),
  "arena-file-invalid": (d: { name: string; where: string; reason: string }): Wording => ({
    sentence: `${d.name} holds no arena that this studio can read: ${d.where ? `${d.where}: ` : ""}${d.reason}.`,
    remedy: "Choose an arena's report or JSON file that the studio exported, unchanged.",
  }),
  "link-invalid": (d: { reason: string }): Wording => ({
    sentence: `The address carries settings that cannot be read: ${d.reason}.`,
    remedy: "Ask for the link again: it may have been cut off. Nothing here was changed.",
  }),
  "link-too-long": (d: { length: number; most: number }): Wording => ({
    sentence: `The link would have ${d.length} characters, and ${d.most} is the most that travels well.`,
    remedy: "Share the configuration as a JSON file, or an arena as a report instead.",
  }),
};
