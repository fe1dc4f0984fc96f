// The checkpoint store on a real disk: what it keeps, what it lets go, and what a save that breaks off does to it.

import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { orThrow } from "../../src/base/result.ts";
import { answering } from "../../src/checkpoint/answering.ts";
import { type Checkpoint, decodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { type CheckpointStore, createCheckpointStore } from "../../src/checkpoint/checkpointStore.ts";
import type { CheckpointStoreStorage } from "../../src/checkpoint/storage.ts";
import { openDiskStorage } from "./diskStorage.ts";
import { sampleCheckpoint } from "./sample.ts";

let folder: string;
let storage: CheckpointStoreStorage;
let checkpointStore: CheckpointStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "checkpointStore-"));
  storage = await openDiskStorage(folder);
  checkpointStore = reopened();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** As after a reload: nothing is known but what lies on disk. */
function reopened(budget = 1e9): CheckpointStore {
  return createCheckpointStore({ storage, budget, breathe: async () => {} });
}

function at(step: number, id = "run-1", name = "brisk otter"): Checkpoint {
  const checkpoint = sampleCheckpoint(step);
  Object.assign(checkpoint.run, { id, name, savedAt: 1e12 + step });
  checkpoint.progress.step = step;
  checkpoint.state.step = step;
  return checkpoint;
}

const filesOf = (id: string) =>
  readdirSync(folder)
    .filter((name) => name.startsWith(`${id}.`))
    .map((name) => name.split(".")[1]!)
    .sort();

async function newestStep(from: CheckpointStore, id = "run-1"): Promise<number> {
  return orThrow(await from.load(id)).checkpoint.progress.step;
}

it("keeps two newest that take turns, the best, and a trail at doubling steps", async () => {
  for (let step = 10; step <= 100; step += 10) await checkpointStore.save(at(step), false);
  await checkpointStore.save(at(105), true);
  expect(filesOf("run-1")).toEqual([
    "best-a",
    "newest-a",
    "newest-b",
    "trail-10",
    "trail-20",
    "trail-40",
    "trail-80",
  ]);
  const [run] = await reopened().list();
  expect(run!.files.map(({ kind, summary }) => `${kind} ${summary.progress.step}`)).toEqual([
    "best 105",
    "newest 100",
    "newest 90",
    "trail 80",
    "trail 40",
    "trail 20",
    "trail 10",
  ]);
  expect(orThrow(await reopened().load("run-1"))).toEqual({ checkpoint: at(105), skipped: [] });
});

it("loses nothing but the save that broke off, wherever it broke off", async () => {
  for (const step of [1, 2, 3]) await checkpointStore.save(at(step), false);
  const before = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
  const { name } = await checkpointStore.save(at(4), false);
  const whole = readFileSync(join(folder, name));
  expect(await newestStep(reopened())).toBe(4);
  // What a crash leaves: any prefix, or the right length with a part never written.
  for (const length of [0, 1, 8, 100, whole.length >> 1, whole.length - 1]) {
    writeFileSync(join(folder, name), whole.subarray(0, length));
    expect(await newestStep(reopened()), `cut at ${length}`).toBe(3);
    if (length > 0) truncateSync(join(folder, name), length);
    else writeFileSync(join(folder, name), "");
    truncateSync(join(folder, name), whole.length);
    const torn = orThrow(await reopened().load("run-1"));
    expect(torn.checkpoint.progress.step, `torn at ${length}`).toBe(3);
    for (const [other, bytes] of before)
      if (other !== name) expect(readFileSync(join(folder, other)).equals(bytes)).toBe(true);
  }
});

it("never writes over the good file when the newer one turned out damaged", async () => {
  for (const step of [1, 2, 3]) await checkpointStore.save(at(step), false);
  const [newest] = (await checkpointStore.list())[0]!.files;
  const bytes = readFileSync(join(folder, newest!.name));
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(join(folder, newest!.name), bytes);
  const after = reopened();
  const { checkpoint, skipped } = orThrow(await after.load("run-1"));
  expect(skipped).toMatchObject([{ code: "checkpoint-damaged" }]);
  const kept = (await after.list())[0]!.files.find(
    (file) => file.summary.progress.step === checkpoint.progress.step,
  );
  const { name } = await after.save(at(checkpoint.progress.step + 1), false);
  expect(name).not.toBe(kept!.name);
});

it("keeps within its budget: trails go first, then older files, never a run's newest", async () => {
  const size = (await checkpointStore.save(at(8, "other"), false)).byteLength;
  for (const step of [9, 10, 11]) await checkpointStore.save(at(step, "other"), false);
  const tight = reopened(5.5 * size);
  for (const step of [2, 4, 5, 6, 7]) await tight.save(at(step), false);
  expect((await tight.usage()).byteLength).toBeLessThanOrEqual(5.5 * size);
  expect(await newestStep(tight)).toBe(7);
  expect(await newestStep(tight, "other")).toBe(11);
  expect(filesOf("other").filter((place) => place.startsWith("trail"))).toEqual([]);

  await tight.setBudget(2.5 * size);
  expect(await newestStep(tight)).toBe(7);
  expect(await newestStep(tight, "other")).toBe(11);
  await tight.setBudget(1.5 * size);
  await expect(tight.save(at(20), false)).rejects.toMatchObject({ problem: { code: "storage-budget" } });
  expect(await newestStep(reopened())).toBe(7);
});

it("makes room when the disk is full, and says so when there is none to make", async () => {
  const { byteLength } = await checkpointStore.save(at(2), false);
  let room = 4 * byteLength;
  const full: CheckpointStoreStorage = {
    ...storage,
    async write(name, pieces) {
      const others = (await storage.list()).filter((file) => file.name !== name);
      const used = others.reduce((sum, file) => sum + file.byteLength, 0);
      if (used + byteLength > room) {
        // A real disk fills up in the middle of a file.
        await storage.write(name, [pieces[0]!]);
        throw new DOMException("The disk is full", "QuotaExceededError");
      }
      await storage.write(name, pieces);
    },
  };
  const onFullDisk = createCheckpointStore({ storage: full, budget: 1e9, breathe: async () => {} });
  for (const step of [4, 5, 6, 7, 8, 9]) await onFullDisk.save(at(step), false);
  expect(await newestStep(reopened())).toBe(9);
  room = 0;
  await expect(onFullDisk.save(at(10), false)).rejects.toMatchObject({
    problem: { code: "storage-full", control: "savedRuns" },
  });
  expect(await newestStep(reopened())).toBe(9);
});

it("lets nothing go for a file that somebody else is writing", async () => {
  for (const step of [2, 4, 5, 6]) await checkpointStore.save(at(step), false);
  const before = filesOf("run-1");
  let held = "";
  function refuse(): never {
    throw new DOMException("The file is locked", "NoModificationAllowedError");
  }
  const locked: CheckpointStoreStorage = {
    ...storage,
    async write(name) {
      held = name;
      refuse();
    },
    remove: async (name) => (name === held ? refuse() : storage.remove(name)),
  };
  const onHeld = createCheckpointStore({ storage: locked, budget: 1e9, breathe: async () => {} });
  await expect(onHeld.save(at(7), false)).rejects.toMatchObject({
    problem: { sentence: "The run could not be saved in this browser: The file is locked." },
  });
  expect(filesOf("run-1")).toEqual(before);
  expect(await newestStep(reopened())).toBe(6);
});

it("gives a checkpoint the name that its run has by now, and the rest of it as it was", async () => {
  await checkpointStore.save(at(3), false);
  for (const name of ["brisk otter", "sly fox"]) {
    const blob = await checkpointStore.exportNewest("run-1", name);
    const { run, ...rest } = orThrow(decodeCheckpoint(new Uint8Array(await blob!.arrayBuffer()), "exported"));
    expect(run.name).toBe(name);
    expect(rest).toEqual(withoutRun(at(3)));
  }
  expect(await checkpointStore.exportNewest("none", "none")).toBeNull();
});

it("deletes in a way that can be undone, and that every tab sees", async () => {
  await checkpointStore.save(at(3), false);
  await checkpointStore.save(at(5, "second"), false);
  const { byteLength } = await checkpointStore.usage();
  await checkpointStore.delete("run-1");
  const other = reopened();
  expect((await other.list()).map(({ id }) => id)).toEqual(["second"]);
  expect((await other.usage()).byteLength).toBeLessThan(byteLength);
  expect(await other.load("run-1")).toMatchObject({ ok: false, problem: { code: "run-not-saved" } });
  await other.restore("run-1");
  expect(await newestStep(checkpointStore)).toBe(3);
  expect(await checkpointStore.usage()).toEqual({ byteLength, budget: 1e9 });

  await checkpointStore.remove("run-1");
  expect(filesOf("run-1")).toEqual([]);
  expect(await newestStep(checkpointStore, "second")).toBe(5);
});

it("takes the room of deleted runs first, and keeps a budget that another tab has set", async () => {
  const { byteLength } = await checkpointStore.save(at(3), false);
  await checkpointStore.save(at(5, "second"), false);
  await checkpointStore.delete("second");
  await reopened().setBudget(2.5 * byteLength);
  expect((await checkpointStore.usage()).budget).toBe(2.5 * byteLength);
  await checkpointStore.save(at(6, "third"), false);
  expect(filesOf("second")).toEqual(["deleted"]);
  expect((await reopened().list()).map(({ id }) => id)).toEqual(["third", "run-1"]);
});

function withoutRun({ run: _, ...rest }: Checkpoint): Omit<Checkpoint, "run"> {
  return rest;
}

it.each(["list", "read", "write", "remove"] as const)(
  "saves again after a %s that is never answered, and deletes nothing for it",
  async (call) => {
    for (let step = 10; step <= 40; step += 10) await checkpointStore.save(at(step), false);
    const before = filesOf("run-1");
    let isSilent = true;
    // What does answer has all the time that a busy disk takes.
    const limited = answering({ ...storage, [call]: () => new Promise(() => {}) }, 50);
    const silent = {
      ...storage,
      [call]: (...args: never[]) =>
        ((isSilent ? limited : storage)[call] as (...all: never[]) => unknown)(...args),
    };
    const store = createCheckpointStore({ storage: silent, budget: 1e9, breathe: async () => {} });
    const asked = call === "remove" ? store.remove("run-2") : store.save(at(50), false);
    await expect(asked).rejects.toMatchObject({ problem: { code: "storage-silent" } });
    expect(filesOf("run-1")).toEqual(before);
    isSilent = false;
    await store.save(at(60), false);
    expect(await newestStep(reopened())).toBe(60);
  },
);

it("keeps an arena's member in free space alone, and lets it go before anything else", async () => {
  await checkpointStore.save(at(10), false);
  const one = (await checkpointStore.usage()).byteLength;
  const tight = reopened(2.5 * one);
  const { kind } = await tight.saveMember(at(10, "arena-1-1", "order 1"));
  expect(kind).toBe("member");
  expect(await newestStep(tight, "arena-1-1")).toBe(10);
  // Nothing makes way for a second one.
  await expect(tight.saveMember(at(10, "arena-1-2", "order 2"))).rejects.toMatchObject({
    problem: { code: "storage-budget" },
  });
  expect(filesOf("arena-1-2")).toEqual([]);
  expect(await newestStep(tight, "arena-1-1")).toBe(10);
  // Of other runs not even the trail makes way before it.
  await tight.save(at(20), false);
  expect(filesOf("arena-1-1")).toEqual([]);
  expect(filesOf("run-1")).toEqual(["trail-10", "trail-20"]);
});
