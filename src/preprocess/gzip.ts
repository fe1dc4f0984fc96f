// gzip, as far as both readers of it, Node's and the browser's, need the same.

import { type Problem, problem } from "../base/problem.ts";

/** Whether a file that begins with `head` is packed by gzip. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Why a gzip file could not be unpacked, from what zlib said, whose "header check" fails where a member should begin. */
export function gzipProblem(name: string, reason: string): Problem {
  if (reason === "incorrect header check") return problem("gzip-followed", { name });
  return /^(incorrect|invalid)/.test(reason)
    ? problem("gzip-damaged", { name, reason })
    : problem("log-truncated", { name, reason });
}
