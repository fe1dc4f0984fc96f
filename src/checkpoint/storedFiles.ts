// The files of the checkpoint store: how they are named, which are there, and which may go.

import type { Checkpoint } from "./checkpoint.ts";
import type { CheckpointStoreStorage } from "./storage.ts";
import { type CheckpointSummary, peekCheckpoint } from "./summary.ts";

/** A file of the checkpoint store, as its first bytes describe it; whether the rest is good is known when it is opened. */
export interface SavedFile {
  name: string;
  kind: "newest" | "best" | "trail" | "member";
  byteLength: number;
  summary: CheckpointSummary;
}

/** A run in the checkpoint store. */
export interface StoredRun {
  id: string;
  /** Newest first. */
  files: SavedFile[];
}

/** Beside the files of a run that was deleted. */
export const DELETED = ".deleted";
/** Enough for the header of any checkpoint with a few hundred tensors. */
const HEAD_BYTES = 512 * 1024;

export interface StoredFiles {
  /** All runs, deleted ones too, the one saved last first. */
  runs(): Promise<StoredRun[]>;
  /** Those that are not deleted. */
  keptRuns(): Promise<StoredRun[]>;
  deletedRuns(): Promise<Set<string>>;
  /** What may be removed for a save to `target`, the least worth first: broken files, deleted runs, expendable ones. */
  removable(target: string): Promise<{ name: string; byteLength: number }[]>;
  /** The file is written anew. */
  forget(name: string): void;
}

/** The files of `storage`; those of other programs are passed over. */
export function createStoredFiles(storage: CheckpointStoreStorage): StoredFiles {
  /** What is known of files, so that a list does not read them again. */
  const known = new Map<string, { modifiedAt: number; file: SavedFile | null }>();
  async function files(): Promise<SavedFile[]> {
    const there = (await storage.list()).filter(({ name }) => parseName(name));
    // Another tab may have written it since.
    for (const { name, byteLength, modifiedAt } of there)
      if (known.get(name)?.modifiedAt !== modifiedAt || known.get(name)?.file?.byteLength !== byteLength)
        known.set(name, { modifiedAt, file: await peek(name, byteLength) });
    const names = new Set(there.map(({ name }) => name));
    for (const name of known.keys()) if (!names.has(name)) known.delete(name);
    return [...known.values()].flatMap(({ file }) => file ?? []).sort(newestFirst);
  }

  async function deletedRuns(): Promise<Set<string>> {
    const names = (await storage.list()).map(({ name }) => name);
    return new Set(
      names.filter((name) => name.endsWith(DELETED)).map((name) => name.slice(0, -DELETED.length)),
    );
  }

  async function peek(name: string, byteLength: number): Promise<SavedFile | null> {
    const place = parseName(name);
    if (!place) return null;
    const head = await storage.read(name, 0, Math.min(byteLength, HEAD_BYTES));
    const summary = peekCheckpoint(head, byteLength);
    return summary && { name, kind: place.kind, byteLength, summary };
  }

  async function runs(): Promise<StoredRun[]> {
    const grouped = new Map<string, StoredRun>();
    for (const file of await files()) {
      const { id } = parseName(file.name)!;
      const run = grouped.get(id) ?? { id, files: [] };
      run.files.push(file);
      grouped.set(id, run);
    }
    return [...grouped.values()];
  }

  async function keptRuns(): Promise<StoredRun[]> {
    const deleted = await deletedRuns();
    return (await runs()).filter(({ id }) => !deleted.has(id));
  }

  async function removable(target: string): Promise<{ name: string; byteLength: number }[]> {
    const [all, deleted] = [await runs(), await deletedRuns()];
    const broken = (await storage.list()).filter(({ name }) => parseName(name) && !known.get(name)?.file);
    const gone = all.filter(({ id }) => deleted.has(id)).flatMap((run) => run.files);
    const kept = all.filter(({ id }) => !deleted.has(id));
    return [...broken, ...gone, ...expendable(kept, parseName(target)?.id)].filter(
      ({ name }) => name !== target,
    );
  }

  return { runs, keptRuns, deletedRuns, removable, forget: (name) => void known.delete(name) };
}

/** "member": the only file of an arena's member. */
type Place = "newest-a" | "newest-b" | "best-a" | "best-b" | `trail-${number}` | "member";

/** The name of a run's file at that place. */
export function nameOf(runId: string, place: Place): string {
  return `${runId}.${place}.safetensors`;
}

/** null for a name that is not one of ours. */
export function parseName(name: string): { id: string; kind: SavedFile["kind"] } | null {
  const match = /^([A-Za-z0-9_-]{1,64})\.(newest-[ab]|best-[ab]|trail-\d+|member)\.safetensors$/.exec(name);
  if (!match) return null;
  return { id: match[1]!, kind: match[2]!.split("-")[0] as SavedFile["kind"] };
}

/** Which file a save goes to: the older of a pair, or one more of the trail when the steps have doubled since. */
export function nextPlace(
  files: SavedFile[],
  { run, progress }: Checkpoint,
  kind: "best" | "routine",
): Place {
  const taken = (place: Place) => files.find(({ name }) => name === nameOf(run.id, place));
  if (kind === "routine") {
    const trail = files.filter((file) => file.kind === "trail").map((file) => file.summary.progress.step);
    if (progress.step >= 2 * Math.max(1, ...trail)) return `trail-${progress.step}`;
  }
  const [a, b]: [Place, Place] = kind === "best" ? ["best-a", "best-b"] : ["newest-a", "newest-b"];
  const [first, second] = [taken(a), taken(b)];
  if (!first || !second) return first ? b : a;
  return newestFirst(first, second) < 0 ? b : a;
}

/**
 * Files that may go, the least worth first: those of arenas' members, then the trail from its beginning, then older files of
 * pairs. The newest file of every other run stays, and so does the newest of the run that is being saved and its best.
 */
function expendable(runs: StoredRun[], savedRunId: string | undefined): SavedFile[] {
  const older = runs.flatMap((run) => {
    const [newest, ...rest] = run.files;
    const best = run.files.find((file) => file.kind === "best");
    if (run.id === savedRunId) return rest.filter((file) => file !== best);
    return newest?.kind === "member" ? run.files : rest;
  });
  const order = (file: SavedFile) => ["member", "trail", "newest", "best"].indexOf(file.kind);
  return older.sort((a, b) => order(a) - order(b) || -newestFirst(a, b));
}

function newestFirst(a: SavedFile, b: SavedFile): number {
  const [left, right] = [a.summary, b.summary];
  // Within a run steps decide, whatever the clock did; between runs only the clock can.
  if (left.run.id === right.run.id && left.progress.step !== right.progress.step)
    return right.progress.step - left.progress.step;
  return right.run.savedAt - left.run.savedAt;
}
