// Damaged texts: configurations, exported runs and links. Each is read or refused in words, whatever was done to it.

import fc from "fast-check";
import { expect, it } from "vitest";
import { orThrow, type Result } from "../../src/base/result.ts";
import { parseConfigText } from "../../src/model/config.ts";
import { PRESET_NAMES, preset } from "../../src/model/presets.ts";
import { parseRunsFile, runsToJson } from "../../src/runs/runsFile.ts";
import { DEFAULT_VIEW } from "../../src/store/charts/chartView.ts";
import { parseHash, toHash } from "../../src/store/configuration/share.ts";
import { madeRun } from "../runs/madeRun.ts";
import { changed, changes } from "./damage.ts";
import { CASES, outcomeOf } from "./examine.ts";

/** Reads texts made of `originals`, and holds what is accepted against `check`. */
async function readAll<T>(
  originals: string[],
  read: (text: string, name: string) => Result<T> | Promise<Result<T>>,
  check: (accepted: T) => void,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...originals), changes, async (original, all) => {
      const text = changed(original, all);
      const outcome = await outcomeOf(text.length, async () => orThrow(await read(text, "fuzzed.json")));
      if ("accepted" in outcome) check(outcome.accepted);
    }),
    { numRuns: CASES },
  );
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
}

it("reads or refuses configurations; what it accepts it reads again as it is", async () => {
  const originals = PRESET_NAMES.map((name) => JSON.stringify(preset(name)));
  await readAll(originals, parseConfigText, (config) =>
    expect(orThrow(parseConfigText(JSON.stringify(config), "again"))).toEqual(config),
  );
});

it("reads or refuses exported runs; curves keep their length", async () => {
  const originals = [runsToJson([madeRun(30)]).join("")];
  await readAll(
    originals,
    (text, name) => parseRunsFile(name, text),
    (runs) => {
      for (const { curves } of runs)
        for (const column of curves.progress.names)
          expect(curves.progress.column(column)).toHaveLength(curves.progress.length);
    },
  );
});

it("reads or refuses links", async () => {
  const shared = { config: preset("demo"), data: null, view: DEFAULT_VIEW };
  const hash = orThrow(await toHash(shared));
  await readAll([hash], parseHash, (read) => expect(read === null || "config" in read).toBe(true));
});
