// Where bytes go: a data set is written file by file, each from its start to its end.

/** A file being written. */
import { concatenate } from "../base/bytes.ts";
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** A place that takes the files of a data set. Writing throws a ProblemError when there is no space or no permission. */
export interface OutputFolder {
  create(name: string): Promise<ByteSink>;
}

/** Collects files in `files`, by name. */
export function memoryOutput(files: Map<string, Uint8Array>): OutputFolder {
  return {
    async create(name) {
      const parts: Uint8Array[] = [];
      return {
        async write(bytes) {
          parts.push(bytes.slice());
        },
        async close() {
          files.set(name, concatenate(parts));
        },
      };
    },
  };
}
