// What can be wrong with a race of many configurations.

import type { Wording } from "../problem.ts";

export const raceProblems = {
  "vary-invalid": (d: { where: string; reason: string }): Wording => ({
    sentence: `What the race shall vary cannot be used: ${d.where ? `${d.where}: ` : ""}${d.reason}.`,
    remedy:
      "Name settings by their place in the configuration, each with a list or a range, as in " +
      "optimizer.learningRate: {from: 0.001, to: 0.01, scale: log} or embeddingDim: [4, 8, 16].",
    reason: `${d.reason.charAt(0).toUpperCase()}${d.reason.slice(1)}.`,
    control: d.where,
  }),
  "vary-not-yaml": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} does not say what the race shall vary: it is neither YAML nor JSON (${d.reason}).`,
    remedy: "Write one setting a line, such as embeddingDim: [4, 8, 16].",
  }),
  "race-too-many": (d: { trials: number; most: number }): Wording => ({
    sentence: `The grid has ${d.trials} combinations; a race tries ${d.most} at most.`,
    remedy: "Give fewer values, or draw some of them at random or by a Sobol’ sequence.",
  }),
  "race-trials": (d: { trials: number; least: number; most: number }): Wording => ({
    sentence: `A race tries ${d.least} to ${d.most} configurations, not ${d.trials}.`,
    remedy: "Choose another number of trials.",
  }),
  "race-too-few": (d: { trials: number; tried: number; reason: string }): Wording => ({
    sentence: `Of ${d.tried} different combinations ${d.trials === 1 ? "1 works" : `${d.trials} work`}; a race needs two.${d.reason}`,
    remedy: "Vary more settings, or give them more values.",
  }),
  "race-without-validation": (_: object): Wording => ({
    sentence:
      "This data set has no validation rows, and a race chooses by them: choosing by the test rows would make its verdict worthless.",
    remedy:
      "Preprocess the log again with a validation split, for example with the default rules (80/10/10).",
  }),
  "race-other": (d: { name: string; what: string }): Wording => ({
    sentence: `${d.name} holds a race of another kind: its ${d.what} differs.`,
    remedy: "Name another folder for this race, or repeat the options of the one that is there.",
  }),
  "race-report-invalid": (d: { name: string; where: string; reason: string }): Wording => ({
    sentence: `${d.name} holds no race that this studio can read: ${d.where ? `${d.where}: ` : ""}${d.reason}.`,
    remedy: "Choose a race's report that the studio exported, or the command line's race.json, unchanged.",
  }),
  "race-file-invalid": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} cannot be read as a race: ${d.reason}.`,
    remedy: "Name another folder; this one stays as it is.",
  }),
};
