// A storage that always answers: a call that never settles would hold all later saves, and the next run, which waits for the
// last save of the one before.

import { problemError } from "../base/result.ts";
import { TooLate, withinLimit } from "../base/withinLimit.ts";
import type { CheckpointStoreStorage } from "./storage.ts";

/** Long for a list of a thousand files on a busy machine. */
const LIMIT_MS = 20_000;
/** What a slow disk writes. */
const WRITTEN_BYTES_PER_S = 2_000_000;

/** `storage`, whose calls reject with a ProblemError where they do not settle in time. */
export function answering(storage: CheckpointStoreStorage, limitMs = LIMIT_MS): CheckpointStoreStorage {
  async function inTime<T>(answer: Promise<T>, most = limitMs): Promise<T> {
    try {
      return await withinLimit(answer, most, "answer");
    } catch (cause) {
      if (!(cause instanceof TooLate)) throw cause;
      throw problemError("storage-silent", { reason: cause.message });
    }
  }
  return {
    list: () => inTime(storage.list()),
    read: (name, start, end) => inTime(storage.read(name, start, end)),
    blob: (name) => inTime(storage.blob(name)),
    write(name, pieces) {
      const byteLength = pieces.reduce((sum, piece) => sum + piece.length, 0);
      return inTime(
        storage.write(name, pieces),
        limitMs + 1000 * Math.floor(byteLength / WRITTEN_BYTES_PER_S),
      );
    },
    remove: (name) => inTime(storage.remove(name)),
  };
}
