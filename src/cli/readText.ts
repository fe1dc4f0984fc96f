import { readFile } from "node:fs/promises";
import { unreadable } from "./files.ts";

/** A text file that a person named; throws a ProblemError where it cannot be read. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
