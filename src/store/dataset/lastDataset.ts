// The data set that was open last, for the next visit: where it can be opened again without the person's help.

import { z } from "../../base/zod.ts";
import type { DatasetLocation } from "../../datasets/requests.ts";
import { note, noted } from "../noted.ts";

const KEY = "final-studio/dataset";

/** Locations that can be noted: files that were picked cannot. */
export const locationSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("demo"),
    rows: z.number(),
    seed: z.number(),
    edition: z.literal(2).optional(),
  }),
  z.strictObject({ type: z.literal("url"), manifestUrl: z.string() }),
  z.strictObject({ type: z.literal("device"), id: z.string() }),
]);

/** Notes it; files that were picked cannot be noted, so the one before them stays. */
export function noteDataset(location: DatasetLocation): void {
  if (location.type !== "files") note(KEY, location);
}

/** null where none was noted. */
export function lastDataset(): DatasetLocation | null {
  return noted(KEY, locationSchema.parse, null);
}
