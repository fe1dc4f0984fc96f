// A race in a file: what its report carries, and what the page reads again from it and from the command line's race.json.

import { problem } from "../base/problem.ts";
import { err, ok, type Result } from "../base/result.ts";
import { z } from "../base/zod.ts";
import { heldOutSchema, testFiguresSchema } from "../runs/arenaRecord.ts";
import { parseDataFile } from "../runs/dataFile.ts";
import { configurationSchema, dataSchema, type RunData } from "../runs/record.ts";
import { HALVINGS } from "./halving.ts";
import type { RacePlan, RaceProgress } from "./record.ts";
import { LEAST_TRIALS, METHODS, MOST_TRIALS } from "./trials.ts";

export const RACE_FORMAT = "final-studio-race";
export const RACE_VERSION = 1;

/** A race as it is handed on. */
export interface ReportedRace {
  plan: RacePlan;
  progress: RaceProgress;
  data: RunData | null;
  /** Milliseconds since 1970; null where it was not kept. */
  startedAt: number | null;
}

const count = z.number().int().min(0);
const words = z.string().max(2000);
const path = z.string().min(1).max(200);
const choice = z.strictObject({ label: z.string().max(500), value: z.unknown() });

const settingSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("list"), path, choices: z.array(choice).min(1) }),
  z.strictObject({
    kind: z.literal("range"),
    path,
    from: z.number(),
    to: z.number(),
    scale: z.enum(["linear", "log"]),
    whole: z.boolean(),
    steps: count,
  }),
]);

const planSchema: z.ZodType<RacePlan> = z.strictObject({
  settings: z.array(settingSchema).min(1),
  method: z.enum(METHODS),
  halving: z.strictObject({ kind: z.enum(HALVINGS), eta: z.number().min(2), finalists: count }),
  rungs: z.array(z.number().gt(0).max(1)).min(1),
  seed: count,
  seeds: z.array(count),
  trials: z
    .array(z.strictObject({ number: count, choices: z.array(choice), config: configurationSchema }))
    .min(LEAST_TRIALS)
    .max(MOST_TRIALS),
  leftOut: z.array(z.strictObject({ choices: z.array(choice), reason: words })),
});

const resultSchema = z.strictObject({
  trial: count,
  rung: count,
  step: count,
  logLoss: z.number().nullable(),
  auc: z.number().nullable(),
  ended: z.boolean(),
  problem: words.nullable(),
});

const progressSchema: z.ZodType<RaceProgress> = z.strictObject({
  results: z.array(resultSchema),
  judged: z.array(
    z.strictObject({
      seed: count,
      members: z.array(
        z.strictObject({ validLogLoss: z.number(), test: testFiguresSchema.nullable() }).nullable(),
      ),
    }),
  ),
  outcome: z
    .strictObject({
      finalists: z.array(count),
      heldOut: heldOutSchema.nullable(),
      chance: z
        .strictObject({ tried: count, deviation: z.number(), degrees: z.number(), gain: z.number() })
        .nullable(),
    })
    .nullable(),
});

const fileSchema = z.strictObject({
  format: z.literal(RACE_FORMAT),
  version: z.literal(RACE_VERSION),
  plan: planSchema,
  progress: progressSchema,
  // A race.json written before they were kept has neither.
  data: dataSchema.nullable().default(null),
  startedAt: z.number().nullable().default(null),
  // What else race.json needs to be resumed.
  base: z.unknown().optional(),
  dataset: z.string().optional(),
  engine: z.unknown().optional(),
});

/** A race as the file that `parseRaceFile` opens. */
export function raceToJson({ plan, progress, data, startedAt }: ReportedRace): string {
  return JSON.stringify({ format: RACE_FORMAT, version: RACE_VERSION, plan, progress, data, startedAt });
}

/** The race of a report, of its JSON or of a race.json; the problem says where it is wrong and why. */
export function parseRaceFile(name: string, text: string): Result<ReportedRace> {
  const parsed = parseDataFile(RACE_FORMAT, fileSchema, text);
  if (!("data" in parsed)) return err(problem("race-report-invalid", { name, ...parsed }));
  const { plan, progress, data, startedAt } = parsed.data;
  const reason = faultOf(plan, progress);
  if (reason) return err(problem("race-report-invalid", { name, where: "", reason }));
  return ok({ plan, progress, data, startedAt });
}

/** What does not fit together in it, though each part is well-formed. */
function faultOf({ settings, trials, rungs }: RacePlan, { results, outcome }: RaceProgress): string | null {
  const odd = trials.find(({ choices }) => choices.length !== settings.length);
  if (odd) return `trial ${odd.number} has ${odd.choices.length} values of ${settings.length} settings`;
  if (results.some(({ trial, rung }) => trial >= trials.length || rung >= rungs.length))
    return "a result is of a trial or a look that does not exist";
  if (!outcome) return null;
  const { finalists, heldOut } = outcome;
  if (finalists.some((trial) => trial >= trials.length)) return "a finalist is no trial of it";
  const pairs = heldOut?.pairs ?? [];
  if (pairs.some(({ first, second }) => first >= second || second >= finalists.length))
    return "a verdict is about finalists that do not exist";
  return null;
}
