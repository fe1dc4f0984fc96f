import { type ProblemError, problemError } from "../base/result.ts";
import type { Shard } from "./manifest.ts";

/** A shard that is not what the manifest says: to be thrown. */
export function damagedShard(shard: Pick<Shard, "file">, reason: string): ProblemError {
  return problemError("shard-damaged", { name: shard.file, reason });
}
