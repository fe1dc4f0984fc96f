// Every code that a person can meet. Each has one sentence that says what was wrong and where, a remedy that says
// what to do, and, where there is one, the control at fault. The tables live beside this file, one an area.

import { choiceProblems } from "./problems/choices.ts";
import { configurationProblems } from "./problems/configuration.ts";
import { dataProblems } from "./problems/data.ts";
import { findingProblems } from "./problems/findings.ts";
import { formatProblems } from "./problems/formats.ts";
import { raceProblems } from "./problems/race.ts";
import { runProblems } from "./problems/run.ts";
import { sessionProblems } from "./problems/session.ts";

/** What an entry of a table makes of its details. */
export interface Wording {
  sentence: string;
  remedy: string;
  /** The sentence without where it was: for beside the control at fault. */
  reason?: string;
  /** Path of the configuration's field at fault, for example `branches.0.units.1.order`. */
  control?: string;
}

const table = {
  ...configurationProblems,
  ...dataProblems,
  ...choiceProblems,
  ...findingProblems,
  ...formatProblems,
  ...raceProblems,
  ...runProblems,
  ...sessionProblems,
} as const;

export type ProblemCode = keyof typeof table;

/** What went wrong, as data: it crosses from worker to page, and prints on a terminal. */
export interface Problem extends Wording {
  code: ProblemCode;
}

/** What the sentence of `C` is made from. */
export type ProblemDetails<C extends ProblemCode> = Parameters<(typeof table)[C]>[0];

/** The Problem of `code`, its sentence made from `details`. */
export function problem<C extends ProblemCode>(code: C, details: ProblemDetails<C>): Problem {
  const entry = table[code] as (details: unknown) => Wording;
  return { code, ...entry(details) };
}
