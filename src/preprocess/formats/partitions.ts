// Folders that say a value, such as date=2014-10-21, as Hive and Spark write them: each is a column of the files below it.

import { splitOfName } from "./splitNames.ts";

/** What Hive writes for a missing value. */
const MISSING = "__HIVE_DEFAULT_PARTITION__";

/** Columns that a file's path says, with the value of all its rows; null is a missing one. Folders that name a split are none. */
export function partitionsOf(path: string): Map<string, string | null> {
  const folders = path.split("/").slice(0, -1);
  return new Map(
    folders.flatMap((folder): [string, string | null][] => {
      const [, name, value] = /^([^=]+)=(.*)$/.exec(folder) ?? [];
      if (name === undefined || splitOfName(`${value}/x`) !== null) return [];
      return [[name, value === MISSING ? null : decoded(value!)]];
    }),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that is meant as one.
    return text;
  }
}
