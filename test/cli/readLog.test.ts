import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, it } from "vitest";
import { readLog } from "../../src/cli/readLog.ts";

const place = mkdtempSync(join(tmpdir(), "log-"));
afterAll(() => rmSync(place, { recursive: true }));

const halves = [0, 1].map((half) =>
  Array.from({ length: 50_000 }, (_, i) => `line ${((2 * i + half) * 2654435761) % 99991}\n`).join(""),
);
const members = halves.map((half) => gzipSync(half));

async function read(...parts: Uint8Array[]): Promise<{ text: string; read: number }> {
  const path = join(place, "log.gz");
  writeFileSync(path, Buffer.concat(parts));
  const found: Uint8Array[] = [];
  let read = 0;
  for await (const bytes of readLog(path, (bytesRead) => (read = bytesRead))) found.push(bytes.slice());
  return { text: Buffer.concat(found).toString(), read };
}

it.each([0, 1, 512, 3_000_000])("reads all gzip members, %i zeros behind each", async (zeros) => {
  const padding = new Uint8Array(zeros);
  const { text } = await read(members[0]!, padding, members[1]!, padding);
  expect(text).toBe(halves.join(""));
});

it("says how much is read", async () => {
  expect(await read(...members)).toMatchObject({ read: members[0]!.length + members[1]!.length });
  expect(await read(Buffer.from(halves[0]!))).toEqual({ text: halves[0], read: halves[0]!.length });
  expect(await read()).toEqual({ text: "", read: 0 });
});

it("reads a file of several pieces, which the next ones may overwrite", async () => {
  const path = join(place, "large.txt");
  const bytes = Buffer.from(halves[0]!.repeat(5));
  writeFileSync(path, bytes);
  for (const reuse of [false, true]) {
    const found: Uint8Array[] = [];
    const kept: Uint8Array[] = [];
    for await (const piece of readLog(path, () => {}, reuse)) {
      found.push(piece.slice());
      kept.push(piece);
    }
    expect(found.length).toBeGreaterThan(2);
    expect(Buffer.concat(found).equals(bytes)).toBe(true);
    expect(Buffer.concat(kept).equals(bytes)).toBe(!reuse);
  }
});

it.each([
  ["no member", 7, Buffer.from("1\t2\n"), "gzip-followed"],
  ["no member", 0, Buffer.from("1\t2\n"), "gzip-followed"],
  ["a single byte", 0, Buffer.from("\n"), "gzip-followed"],
  ["half a member", 7, members[1]!.subarray(0, 9000), "log-truncated"],
])("says that %s stands behind the first and %i zeros", async (_, zeros, behind, code) => {
  await expect(read(members[0]!, new Uint8Array(zeros), behind)).rejects.toMatchObject({ problem: { code } });
});
