// The library of runs: what earlier versions left, what two tabs make of it, and what each verb does to all of a run.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { orThrow } from "../../src/base/result.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { encodeCurves } from "../../src/checkpoint/curves.ts";
import type { LastRun } from "../../src/library/database.ts";
import type { StoredArena } from "../../src/runs/arenaRecord.ts";
import { fromSent, fromStored, type StoredCurves, toSent, toStored } from "../../src/runs/curves.ts";
import type { RunRecord } from "../../src/runs/record.ts";
import { createRuns } from "../../src/store/library/runs.ts";
import { sampleCheckpoint } from "../checkpoint/sample.ts";
import { madeEvaluation, madeRun } from "../runs/madeRun.ts";
import { plainProfile } from "../versions/profile.ts";
import { writtenBy } from "../versions/written.ts";
import { createLibraryTabs, type LibraryTabs } from "./tabs.ts";

const quiet = { onEvent() {}, onDeath() {} };

/** A run that is kept, with a checkpoint. */
async function keptRun(tabs: LibraryTabs, runId: string, change: Partial<RunRecord> = {}) {
  const { record, curves } = madeRun(10);
  const kept = { ...record, runId, name: runId, ...change };
  await tabs.connect(quiet).call("keepRun", { record: kept, curves: toSent(toStored(curves)) });
  const checkpoint = sampleCheckpoint(7);
  Object.assign(checkpoint.run, { id: runId, name: runId, savedAt: 1e12 });
  await tabs.checkpoints.save(checkpoint, false);
  return { record: kept, curves };
}

it("takes over what version 0.1.0 kept, once, and loses nothing", async () => {
  const tabs = await createLibraryTabs();
  const written = writtenBy("0.1.0");
  const { records, curves, arenas } = plainProfile("0.1.0").stores;
  for (const { value } of records!) {
    const record = value as RunRecord;
    const own = curves!.find(({ key }) => key === record.runId)!.value as StoredCurves;
    await tabs.database.put({ record, deletedAt: null }, own);
  }
  for (const { value } of arenas!) await tabs.database.putArena(value as StoredArena);
  const files = written.names("profile/opfs/runs");
  for (const name of files)
    writeFileSync(join(tabs.folder, name), written.bytes(`profile/opfs/runs/${name}`));

  const library = tabs.connect(quiet);
  const { runs, usage } = await library.call("listRuns", {});
  expect(runs).toHaveLength(records!.length + 1);
  for (const { value } of records!)
    expect(runs.find(({ runId }) => runId === (value as RunRecord).runId)).toMatchObject(value as RunRecord);
  const sizes = files.map((name) => written.bytes(`profile/opfs/runs/${name}`).length);
  expect(usage!.byteLength).toBe(sizes.reduce((a, b) => a + b, 0));

  const named = (name: string) => runs.find((run) => run.name === name)!;
  expect(named("The baseline <b>").checkpoint!.files).toBe(3);
  expect(named("own configuration 2").checkpoint).toBeNull();
  // Its row had been deleted, and its checkpoint stayed.
  expect(named("sly fox")).toMatchObject({
    status: "completed",
    step: 15,
    totalSteps: 15,
    results: { testAuc: { value: expect.closeTo(0.65223, 5) } },
    data: { location: { type: "demo", rows: 1000, seed: 1 } },
  });
  const adopted = await library.call("runCurves", { runId: named("sly fox").runId });
  expect(fromStored(fromSent(adopted!)).progress.length).toBe(15);
  const unfinished = named("own configuration 4");
  expect(unfinished.checkpoint!.summary.progress).toMatchObject({ step: 117, ended: null });
  const before = curves!.find(({ key }) => key === unfinished.runId)!.value as StoredCurves;
  expect(fromSent((await library.call("runCurves", { runId: unfinished.runId }))!)).toEqual(before);
  expect(await library.call("listArenas", {})).toHaveLength(1);

  // Names are taken over once: from then on those of the list count.
  await library.call("editRuns", { runIds: [unfinished.runId], edit: { name: "renamed", note: "" } });
  const again = await tabs.connect(quiet).call("listRuns", {});
  expect(again.runs.find(({ runId }) => runId === unfinished.runId)).toMatchObject({
    name: "renamed",
    note: "",
  });
});

it("keeps both names of a run that had two", async () => {
  const tabs = await createLibraryTabs();
  await keptRun(tabs, "run", { name: "in the table", note: "mine" });
  const { runs } = await tabs.connect(quiet).call("listRuns", {});
  expect(runs[0]).toMatchObject({ name: "in the table", note: "mine\nIts checkpoints were called “run”." });
  // A checkpoint that is taken along has the name of the list.
  const { name, blob } = await tabs.connect(quiet).call("exportCheckpoints", { runIds: ["run"] });
  expect(name).toBe("in-the-table.safetensors");
  const taken = orThrow(decodeCheckpoint(new Uint8Array(await blob.arrayBuffer()), name));
  expect(taken.run.name).toBe("in the table");
  const all = await tabs.connect(quiet).call("exportCheckpoints", { runIds: null });
  expect(all.name).toBe("final-studio-runs.zip");
  expect(all.blob.size).toBeGreaterThan(blob.size);
});

it("deletes all of a run, and brings all of it back", async () => {
  const tabs = await createLibraryTabs();
  const { record, curves } = await keptRun(tabs, "gone");
  await keptRun(tabs, "stays");
  const library = tabs.connect(quiet);
  const before = await library.call("listRuns", {});

  tabs.open.add("gone");
  await expect(library.call("deleteRuns", { runIds: ["gone"] })).rejects.toMatchObject({
    problem: { code: "run-elsewhere" },
  });
  tabs.open.clear();
  await library.call("deleteRuns", { runIds: ["gone"] });
  const without = await library.call("listRuns", {});
  // A page that comes back can still undo it.
  expect(without.deleted).toEqual([{ runId: "gone", name: record.name }]);
  expect(without.runs.map(({ runId }) => runId)).toEqual(["stays"]);
  expect(without.usage!.byteLength).toBeLessThan(before.usage!.byteLength);
  // What was on its way when it was deleted does not bring it back.
  await library.call("keepRun", { record, curves: toSent(toStored(curves)) });
  expect((await library.call("listRuns", {})).runs).toHaveLength(1);

  await library.call("restoreRuns", { runIds: ["gone"] });
  expect(await library.call("listRuns", {})).toEqual(before);

  await library.call("deleteRuns", { runIds: ["gone"] });
  tabs.time.now += 2 * 60 * 60 * 1000;
  await library.call("deleteRuns", { runIds: ["stays"] });
  expect((await tabs.database.records()).map((kept) => kept.record.runId)).toEqual(["stays"]);
  await library.call("restoreRuns", { runIds: ["gone", "stays"] });
  const { runs } = await library.call("listRuns", {});
  expect(runs.map(({ runId, checkpoint }) => [runId, checkpoint !== null])).toEqual([["stays", true]]);
});

it("keeps what a person wrote on a run that continues, whichever tab it was", async () => {
  const tabs = await createLibraryTabs();
  const { record, curves } = await keptRun(tabs, "live", { status: "running", step: 3 });
  const other = tabs.connect(quiet);
  await other.call("editRuns", { runIds: ["live"], edit: { name: "sly fox", tags: ["mine"] } });
  await other.call("pinRun", { runId: "live" });
  await tabs
    .connect(quiet)
    .call("keepRun", { record: { ...record, step: 9 }, curves: toSent(toStored(curves)) });
  const { runs } = await other.call("listRuns", {});
  expect(runs[0]).toMatchObject({ name: "sly fox", tags: ["mine"], isBaseline: true, step: 9 });
});

it("keeps evaluations with a run that trains, in every tab and in its file, until they are deleted", async () => {
  const tabs = await createLibraryTabs();
  const { record, curves } = await keptRun(tabs, "run", { evaluations: [] });
  const [here, there] = [createRuns(tabs.connect), createRuns(tabs.connect)];
  await Promise.all([here.load(), there.load()]);
  here.addEvaluation("run", madeEvaluation("one"));
  here.addEvaluation("run", madeEvaluation("two"));
  // The tab that trains the run does not know of them yet.
  here.keep(record, curves, true);
  const ids = (runs: typeof here) => runs.find("run")!.evaluations.map(({ id }) => id);
  await expect.poll(() => ids(there)).toEqual(["one", "two"]);
  there.removeEvaluation("run", "one");
  await expect.poll(() => ids(here)).toEqual(["two"]);
  const file = await (await here.exported(["run"], "json"))!.text();
  expect(JSON.parse(file).runs[0].record.evaluations).toEqual([madeEvaluation("two")]);
});

it("lets a page that is left write every edit that is not confirmed, and none that is", async () => {
  const tabs = await createLibraryTabs();
  await keptRun(tabs, "a");
  await keptRun(tabs, "b", { isBaseline: true });
  await keptRun(tabs, "c");
  await keptRun(tabs, "d", { evaluations: [] });
  await keptRun(tabs, "e", { evaluations: [madeEvaluation("two")] });
  const left: LastRun[] = [];
  const here = createRuns(tabs.connect, async () => ({ write: (runs) => void left.push(...runs) }));
  await here.load();
  here.edit("a", { name: "renamed" });
  here.togglePin("c");
  here.addEvaluation("d", madeEvaluation("one"));
  here.removeEvaluation("e", "two");
  here.writeUnconfirmed();
  expect(left.map(({ record, curves }) => [record.name, record.isBaseline, curves])).toEqual([
    ["renamed", false, undefined],
    ["b", false, undefined],
    ["c", true, undefined],
    ["d", false, undefined],
    ["e", false, undefined],
  ]);
  expect(left.slice(3).map(({ record }) => record.evaluations)).toEqual([[madeEvaluation("one")], []]);
  await expect
    .poll(() => {
      left.length = 0;
      here.writeUnconfirmed();
      return left;
    })
    .toEqual([]);
});

it("keeps what a run's model has learned while the run continues, the newest in place of the one before", async () => {
  const tabs = await createLibraryTabs();
  const { record, curves } = await keptRun(tabs, "run");
  const here = createRuns(tabs.connect);
  await here.load();
  const insight = (step: number) => ({
    step,
    split: "test" as const,
    rows: 9,
    fields: [],
    interactions: null,
    gradients: null,
  });
  here.keepInsight("run", insight(4));
  here.keepInsight("run", insight(8));
  here.keep(record, curves, true);
  const exported = async () => JSON.parse(await (await here.exported(["run"], "json"))!.text());
  await expect.poll(async () => (await exported()).runs[0].record.insight).toEqual(insight(8));
});

it("exports runs and reads them again, and counts those that are here", async () => {
  const tabs = await createLibraryTabs();
  await keptRun(tabs, "a");
  await keptRun(tabs, "b");
  const library = tabs.connect(quiet);
  const { blob } = await library.call("exportRuns", {
    runIds: ["b", "a"],
    format: "json",
    charts: [],
    links: {},
  });
  await library.call("deleteRuns", { runIds: ["a"] });
  expect(await library.call("importRuns", { name: "runs.json", file: blob })).toEqual({
    added: 1,
    doubles: 1,
  });
  const again = await library.call("exportRuns", {
    runIds: ["b", "a"],
    format: "csv",
    charts: [],
    links: {},
  });
  expect((await again.blob.text()).split("\n").filter((line) => line.startsWith("a,"))).toHaveLength(13);
  await expect(library.call("importRuns", { name: "x", file: new Blob(["{}"]) })).rejects.toMatchObject({
    problem: { code: "runs-file-invalid" },
  });
});

it("keeps the run of a checkpoint, or of a file of its curves, without its weights", async () => {
  const tabs = await createLibraryTabs();
  const library = tabs.connect(quiet);
  const checkpoint = sampleCheckpoint();
  const bring = async (name: string, pieces: Uint8Array<ArrayBuffer>[]) =>
    library.call("importRuns", { name, file: new Blob(pieces) });
  expect(await bring("curves.safetensors", await encodeCurves(checkpoint))).toEqual({ added: 1, doubles: 0 });
  const { runs } = await library.call("listRuns", {});
  const { run, config, progress, history } = checkpoint;
  expect(runs).toMatchObject([
    { runId: run.id, name: run.name, config, step: progress.step, checkpoint: null, shown: true },
  ]);
  expect(["stopped", "completed", "early-stopped"]).toContain(runs[0]!.status);
  const { blob } = await library.call("exportRuns", {
    runIds: [run.id],
    format: "csv",
    charts: [],
    links: {},
  });
  const points = (await blob.text()).split("\n").filter((line) => line.startsWith(`${run.id},`));
  expect(points).toHaveLength(history.progress.length + history.evaluations.length);
  expect(await bring("whole.safetensors", await encodeCheckpoint(checkpoint))).toEqual({
    added: 0,
    doubles: 1,
  });
  await expect(bring("noise.safetensors", [new Uint8Array(99)])).rejects.toHaveProperty("problem");
});

it("shows in one tab what another one has changed", async () => {
  const tabs = await createLibraryTabs();
  await keptRun(tabs, "one", { startedAt: 1 });
  await keptRun(tabs, "two", { startedAt: 2 });
  const [here, there] = [createRuns(tabs.connect), createRuns(tabs.connect)];
  await Promise.all([here.load(), there.load()]);
  const seen = (runs: typeof here) => runs.store.getState().records.map(({ name }) => name);
  expect(seen(there)).toEqual(["two", "one"]);

  here.edit("one", { name: "first" });
  expect(seen(here)).toEqual(["two", "first"]);
  await expect.poll(() => seen(there)).toEqual(["two", "first"]);
  there.togglePin("two");
  await expect.poll(() => here.find("two")!.isBaseline).toBe(true);
  await here.remove(["two"]);
  expect(here.store.getState().deleted.map(({ runId }) => runId)).toEqual(["two"]);
  await expect.poll(() => seen(there)).toEqual(["first"]);
  await here.restore();
  await expect.poll(() => seen(there)).toEqual(["two", "first"]);
  expect(there.find("two")).toMatchObject({ isBaseline: true, checkpoint: { files: 1 } });
});

it("lists a run that trains as far as it is here, and leaves rows alone that did not change", async () => {
  const tabs = await createLibraryTabs();
  await keptRun(tabs, "kept", { startedAt: 1 });
  const runs = createRuns(tabs.connect);
  await runs.load();
  const kept = runs.find("kept");
  const { record, curves } = madeRun(10);
  const live: RunRecord = { ...record, runId: "live", status: "running", step: 5 };
  runs.keep(live, curves, true);
  // As the page does it: out of what the list has.
  runs.keep({ ...runs.find("live")!, step: 8 }, curves, true);
  await expect.poll(() => tabs.database.curves("live")).not.toBeNull();
  await runs.refresh();
  expect(runs.find("live")).toMatchObject({ step: 8 });
  expect(runs.find("kept")).toBe(kept);
  expect(runs.store.getState().problem).toBeNull();
  runs.keep({ ...live, step: 10, status: "completed" }, curves, true);
  runs.keep({ ...live, step: 10, status: "completed" }, curves, false);
  const written = async () => (await tabs.database.records()).find((one) => one.record.runId === "live");
  await expect.poll(written).toMatchObject({ record: { status: "completed", step: 10 } });
  await runs.remove(["live"]);
  expect(runs.store.getState().records.map(({ runId }) => runId)).toEqual(["kept"]);
});
