import { describe, expect, it } from "vitest";
import {
  type ConfigurationFinding,
  configurationVerdict,
  overview,
  type RunFinding,
  runVerdict,
} from "../../src/metrics/verdict.ts";

function run(changes: Partial<RunFinding>): RunFinding {
  return {
    first: "A",
    second: "B",
    identical: false,
    rowsToTell: 0,
    rowsSeen: 210_000,
    auc: null,
    over: false,
    logLoss: { mean: -0.00094, radius: 0.00031, rows: 200_000, batchesToClaim: 0 },
    ...changes,
  };
}

function configuration(changes: Partial<ConfigurationFinding>): ConfigurationFinding {
  return {
    first: "A",
    second: "B",
    identical: false,
    seeds: 5,
    declaredSeeds: 5,
    rows: 200_000,
    auc: null,
    logLoss: { mean: -0.00094, radius: 0.00031, p: 0.001 },
    ...changes,
  };
}

describe("the verdict about two runs", () => {
  it("says by how much the better one is better, on which rows, and that one seed speaks of runs only", () => {
    const { sentence, notes, better } = runVerdict(
      run({ auc: { difference: 0.0011, p: 0.004 }, over: true }),
    );
    expect(sentence).toBe(
      "B is better than A by 0.00094 ± 0.00031 log loss on the same 200,000 rows (ΔAUC +0.0011, p = 0.004): " +
        "with one seed, this run beat that run, and no more is said.",
    );
    expect(better).toBe("second");
    expect(notes).toEqual([
      "ΔAUC is on the test split, at the last evaluation, which was fixed before training (DeLong; p after Holm).",
    ]);
  });

  it("turns every sign round when the first one is better", () => {
    const found = run({
      logLoss: { mean: 0.0123, radius: 0.0042, rows: 5000, batchesToClaim: 0 },
      auc: { difference: 0.0004, p: 0.0002 },
    });
    expect(runVerdict(found).sentence).toMatch(
      /^A is better than B by 0\.0123 ± 0\.0042 log loss on the same 5,000 rows \(ΔAUC −0\.0004, p < 0\.001\)/,
    );
  });

  it("leaves out a p that has no meaning", () => {
    const { sentence, notes } = runVerdict(run({ auc: { difference: 0, p: null } }));
    expect(sentence).toContain("(ΔAUC +0.0000):");
    expect(notes[0]).toContain("its variance is 0, so there is no p");
  });

  it("says that a difference is not clear yet, and how many rows more would tell", () => {
    const found = run({
      logLoss: { mean: 0.0002, radius: 0.0011, rows: 80_000, batchesToClaim: 0 },
      rowsToTell: 912_345,
    });
    expect(runVerdict(found)).toEqual({
      sentence:
        "The difference between A and B is not clear yet: 0.0002 ± 0.0011 log loss for A on the same 80,000 rows.",
      notes: ["If it stays so, about 920,000 rows more will tell."],
      better: null,
    });
    expect(runVerdict({ ...found, over: true })).toMatchObject({
      sentence: expect.stringContaining("is not clear: "),
      notes: ["If it stayed so, about 920,000 rows more than these 80,000 would tell."],
    });
    expect(runVerdict({ ...found, rowsToTell: null }).notes).toEqual([
      "If it stays so small, no number of rows that could be trained on would tell.",
    ]);
  });

  it("calls identical members identical, whatever else is known", () => {
    expect(runVerdict(run({ identical: true, logLoss: null }))).toEqual({
      sentence: "A and B are identical: every loss is the same, bit for bit, on the same 210,000 rows.",
      notes: [],
      better: null,
    });
  });

  it("claims nothing before 60 batches are counted", () => {
    const logLoss = { mean: -0.00094, radius: 0.00031, rows: 20_000, batchesToClaim: 40 };
    const found = runVerdict(run({ logLoss }));
    expect(found.better).toBeNull();
    expect(found.sentence).toMatch(/is not clear yet: 0\.00094 ± 0\.00031 log loss for B/);
    expect(found.notes[0]).toBe("Nothing is claimed before 60 batches are counted: 40 to go.");
    expect(runVerdict(run({ logLoss, over: true })).notes[0]).toBe(
      "Nothing is claimed before 60 batches are counted, and there were 20: train on more rows, or in smaller batches.",
    );
  });

  it("says when too little has been seen", () => {
    expect(runVerdict(run({ logLoss: null, rowsSeen: 4096 })).sentence).toBe(
      "The first 4,096 rows set the scale; what A and B do after them counts.",
    );
    expect(runVerdict(run({ logLoss: null, rowsSeen: 4096, over: true })).sentence).toBe(
      "4,096 rows are too few to compare A and B.",
    );
  });
});

describe("the verdict about two configurations", () => {
  it("is about the configurations, and says over how many seeds", () => {
    expect(configurationVerdict(configuration({ auc: { difference: 0.0011, p: 0.004 } }))).toEqual({
      sentence:
        "Configuration B is better than A by 0.00094 ± 0.00031 log loss over 5 seeds of the same 200,000 rows each " +
        "(ΔAUC +0.0011, p = 0.004).",
      notes: [
        "Paired t interval over 5 seeds: it is about the configurations.",
        "ΔAUC is the mean over seeds on the test split, each at its last evaluation; p by a paired t test, after Holm.",
      ],
      better: "second",
    });
  });

  it("says that three seeds prove only large differences", () => {
    const { notes } = configurationVerdict(configuration({ seeds: 3, declaredSeeds: 3 }));
    expect(notes[0]).toContain("prove only large differences; 5 are recommended");
  });

  it("claims nothing within the interval, before the last seed, or with two seeds", () => {
    const wide = configuration({ logLoss: { mean: -0.001, radius: 0.0042, p: 0.5 } });
    expect(configurationVerdict(wide)).toMatchObject({
      sentence:
        "The configurations A and B do not differ clearly: 0.0010 ± 0.0042 log loss for B over 5 seeds of the same 200,000 rows each.",
      better: null,
    });
    expect(configurationVerdict(configuration({ seeds: 2, logLoss: null })).sentence).toBe(
      "2 of 5 seeds are done; A and B are compared when all are.",
    );
    const two = configurationVerdict(configuration({ seeds: 2, declaredSeeds: 2, logLoss: null }));
    expect(two.sentence).toBe("2 seeds are too few to say anything about the configurations A and B.");
    expect(two.notes).toEqual(["At least 3 seeds are needed for that, and 5 are recommended."]);
  });
});

describe("the overview of several members", () => {
  const pair = (first: string, second: string, better: "first" | "second" | null) => ({
    first,
    second,
    verdict: { sentence: "", notes: [], better },
  });

  it("names the one that beats all others, else what is clear, else that nothing is", () => {
    const names = ["A", "B", "C"];
    const champion = [pair("A", "B", "second"), pair("A", "C", null), pair("B", "C", "first")];
    expect(overview(names, champion)).toBe("B is better than every other member.");
    const some = [pair("A", "B", "first"), pair("A", "C", null), pair("B", "C", "second")];
    expect(overview(names, some)).toBe(
      "A is better than B; C is better than B; no other difference is clear.",
    );
    expect(overview(names, [pair("A", "B", null)])).toBe("No difference between members is clear.");
  });
});
