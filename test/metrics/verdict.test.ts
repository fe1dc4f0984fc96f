import { describe, expect, it } from "vitest";
import {
  disagreement,
  heldOutOverview,
  heldOutVerdict,
  scopeInWords,
} from "../../src/metrics/heldOutVerdict.ts";
import { type LearningFinding, learningVerdict, meanOverSeeds } from "../../src/metrics/learningVerdict.ts";
import type { Finding } from "../../src/metrics/simultaneous.ts";
import { interval, winsInWords } from "../../src/metrics/verdict.ts";

function learning(changes: Partial<LearningFinding>): LearningFinding {
  return {
    first: "A",
    second: "B",
    identical: false,
    rowsToTell: 0,
    rowsSeen: 210_000,
    seeds: 1,
    over: false,
    logLoss: { mean: -0.00094, radius: 0.00031, rows: 200_000, batchesToClaim: 0 },
    ...changes,
  };
}

/** Over five seeds of 10,000 rows. */
function finding(mean: number, radius: number): Finding {
  const common = { seeds: 5, overSeeds: true, seedVariance: 1e-6, rowVariance: 6e-7, rowCovariance: 4e-7 };
  const isClear = Math.abs(mean) > radius;
  return { mean, radius, isClear, p: isClear ? 0.001 : 0.4, standardError: radius / 2.4, ...common };
}
const none = finding(0.0001, 0.0021);
const scope = { rows: 9908, seeds: 5, pairs: 1 };
const pair = { first: "A", second: "B" };

describe("the verdict on held-out rows", () => {
  it("says by how much log loss and AUC of the better one are better", () => {
    const found = { ...pair, logLoss: finding(-0.0043, 0.0012), auc: finding(0.005, 0.0021) };
    expect(heldOutVerdict(found, scope)).toEqual({
      sentence: "B is better than A: test log loss lower by 0.0043 ± 0.0012, AUC higher by 0.0050 ± 0.0021.",
      notes: [],
      better: "second",
    });
    const turned = { ...pair, logLoss: finding(0.0043, 0.0012), auc: finding(-0.005, 0.0021) };
    expect(heldOutVerdict(turned, scope)).toMatchObject({
      sentence: "A is better than B: test log loss lower by 0.0043 ± 0.0012, AUC higher by 0.0050 ± 0.0021.",
      better: "first",
    });
  });

  it("says which of the two figures is not clear, and for whom it is", () => {
    const loss = heldOutVerdict(
      { ...pair, logLoss: finding(-0.0043, 0.0012), auc: finding(-0.001, 0.0021) },
      scope,
    );
    expect(loss).toMatchObject({
      sentence:
        "B is better than A: test log loss lower by 0.0043 ± 0.0012; AUCs do not differ clearly (AUC higher by 0.0010 ± 0.0021 with the other).",
      better: "second",
    });
    const auc = heldOutVerdict(
      { ...pair, logLoss: finding(-0.0003, 0.0012), auc: finding(0.005, 0.0021) },
      scope,
    );
    expect(auc).toMatchObject({
      sentence:
        "B ranks better than A: AUC higher by 0.0050 ± 0.0021; log losses do not differ clearly (test log loss lower by 0.0003 ± 0.0012 with B).",
      better: null,
    });
    const opposed = heldOutVerdict(
      { ...pair, logLoss: finding(-0.0043, 0.0012), auc: finding(-0.005, 0.0021) },
      scope,
    );
    expect(opposed).toMatchObject({
      sentence: "B has the test log loss lower by 0.0043 ± 0.0012, A the AUC higher by 0.0050 ± 0.0021.",
      better: null,
    });
  });

  it("claims nothing within the interval, and says how many seeds or rows would decide it", () => {
    const found = heldOutVerdict({ ...pair, logLoss: finding(-0.0019, 0.0021), auc: none }, scope);
    expect(found).toMatchObject({
      sentence:
        "A and B do not differ clearly: test log loss lower by 0.0019 ± 0.0021 with B, AUC higher by 0.0001 ± 0.0021 with B.",
      better: null,
    });
    expect(found.notes[0]).toMatch(
      /^A log loss difference as small as this is found in 80 % of studies with \d+ seeds on these rows, or with these seeds on about [\d,]+ rows\.$/,
    );
    expect(found.notes[1]).toMatch(/^An AUC difference as small as this /);
    const clearLoss = heldOutVerdict({ ...pair, logLoss: finding(-0.0043, 0.0012), auc: none }, scope);
    expect(clearLoss.notes).toEqual([found.notes[1]]);
    const small = heldOutVerdict({ ...pair, logLoss: finding(-0.001, 0.0021), auc: none }, scope);
    expect(small.notes[0]).toMatch(/80 % of studies with 20 seeds on about [\d,]+ rows\.$/);
    const tiny = heldOutVerdict({ ...pair, logLoss: finding(-0.000001, 0.0021), auc: null }, scope);
    expect(tiny.notes[0]).toContain("neither with 50 seeds nor with 1,000 times the rows");
  });

  it("calls identical members identical", () => {
    const logLoss = { ...finding(0, 0), p: null };
    expect(heldOutVerdict({ ...pair, logLoss, auc: logLoss }, scope).sentence).toBe(
      "A and B are identical: every test loss is the same.",
    );
  });

  it("says what it is about: new seeds and rows, or new rows alone", () => {
    expect(scopeInWords(scope)).toBe(
      "For new seeds and new rows like these: 5 seeds × 9,908 test rows at the last evaluation, which was declared before training; 95 % intervals.",
    );
    expect(scopeInWords({ ...scope, seeds: 1, pairs: 3 })).toMatch(
      /^This trained model, on new rows like these: 1 seed × 9,908 test rows .* intervals, corrected for 3 pairs \(Holm\)\.$/,
    );
    expect(scopeInWords({ ...scope, seeds: 2 })).toMatch(/^These trained models, on new rows like these/);
  });

  it("says where it differs from the first pass", () => {
    expect(disagreement(pair, "first", "first")).toBeNull();
    expect(disagreement(pair, null, null)).toBeNull();
    expect(disagreement(pair, "first", null)).toBe("A learned faster, and ended no better.");
    expect(disagreement(pair, "first", "second")).toBe("A learned faster, but B ended better.");
    expect(disagreement(pair, null, "second")).toBe(
      "B ended better, though it did not learn clearly faster.",
    );
  });

  it("names what is clear among several members, by each figure", () => {
    const clear = finding(-0.0043, 0.0012);
    const pairs = [
      { first: "A", second: "B", logLoss: clear, auc: none },
      { first: "A", second: "C", logLoss: clear, auc: finding(0.005, 0.0021) },
      { first: "B", second: "C", logLoss: clear, auc: none },
    ];
    expect(heldOutOverview(["A", "B", "C"], pairs)).toBe(
      "By log loss, C is better than every other member. By AUC, C is better than A; no other difference is clear.",
    );
    const unclear = pairs.map((one) => ({ ...one, logLoss: none, auc: none }));
    expect(heldOutOverview(["A", "B", "C"], unclear)).toBe(
      "No difference between members is clear on held-out rows.",
    );
  });
});

describe("the verdict while learning", () => {
  it("says who learned faster, and on which rows", () => {
    expect(learningVerdict(learning({}))).toEqual({
      sentence:
        "B learned faster than A: first-pass log loss lower by 0.00094 ± 0.00031 on the same 200,000 rows.",
      notes: [],
      better: "second",
    });
    const over = learningVerdict(learning({ seeds: 3, over: true }));
    expect(over.sentence).toContain("in the mean of 3 seeds, on 200,000 rows each.");
  });

  it("says that a difference is not clear yet, and how many rows more would decide it", () => {
    const found = learning({
      logLoss: { mean: 0.0002, radius: 0.0011, rows: 80_000, batchesToClaim: 0 },
      rowsToTell: 912_345,
    });
    expect(learningVerdict(found)).toEqual({
      sentence:
        "Neither A nor B learns clearly faster yet: first-pass log loss lower by 0.0002 ± 0.0011 with A on the same 80,000 rows.",
      notes: ["If it stays so, about 920,000 rows more will decide it."],
      better: null,
    });
    expect(learningVerdict({ ...found, over: true })).toMatchObject({
      sentence: expect.stringContaining("Neither A nor B learned clearly faster: "),
      notes: ["If it stayed so, about 920,000 rows more than these 80,000 would decide it."],
    });
    expect(learningVerdict({ ...found, rowsToTell: null }).notes).toEqual([
      "If it stays so small, no number of rows that could be trained on would decide it.",
    ]);
  });

  it("claims nothing before 60 batches are counted", () => {
    const logLoss = { mean: -0.00094, radius: 0.00031, rows: 20_000, batchesToClaim: 40 };
    const found = learningVerdict(learning({ logLoss }));
    expect(found.better).toBeNull();
    expect(found.notes[0]).toBe("Nothing is claimed before 60 batches are counted: 40 to go.");
    expect(learningVerdict(learning({ logLoss, over: true })).notes[0]).toBe(
      "Nothing is claimed before 60 batches are counted, and there were 20: train on more rows, or in smaller batches.",
    );
  });

  it("calls identical members identical, and says when too little has been seen", () => {
    expect(learningVerdict(learning({ identical: true, logLoss: null })).sentence).toBe(
      "A and B are identical: every loss is the same, bit for bit, on the same 210,000 rows.",
    );
    expect(learningVerdict(learning({ logLoss: null, rowsSeen: 4096 })).sentence).toBe(
      "The first 4,096 rows set the scale; what A and B do after them counts.",
    );
    expect(learningVerdict(learning({ logLoss: null, rowsSeen: 4096, over: true })).sentence).toBe(
      "4,096 rows are too few to compare how A and B learn.",
    );
  });

  it("averages seeds, and claims only when every one may", () => {
    const one = { mean: -0.002, radius: 0.001, rows: 1000, batchesToClaim: 0 };
    expect(meanOverSeeds([one, { mean: 0, radius: 0.003, rows: 900, batchesToClaim: 5 }])).toEqual({
      mean: -0.001,
      radius: 0.002,
      rows: 900,
      batchesToClaim: 5,
    });
    expect(meanOverSeeds([])).toBeNull();
  });
});

describe("numbers in a verdict", () => {
  it("never round an interval so that it touches 0 or leaves it", () => {
    expect(interval(-0.00094, 0.00031)).toBe("0.00094 ± 0.00031");
    expect(interval(0.000364, 0.000358)).toBe("0.000364 ± 0.000358");
    expect(interval(0.000358, 0.000364)).toBe("0.000358 ± 0.000364");
    expect(interval(0.00036001, 0.00035999)).toBe("0.00036001 ± 0.00035999");
    expect(interval(0.01, 0)).toBe("0.010 ± 0.000");
  });

  it("name who beats all others, else what is clear", () => {
    const names = ["A", "B", "C"];
    const wins = [
      { winner: "B", loser: "A" },
      { winner: "B", loser: "C" },
    ];
    expect(winsInWords(names, wins, "is better than")).toBe("B is better than every other member");
    expect(winsInWords(names, wins.slice(1), "learned faster than")).toBe(
      "B learned faster than C; no other difference is clear",
    );
    expect(winsInWords(["A", "B"], wins.slice(0, 1), "is better than")).toBe("B is better than A");
    expect(winsInWords(names, [], "is better than")).toBeNull();
  });
});
