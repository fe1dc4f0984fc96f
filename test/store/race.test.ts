// A race as the page knows it: its plan, its events, how far it is.

import { expect, it } from "vitest";
import { orThrow } from "../../src/base/result.ts";
import { preset } from "../../src/model/presets.ts";
import { parseRaceFile, raceToJson } from "../../src/race/raceFile.ts";
import { raceReport } from "../../src/race/raceReport.ts";
import { NOTHING_YET } from "../../src/race/record.ts";
import { parseHash, toHash } from "../../src/store/configuration/share.ts";
import {
  afterRaceEvent,
  FIRST_SETUP,
  openedRace,
  planOf,
  type RaceState,
  raceShare,
} from "../../src/store/race/raceState.ts";
import { endWords, trainingProgress } from "../../src/store/training/progress.ts";

function started(): RaceState {
  const plan = planOf(FIRST_SETUP, preset("demo"), 80_000);
  if (!plan.ok) throw new Error(plan.problem.sentence);
  const identity = { raceId: "race-1", startedAt: 5, plan: plan.value, data: null };
  return { ...identity, progress: NOTHING_YET, status: { type: "starting" }, training: null, pace: null };
}

it("is planned from what was typed, or says what is wrong with it", () => {
  const { plan } = started();
  expect(plan.trials).toHaveLength(12);
  expect(plan.rungs).toEqual([1 / 3, 1]);
  expect(plan.seeds).toEqual([2021, 2022, 2023]);
  const twice = planOf(
    { ...FIRST_SETUP, rows: [FIRST_SETUP.rows[0]!, FIRST_SETUP.rows[0]!] },
    preset("demo"),
    1000,
  );
  expect(twice.ok ? "" : twice.problem.sentence).toContain("optimizer.learningRate: it is varied twice");
  const wrong = planOf(
    { ...FIRST_SETUP, rows: [{ path: "fusion", text: "mean, nothing" }] },
    preset("demo"),
    1000,
  );
  expect(wrong.ok ? "" : wrong.problem.sentence).toMatch(/^Of 2 different combinations 1 works/);
});

it("says how long it will take, from how fast it went since it was resumed", () => {
  let race = started();
  const all = race.plan.trials.map((_, trial) => trial);
  const leftAt = (step: number, now: number) => {
    const training = { type: "training", trials: all, rung: 0, seedIndex: null, step, steps: 53 } as const;
    race = afterRaceEvent(race, training, now);
    return trainingProgress(null, null, race)!;
  };
  expect(leftAt(5, 1000).secondsLeft).toBeNull();
  const first = raceShare(race);
  const { share, secondsLeft } = leftAt(25, 11_000);
  expect(secondsLeft).toBeCloseTo((10 * (1 - share)) / (share - first), 6);
  race = afterRaceEvent(race, { type: "paused" });
  expect(trainingProgress(null, null, race)!.secondsLeft).toBeNull();
  race = afterRaceEvent(race, { type: "resumed" });
  expect(leftAt(30, 99_000).secondsLeft).toBeNull();
});

it("grows with its events up to its end, and never says more than all", () => {
  let race = started();
  const shares = [raceShare(race)];
  const take = (event: Parameters<typeof afterRaceEvent>[1]) => {
    race = afterRaceEvent(race, event);
    shares.push(raceShare(race));
  };
  const result = { step: 1, auc: null, ended: false, problem: null };
  const all = race.plan.trials.map((_, trial) => trial);
  take({ type: "training", trials: all, rung: 0, seedIndex: null, step: 26, steps: 53 });
  expect(race.status.type).toBe("running");
  take({ type: "cameToRung", results: all.map((trial) => ({ ...result, trial, rung: 0, logLoss: trial })) });
  take({
    type: "cameToRung",
    results: [0, 1, 2, 3].map((trial) => ({ ...result, trial, rung: 1, logLoss: trial })),
  });
  for (const seed of race.plan.seeds) take({ type: "judged", judged: { seed, members: [] } });
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBeCloseTo(1, 9);
  expect(trainingProgress(null, null, race)).toEqual({ share: shares.at(-1), secondsLeft: null });
  take({ type: "concluded", outcome: { finalists: [0, 1, 2], heldOut: null, chance: null } });
  expect(race.status.type).toBe("finished");
  expect(trainingProgress(null, null, race)).toBeNull();
  expect(endWords(null, null, race)).toBe(
    "The race has ended. Best on validation: Trial 1; judged with it: Trial 2, Trial 3.",
  );
});

const FOUND: RaceState["progress"] = {
  results: Array.from({ length: 12 }, (_, trial) => ({
    trial,
    rung: 0,
    step: 26,
    logLoss: 0.45 + trial / 100,
    auc: 0.7,
    ended: false,
    problem: null,
  })),
  judged: [],
  outcome: {
    finalists: [0, 1],
    heldOut: null,
    chance: { tried: 12, deviation: 0.001, degrees: 4, gain: 0.0016 },
  },
};

it("becomes a report that says what was tried, what became of it, and what choosing was worth", () => {
  const race = {
    ...started(),
    progress: FOUND,
    data: {
      name: "clicks <1>",
      identity: "f",
      location: null,
      rows: { train: 80, valid: 10, test: 0 },
      rules: "split by time",
    },
  };
  const report = raceReport(race, ["<svg></svg>"], "https://studio.example/#v1=x").join("");
  expect(report).toContain("12 configurations on clicks &lt;1>");
  expect(report).toContain("Rows of clicks &lt;1>: 80 train, 10 valid; split by time.");
  expect(report).toContain(
    "the best of 12 equal ones would look 0.00160 better on validation by chance alone",
  );
  expect(report).toContain("There are no test rows, and so no verdict.");
  expect(report).toContain('<a href="https://studio.example/#v1=x">');
  expect(report.match(/<th scope="row">Trial \d+<\/th>/g)).toHaveLength(12);
  expect(report).toContain("Which setting mattered");
  const opened = orThrow(parseRaceFile("race.html", report));
  expect(opened).toEqual({ plan: race.plan, progress: FOUND, data: race.data, startedAt: race.startedAt });
  expect(openedRace(opened, "race.html").status.type).toBe("finished");
});

it("names what is wrong with a file that holds no race, or one that does not fit together", () => {
  const invalid = (text: string) => {
    const parsed = parseRaceFile("file.html", text);
    return parsed.ok ? null : parsed.problem.sentence;
  };
  expect(invalid("<html></html>")).toMatch(
    /^file.html holds no race that this studio can read: it is not JSON/,
  );
  const { plan } = started();
  const outcome = { ...FOUND.outcome!, finalists: [0, 12] };
  const damaged = { plan, progress: { ...FOUND, outcome }, data: null, startedAt: 5 };
  expect(invalid(raceToJson(damaged))).toContain("a finalist is no trial of it");
});

it("travels in a link with what was found", async () => {
  const found = { chosen: "Best on validation: Trial 3.", verdict: null };
  const data = { name: "clicks", identity: "f", location: null };
  const shared = { base: preset("demo"), setup: FIRST_SETUP, data, found };
  const made = { ...data, rows: { train: 80, valid: 10, test: 9 }, rules: "split by time" };
  const hash = await toHash({ ...shared, data: made });
  expect(hash.ok && (await parseHash(hash.value))).toEqual({ ok: true, value: shared });
});
