// What leaves the studio says which rows a figure is of, and how it was chosen.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { arenaToCsv } from "../../src/runs/arenaCsv.ts";
import type { RecordedArena } from "../../src/runs/arenaEvents.ts";
import { type ArenaRecord, arenaRecordSchema } from "../../src/runs/arenaRecord.ts";
import { arenaReport } from "../../src/runs/arenaReport.ts";
import { chosenOn } from "../../src/runs/record.ts";
import { replay } from "../../src/store/arena/recordedArena.ts";
import { recordOf } from "../../src/store/library/keptArena.ts";

const recorded: RecordedArena = JSON.parse(readFileSync("public/recorded-arena.json", "utf8"));
const { arena, curves } = replay(recorded);
const record: ArenaRecord = recordOf(arena);

it("a best evaluation says that it was chosen on test, and of how many", () => {
  const best = { step: 10, logLoss: 0.46 };
  expect(chosenOn({ ...best, split: "valid", of: 5 })).toBe("validation");
  expect(chosenOn({ ...best, split: "test", of: 5 })).toBe("test, best of 5");
  expect(chosenOn({ ...best, split: "test", of: 1 })).toBe("test");
  expect(chosenOn({ ...best, split: "test" })).toBe("test, best of several");
});

it("an arena's CSV has both questions, a line a pair and figure", () => {
  const lines = arenaToCsv(record).trimEnd().split("\n");
  expect(lines).toHaveLength(1 + 3 * 2 + 3);
  const { mean } = recorded.heldOut.pairs[2]!.logLoss!;
  expect(lines[5]).toMatch(
    new RegExp(
      `^at the end,Order 2,Order 3,test log loss,${mean},.*,true,Order 3,5,9908,"?Order 3 is better`,
    ),
  );
  expect(lines.at(-1)).toMatch(/^while learning,Order 2,Order 3,first-pass log loss,,,/);
});

it("an arena's report leads with the held-out rows, gives members over all seeds, and is read again", () => {
  const html = arenaReport({ record, curves }, []).join("");
  const [end, learning] = ["At the end, on held-out rows", "While learning, on the first pass"].map((title) =>
    html.indexOf(title),
  );
  expect(end).toBeGreaterThan(0);
  expect(learning).toBeGreaterThan(end!);
  expect(html).toContain(recorded.heldOut.overview);
  expect(html).toMatch(/Order 3.*0\.\d{4} ± 0\.\d{4}/s);
  expect(arenaRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
});

it("an arena without a verdict says where it was stopped", () => {
  const stopped: ArenaRecord = { ...record, status: "stopped", heldOut: null, step: 109, totalSteps: 176 };
  const html = arenaReport({ record: stopped, curves }, []).join("");
  expect(html).toContain("No verdict: stopped at step 109 of 176, seed 5 of 5.");
  expect(arenaToCsv(stopped)).not.toContain("at the end");
});
