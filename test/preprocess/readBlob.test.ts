// Files of the browser's: plain, gzip of one member and of several, cut off, damaged.

import { deflateSync, gzipSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ProblemError } from "../../src/base/result.ts";
import { readBlob } from "../../src/preprocess/readBlob.ts";

const text = Array.from({ length: 60_000 }, (_, i) => `line ${(i * 2654435761) % 99991}\n`).join("");
const halves = [text.slice(0, 100_000), text.slice(100_000)].map((half) => gzipSync(half));

async function read(bytes: Uint8Array, onProgress: (bytesRead: number) => void = () => {}): Promise<string> {
  const decoder = new TextDecoder();
  let found = "";
  for await (const piece of readBlob(new Blob([Uint8Array.from(bytes)]), "log.gz", onProgress))
    found += decoder.decode(piece, { stream: true });
  return found;
}

async function problemOf(reading: Promise<string>): Promise<string> {
  const cause = await reading.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(cause instanceof ProblemError)) throw cause ?? new Error("it was read");
  return `${cause.problem.code}: ${cause.problem.sentence}`;
}

/** As browsers unpack: the first member, then an error. */
class OneMember extends TransformStream<Uint8Array, Uint8Array> {
  constructor() {
    let members = 0;
    super({
      transform(bytes, controller) {
        const at = members++ === 0 ? halves[0]!.length : 0;
        if (bytes.length < 100) controller.error(new TypeError("Junk found after end of compressed data."));
        else if (at === 0 || bytes.length > at) {
          controller.enqueue(new TextEncoder().encode(text.slice(0, 70_000)));
          controller.error(new TypeError("Junk found after end of compressed data."));
        }
      },
    });
  }
}

afterEach(() => vi.unstubAllGlobals());

it("gives plain files and gzip's alike, and says how much is read", async () => {
  const reported: number[] = [];
  expect(await read(new TextEncoder().encode(text), (bytes) => reported.push(bytes))).toBe(text);
  expect(reported.at(-1)).toBe(text.length);
  expect(await read(gzipSync(text))).toBe(text);
  expect(await read(new Uint8Array(0))).toBe("");
});

describe("of several gzip members", () => {
  it("gives all, where the browser unpacks only the first", async () => {
    vi.stubGlobal("DecompressionStream", OneMember);
    expect(await read(Buffer.concat([...halves, Buffer.alloc(512)]))).toBe(text);
  });

  it.each([1, 512, 5_000_000])("gives those behind %i zeros", async (zeros) => {
    const padding = Buffer.alloc(zeros);
    const packed = Buffer.concat([halves[0]!, padding, halves[1]!, padding]);
    expect(await read(packed)).toBe(text);
    vi.stubGlobal("DecompressionStream", OneMember);
    expect(await read(packed)).toBe(text);
  });

  it.each([
    ["behind zeros", Buffer.concat([Buffer.alloc(9), Buffer.from("1\t2\t3\n")])],
    ["text", Buffer.from("1\t2\t3\n")],
    ["a single byte", Buffer.from("\n")],
    ["what zlib alone would take", deflateSync(text)],
  ])("says that other bytes follow: %s", async (_, bytes) => {
    expect(await problemOf(read(Buffer.concat([halves[0]!, bytes])))).toBe(
      "gzip-followed: log.gz is gzip, but other bytes follow its packed data.",
    );
  });

  it("says a damaged second one", async () => {
    vi.stubGlobal("DecompressionStream", OneMember);
    const damaged = Buffer.concat(halves);
    damaged[damaged.length - 6]! ^= 1;
    expect(await problemOf(read(damaged))).toContain("gzip-damaged: log.gz cannot be unpacked: bytes in it");
  });
});

it.each([1, 8, 1000, 50_000])("says a file whose last %i bytes are missing", async (bytes) => {
  expect(await problemOf(read(gzipSync(text).subarray(0, -bytes)))).toBe(
    "log-truncated: log.gz cannot be unpacked to its end: its end is missing.",
  );
});
