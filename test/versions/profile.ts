// What the browser kept of an earlier version, as plain data.

import { writtenBy } from "./written.ts";

export interface PlainProfile {
  name: string;
  version: number;
  /** The records of each store of the database. */
  stores: Record<string, { key: string; value: unknown }[]>;
}

/** The database of a version's profile, its typed arrays as they were. */
export function plainProfile(version: string): PlainProfile {
  return JSON.parse(writtenBy(version).text("profile/database.json"), (_, value) => {
    if (typeof value !== "object" || value === null || !("$" in value)) return value;
    const Type = value.$ === "Float64Array" ? Float64Array : Float32Array;
    return new Type((value.values as (number | null)[]).map((one) => one ?? Number.NaN));
  }) as PlainProfile;
}
