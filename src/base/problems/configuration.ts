// What can be wrong with a configuration.

import type { Problem, Wording } from "../problem.ts";

export const configurationProblems = {
  "configuration-invalid": (d: { where: string; reason: string; remedy?: string }): Wording => ({
    sentence: `The configuration cannot work: ${d.where ? `${d.where}: ` : ""}${d.reason}.`,
    remedy: d.remedy ?? "Change that value.",
    reason: `${d.reason.charAt(0).toUpperCase()}${d.reason.slice(1)}.`,
    control: d.where,
  }),
  "configuration-file-invalid": (d: { name: string; found: Problem }): Wording => ({
    sentence: `${d.name} was not taken over. ${d.found.sentence}`,
    remedy:
      "Put that right in it, or choose a configuration that this studio saved. The settings here stay as they were.",
    ...(d.found.control !== undefined && { control: d.found.control }),
  }),
  "configuration-not-json": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} is not a configuration: ${d.reason}.`,
    remedy: "Choose a configuration that this studio saved, or write one as the README shows.",
  }),
  "arena-size": (d: { members: number; least: number; most: number }): Wording => ({
    sentence: `An arena compares ${d.least} to ${d.most} configurations; there ${d.members === 1 ? "is 1" : `are ${d.members}`}.`,
    remedy: "Add or remove configurations.",
    control: "members",
  }),
  "arena-members-differ": (d: {
    member: number;
    name: string;
    field: string;
    value: string;
    other: string;
    expected: string;
  }): Wording => ({
    sentence:
      `${d.name} cannot train on the same batches as ${d.other}: its ${d.field} is ${d.value}, not ${d.expected}, ` +
      "and members of an arena share every batch.",
    remedy: `Set its ${d.field} to ${d.expected}, or compare the two as separate runs.`,
    control: `members.${d.member}.config.${d.field}`,
  }),
  "golden-invalid": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} cannot be checked: ${d.reason}.`,
    remedy: "Name golden files of models, as test/golden/README.md lists them.",
  }),
  "preset-unknown": (d: { name: string; known: readonly string[] }): Wording => ({
    sentence: `There is no preset named "${d.name}".`,
    remedy: `Choose one of ${d.known.join(", ")}.`,
    control: "preset",
  }),
};
