// The text of a file that somebody chose.

import { browserReason } from "./browserReason.ts";
import { problem } from "./problem.ts";
import { err, ok, type Result } from "./result.ts";

/** Longer texts no browser holds. */
const MOST_BYTES = 500_000_000;

/** What `parse` makes of a file's whole text, or why that cannot be read. */
export async function parsedFile<T>(
  file: File,
  parse: (name: string, text: string) => Result<T>,
): Promise<Result<T>> {
  const text = await fileText(file);
  return text.ok ? parse(file.name, text.value) : text;
}

/** The whole text; the problem says why there is none: it was moved since it was chosen, or it is too large for a text. */
export async function fileText(file: File): Promise<Result<string>> {
  const { name, size } = file;
  if (size > MOST_BYTES)
    return err(
      problem("file-unreadable", { name, reason: `it has ${Math.round(size / 1e6)} MB, too many for this` }),
    );
  try {
    return ok(await file.text());
  } catch (cause) {
    return err(problem("file-unreadable", { name, reason: browserReason(cause) }));
  }
}
