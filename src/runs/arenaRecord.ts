// An arena as the page keeps it: who competed on which data, how far it came, what was found. Its curves lie beside it.

import { LEAST_MEMBERS, type Member, MOST_MEMBERS } from "../arena/questions.ts";
import { problem } from "../base/problem.ts";
import { err, ok, type Result } from "../base/result.ts";
import { count, z } from "../base/zod.ts";
import { type ArenaCurves, createArenaCurves, pairsOf } from "./arenaCurves.ts";
import { parseDataFile } from "./dataFile.ts";
import { configurationSchema, dataSchema } from "./record.ts";
import { type Column, columnsJson, columnsOf, columnsSchema, fillTable, tableOf } from "./table.ts";

const sentences = z.string().max(2000);

export const memberSchema: z.ZodType<Member> = z
  .strictObject({ name: z.string().min(1).max(200), config: configurationSchema, draw: count.optional() })
  .transform(({ draw, ...member }) => (draw === undefined ? member : { ...member, draw }));

export const membersSchema = z.array(memberSchema).min(LEAST_MEMBERS).max(MOST_MEMBERS);

const pairVerdict = {
  first: count,
  second: count,
  verdict: z.strictObject({
    sentence: sentences,
    notes: z.array(sentences).max(20),
    better: z.enum(["first", "second"]).nullable(),
  }),
};
const verdictsSchema = z.array(z.strictObject(pairVerdict));

const findingSchema = z
  .strictObject({
    mean: z.number(),
    standardError: z.number(),
    seeds: count,
    overSeeds: z.boolean(),
    seedVariance: z.number(),
    rowVariance: z.number(),
    rowCovariance: z.number(),
    radius: z.number(),
    p: z.number().nullable(),
    isClear: z.boolean(),
  })
  .nullable();

const heldOutPairsSchema = z.array(
  z.strictObject({ ...pairVerdict, logLoss: findingSchema, auc: findingSchema }),
);

export const heldOutSchema = z.strictObject({
  rows: count,
  seeds: count,
  overview: sentences,
  scope: sentences,
  pairs: heldOutPairsSchema,
  disagreements: z.array(sentences.nullable()),
});

export const testFiguresSchema = z.strictObject({ logLoss: z.number(), auc: z.number().nullable() });
const testsSchema = z.array(testFiguresSchema.nullable());

export const arenaRecordSchema = z.strictObject({
  arenaId: z.string().regex(/^[\w-]{1,80}$/),
  startedAt: z.number(),
  members: membersSchema,
  seeds: z.array(count).min(1).max(100),
  data: dataSchema.nullable(),
  /** "interrupted" by a page that was closed, or by a problem; "stopped" by a person. */
  status: z.enum(["interrupted", "stopped", "finished"]),
  seedIndex: count,
  states: z.array(
    z.strictObject({
      status: z.enum(["training", "finished", "failed"]),
      problem: sentences.nullable(),
      logLoss: z.number().nullable(),
      testLogLoss: z.number().nullable(),
      testAuc: z.number().nullable(),
    }),
  ),
  step: count,
  totalSteps: count,
  /** While learning. Version 0.1.0 knew this verdict only. */
  verdicts: verdictsSchema,
  seedVerdicts: z.array(verdictsSchema),
  overview: sentences.nullable(),
  /** At the end. */
  heldOut: heldOutSchema.nullable().default(null),
  seedHeldOut: z.array(heldOutPairsSchema.nullable()).default([]),
  seedTests: z.array(testsSchema).default([]),
});

export type ArenaRecord = z.infer<typeof arenaRecordSchema>;

/** An arena as it is stored and sent: its record, and its curves as their columns. */
export interface StoredArena {
  record: ArenaRecord;
  members: Record<string, Column>[];
  tests: Record<string, Column>[];
  pairs: Record<string, Column>[];
}

export interface KeptArena {
  record: ArenaRecord;
  /** Of the last seed that was under way. */
  curves: ArenaCurves;
}

/** An arena as the database keeps it. */
export function toStoredArena({ record, curves: { members, tests, pairs } }: KeptArena): StoredArena {
  return {
    record,
    members: members.map(columnsOf),
    tests: tests.map(columnsOf),
    pairs: pairs.map(columnsOf),
  };
}

/** The arena again. Version 0.1.0 kept no results on held-out rows. */
export function fromStoredArena({ record, members, tests, pairs }: StoredArena): KeptArena {
  const later = { heldOut: null, seedHeldOut: [], seedTests: [] };
  const curves: ArenaCurves = {
    members: members.map(tableOf),
    tests: tests.map(tableOf),
    pairs: pairs.map(tableOf),
  };
  return { record: { ...later, ...record }, curves };
}

export const ARENA_FORMAT = "final-studio-arena";
const VERSION = 1;

const fileSchema = z.strictObject({
  format: z.literal(ARENA_FORMAT),
  version: z.literal(VERSION),
  record: arenaRecordSchema,
  members: z.array(columnsSchema),
  tests: z.array(columnsSchema),
  pairs: z.array(columnsSchema),
});

/** The arena with every point of its last seed. */
export function arenaToJson({ record, curves: { members, tests, pairs } }: KeptArena): string {
  const lists = Object.entries({ members, tests, pairs }).map(
    ([name, curves]) => `"${name}":[${curves.map(columnsJson).join(",")}]`,
  );
  return `{"format":"${ARENA_FORMAT}","version":${VERSION},"record":${JSON.stringify(record)},${lists.join(",")}}\n`;
}

/** The arena of an exported file, or of a report. */
export function parseArenaFile(name: string, text: string): Result<KeptArena> {
  const parsed = parseDataFile(ARENA_FORMAT, fileSchema, text);
  if (!("data" in parsed)) return invalid(parsed.where, parsed.reason);
  const { record, ...stored } = parsed.data;
  const fault = faultOf(record);
  if (fault) return invalid("record", fault);
  const curves = createArenaCurves(record.members.length, pairsOf(record.members.length).length);
  for (const kind of ["members", "tests", "pairs"] as const) {
    if (stored[kind].length !== curves[kind].length)
      return invalid(kind, `it has ${stored[kind].length} curves, ${curves[kind].length} belong there`);
    for (const [index, curve] of curves[kind].entries()) {
      const reason = fillTable(curve, stored[kind][index]!, ["rowsSeen"]);
      if (reason) return invalid(`${kind}.${index}`, reason);
    }
  }
  return ok({ record, curves });

  function invalid(where: string, reason: string) {
    return err(problem("arena-file-invalid", { name, where, reason }));
  }
}

/** What does not fit together in it, though each part is well-formed. */
export function faultOf({
  members,
  seeds,
  seedIndex,
  states,
  verdicts,
  seedVerdicts,
  heldOut,
  seedHeldOut,
  seedTests,
}: ArenaRecord): string | null {
  if (states.length !== members.length)
    return `it has results of ${states.length} members and has ${members.length}`;
  if (seedIndex >= seeds.length) return `seed ${seedIndex + 1} of ${seeds.length} does not exist`;
  if (seedTests.some((tests) => tests.length !== members.length))
    return "a seed's test figures are not of these members";
  const ends = [heldOut?.pairs ?? [], ...seedHeldOut.map((pairs) => pairs ?? [])];
  const all = [verdicts, ...seedVerdicts, ...ends].flat();
  const isPair = ({ first, second }: { first: number; second: number }) =>
    first < second && second < members.length;
  return all.every(isPair) ? null : "a verdict is about members that do not exist";
}
