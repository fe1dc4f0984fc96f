// What earlier versions wrote opens in this one, with the same content.

import { describe, expect, it } from "vitest";
import type { NamedArrays } from "../../src/base/batch.ts";
import { orThrow } from "../../src/base/result.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { diskFolder } from "../../src/cli/files.ts";
import { parseConfig, parseConfigText } from "../../src/model/config.ts";
import { parseArenaFile } from "../../src/runs/arenaRecord.ts";
import { parseRunsFile, runsToCsv, runsToJson } from "../../src/runs/runsFile.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { parseHash } from "../../src/store/configuration/share.ts";
import { VERSIONS, writtenBy } from "./written.ts";

describe.each(VERSIONS)("files of version %s", (version) => {
  const written = writtenBy(version);
  const runs = "profile/opfs/runs";

  it("checkpoints hold what that version read in them, and are written again as they were", async () => {
    const expected = JSON.parse(written.text("checkpoints.json")) as Record<string, object>;
    expect(written.names(runs).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, figures] of Object.entries(expected)) {
      const bytes = written.bytes(`${runs}/${name}`);
      const checkpoint = orThrow(decodeCheckpoint(bytes, name));
      expect(figuresOf(checkpoint), name).toEqual(figures);
      const again = new Uint8Array(await new Blob(await encodeCheckpoint(checkpoint)).arrayBuffer());
      expect(orThrow(decodeCheckpoint(again, name)), name).toEqual(checkpoint);
    }
  });

  it.each(["packed", "parquet"])("a data set in %s shards has all its rows", async (format) => {
    const dataset = await openDataset(diskFolder(written.path(format)));
    const { splits } = dataset.manifest;
    for (const split of ["train", "valid", "test"] as const) {
      let [rows, positives] = [0, 0];
      for await (const batch of dataset.batches({
        split,
        batchSize: 32,
        integers: "bucket",
        shuffle: null,
      })) {
        rows += batch.rowCount;
        positives += batch.labels.reduce((sum, label) => sum + label, 0);
      }
      expect({ rows, positives }).toEqual({ rows: splits[split].rows, positives: splits[split].positives });
    }
    await dataset.close();
  });

  it("exported runs have every point, and are exported again with every column they had", () => {
    const kept = orThrow(parseRunsFile("runs.json", written.text("runs.json")));
    const again = runsToJson(kept).join("");
    const fromReport = orThrow(parseRunsFile("report.html", written.text("runs-report.html")));
    expect(runsToJson(fromReport).join("")).toBe(again);
    // A run that was cut off does not continue where it is imported.
    const before = written.text("runs.json").replaceAll('"status":"running"', '"status":"stopped"');
    expect(JSON.parse(again)).toMatchObject(JSON.parse(before) as object);
    const [old, now] = [written.text("runs.csv"), runsToCsv(kept).join("")].map(csvColumns);
    for (const [name, values] of old!) expect(now!.get(name), name).toEqual(values);
  });

  it("an arena's report has its members, verdicts and curves", () => {
    const { record, curves } = orThrow(parseArenaFile("arena.html", written.text("arena.html")));
    expect(record.members.map(({ name }) => name)).toEqual(["A", "A 2"]);
    expect(record.seedVerdicts).toHaveLength(3);
    expect(curves.members.map(({ length }) => length > 0)).toEqual([true, true]);
    expect(curves.pairs[0]!.length).toBeGreaterThan(0);
  });

  it("links and a configuration carry what was set up", async () => {
    const links = JSON.parse(written.text("links.json")) as Record<"settings" | "arena", string>;
    const settings = orThrow(await parseHash(links.settings));
    expect(settings).toMatchObject({
      config: { embeddingDim: 2, schedule: { type: "plateau", patience: 100 } },
    });
    const arena = orThrow(await parseHash(links.arena));
    expect(arena).toMatchObject({ seeds: 3, members: [{ name: "A" }, { name: "A 2" }] });
    const config = orThrow(
      parseConfig(orThrow(parseConfigText(written.text("configuration.json"), "configuration.json"))),
    );
    expect(config).toMatchObject(JSON.parse(written.text("configuration.json")) as object);
  });
});

/** A checkpoint in a few numbers, as `checkpoints.json` has them. */
function figuresOf({ run, progress, best, history, meter, state }: Checkpoint): object {
  const sum = (arrays: NamedArrays) =>
    [...arrays.values()].reduce((all, { values }) => all + values.reduce((a, b) => a + b, 0), 0);
  const [point, evaluation] = [history.progress.at(-1)!, history.evaluations.at(-1)!];
  return {
    name: run.name,
    step: progress.step,
    ended: progress.ended,
    bestStep: progress.best?.step ?? null,
    bestAuc: progress.best?.auc?.fused ?? null,
    progressPoints: history.progress.length,
    evaluations: history.evaluations.length,
    lastLogLoss: point.logLoss.fused,
    lastBranchTwo: point.logLoss.branches[1],
    lastTestAuc: evaluation.auc!.fused,
    parameters: sum(state.parameters),
    moments: sum(state.firstMoments),
    best: best && sum(best.parameters),
    meterRows: meter.rows,
    window: meter.labels.length,
  };
}

/** The columns of a CSV file by their names; its comments are left out, and no name of a run has a comma. */
function csvColumns(text: string): Map<string, string[]> {
  const [head, ...rows] = text
    .trimEnd()
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.split(",").map((cell) => cell.replace(/^"(.*)"$/, "$1")));
  return new Map(head!.map((name, i) => [name, rows.map((row) => row[i]!)]));
}
