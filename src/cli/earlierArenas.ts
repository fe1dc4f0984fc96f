// Arenas of before, as a plan uses them: how much differences varied on the same data.

import { orThrow, problemError } from "../base/result.ts";
import { z } from "../base/zod.ts";
import type { EarlierVerdict } from "../metrics/plan.ts";
import { parseArenaFile } from "../runs/arenaRecord.ts";
import { parseDataFile } from "../runs/dataFile.ts";
import { say } from "./log.ts";
import { readText } from "./readText.ts";

const figure = z.object({
  difference: z.number(),
  low: z.number(),
  high: z.number(),
  p: z.number().nullable(),
  isClear: z.boolean(),
  standardError: z.number(),
  variance: z.object({
    overSeeds: z.boolean(),
    seeds: z.number(),
    betweenSeeds: z.number(),
    overRows: z.number(),
    sharedOverRows: z.number(),
  }),
});

/** What of the result of `arena` is needed here. */
const resultSchema = z.object({
  dataset: z.object({ identity: z.string() }),
  atTheEnd: z
    .object({
      rows: z.number(),
      pairs: z.array(z.object({ logLoss: figure.nullable(), auc: figure.nullable() })),
    })
    .nullable(),
});

/**
 * The verdicts in files that hold the result of `arena` or are an arena's report; those on other data than `identity` are passed
 * over with a word. Throws a ProblemError where a file is neither.
 */
export async function earlierVerdicts(paths: readonly string[], identity: string): Promise<EarlierVerdict[]> {
  const found: EarlierVerdict[] = [];
  for (const path of paths) {
    const { data, verdict } = readVerdict(path, await readText(path));
    const varied = verdict?.pairs.some(({ logLoss, auc }) => logLoss?.overSeeds || auc?.overSeeds);
    if (data !== identity) say(`${path} is of other data: how much its differences varied is not used`);
    else if (!verdict || !varied) say(`${path} has no verdict over three seeds or more: it is not used`);
    else found.push(verdict);
  }
  return found;
}

function readVerdict(path: string, text: string): { data: string | null; verdict: EarlierVerdict | null } {
  if (!isResult(text)) {
    const { record } = orThrow(parseArenaFile(path, text));
    return { data: record.data?.identity ?? null, verdict: record.heldOut };
  }
  const parsed = parseDataFile("", resultSchema, text);
  if (!("data" in parsed)) throw problemError("arena-file-invalid", { name: path, ...parsed });
  const { dataset, atTheEnd } = parsed.data;
  const verdict = atTheEnd && {
    rows: atTheEnd.rows,
    pairs: atTheEnd.pairs.map(({ logLoss, auc }) => ({
      logLoss: logLoss && findingOf(logLoss),
      auc: auc && findingOf(auc),
    })),
  };
  return { data: dataset.identity, verdict };
}

/** Whether it is the JSON that `arena` prints, not a report. */
function isResult(text: string): boolean {
  return /^\s*\{/.test(text) && text.includes('"atTheEnd"');
}

function findingOf({ difference, low, high, p, isClear, standardError, variance }: z.infer<typeof figure>) {
  const { betweenSeeds, overRows, sharedOverRows, ...seeds } = variance;
  return {
    ...seeds,
    mean: difference,
    radius: (high - low) / 2,
    p,
    isClear,
    standardError,
    seedVariance: betweenSeeds,
    rowVariance: overRows,
    rowCovariance: sharedOverRows,
  };
}
