// Arrow files whose description says that there is more than there is.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ProblemError } from "../../../src/base/result.ts";
import { openArrow } from "../../../src/preprocess/formats/arrow.ts";
import { blobInput } from "../../../src/preprocess/formats/input.ts";

const WHOLE = Uint8Array.from(
  readFileSync(join(import.meta.dirname, "..", "..", "golden", "tables", "arrow-5.arrow")),
);

async function rowsOf(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const file = await openArrow(blobInput("x.arrow", new Blob([bytes])));
  let rows = 0;
  for await (const { count } of file.groups()) rows += count;
  return rows;
}

it("never believes a length that the file cannot hold", async () => {
  const rows = await rowsOf(WHOLE);
  const view = new DataView(WHOLE.buffer);
  const said = new Set<string>();
  // Lengths of vectors are small integers, as other things are: each of them becomes 268 million.
  for (let at = 0; at + 4 <= WHOLE.length; at += 4) {
    const value = view.getInt32(at, true);
    if (value < 2 || value > 100) continue;
    const bytes = WHOLE.slice();
    new DataView(bytes.buffer).setInt32(at, 2 ** 28, true);
    try {
      expect(await rowsOf(bytes)).toBeLessThanOrEqual(rows);
    } catch (cause) {
      if (!(cause instanceof ProblemError)) throw cause;
      said.add(cause.message);
    }
  }
  expect([...said]).toContainEqual(expect.stringContaining("damaged Arrow: its description is cut off"));
});
