import { readFile } from "node:fs/promises";
import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";

/** A text file that a person named; throws a ProblemError where it cannot be read. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new ProblemError(problem("file-unreadable", { name: path, reason: (cause as Error).message }));
  }
}
