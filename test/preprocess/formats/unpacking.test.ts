// Packed files and archives: what is damaged is noticed.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { downloadZip } from "client-zip";
import { expect, it } from "vitest";
import { unpackLz4 } from "../../../src/preprocess/containers/lz4.ts";
import { createTarReader, listTar } from "../../../src/preprocess/containers/tar.ts";
import { unpackZstd } from "../../../src/preprocess/containers/zstd.ts";
import { importFiles } from "./opened.ts";

/** Written by zstd 1.5, with its checksum. */
const ZSTD = Uint8Array.from(Buffer.from("KLUv/QRYwQAAbGFiZWwsQzEKMSxhYQowLGJiCjEsYWEKLk7/fw==", "base64"));
const TEXT = "label,C1\n1,aa\n0,bb\n1,aa\n";

async function* inPieces(bytes: Uint8Array, length = 5): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece.slice());
  return Buffer.concat(pieces).toString();
}

it("unpacks frames of Zstandard one after the other, those of other programs' data passed over", async () => {
  const skipped = Uint8Array.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const all = Uint8Array.from([...ZSTD, ...skipped, ...ZSTD]);
  expect(await textOf(unpackZstd(inPieces(all), "x"))).toBe(TEXT + TEXT);
});

it("notices every changed bit of a frame with a checksum, and a frame that is cut off", async () => {
  for (let bit = 0; bit < 8 * ZSTD.length; bit++) {
    const damaged = ZSTD.slice();
    damaged[bit >> 3]! ^= 1 << (bit & 7);
    const read = await textOf(unpackZstd(inPieces(damaged), "x")).catch(() => null);
    // Whether there is a checksum, and how large a window is, are not in it.
    if (read !== null) expect([read, [4, 5].includes(bit >> 3)]).toEqual([TEXT, true]);
  }
  for (let length = 1; length < ZSTD.length; length++)
    await expect(textOf(unpackZstd(inPieces(ZSTD.subarray(0, length)), "x"))).rejects.toThrow();
});

/** A tar archive as GNU's program writes it. */
function tarOf(files: Record<string, string>): Uint8Array<ArrayBuffer> {
  const blocks = Object.entries(files).flatMap(([name, content]) => {
    const header = Buffer.alloc(512);
    header.write(name);
    header.write("0000644\0", 100);
    header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
    header.write("        0", 148);
    header.write("ustar", 257);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, "0")}\0 `,
      148,
    );
    return [header, Buffer.from(content), Buffer.alloc(-content.length & 511)];
  });
  return Uint8Array.from(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

it("reads the files of a tar archive in one pass where they are asked for in their order", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [`f${i}.csv`, `${i}`.repeat(700 * i)]),
  );
  const bytes = tarOf(files);
  let passes = 0;
  const stream = () => {
    passes++;
    return inPieces(bytes, 300);
  };
  const members = await listTar(stream());
  expect(members.map(({ name }) => name)).toEqual(Object.keys(files));
  passes = 0;
  const reader = createTarReader(stream);
  for (const [place, content] of Object.values(files).entries())
    expect(await textOf(reader.read(place))).toBe(content);
  expect(passes).toBe(1);
  // One that is left early, one that comes before it, two at a time.
  for await (const _ of reader.read(5)) break;
  expect(await textOf(reader.read(7))).toBe(files["f7.csv"]);
  expect(passes).toBe(2);
  expect(await Promise.all([3, 2, 8].map((place) => textOf(reader.read(place))))).toEqual([
    files["f3.csv"],
    files["f2.csv"],
    files["f8.csv"],
  ]);
});

it("says in each of its files that an archive ends too early", async () => {
  const bytes = tarOf({ "a.csv": "x".repeat(900), "b.csv": "y".repeat(900) }).subarray(0, 2100);
  const reader = createTarReader(() => inPieces(bytes, 300));
  expect(await textOf(reader.read(0))).toHaveLength(900);
  for (let i = 0; i < 2; i++) await expect(textOf(reader.read(1))).rejects.toThrow(/end is missing/);
});

// Written by Python's lz4.frame: with a checksum behind each linked block, and with its length.
it.each([
  [
    "checksums of blocks",
    "BCJNGHRAvR4BAACAcm93IDAsMDsIADExLDEIADE0LDIIADE5LDMIAEExNiw0CQBBMjUsNQkAQTM2LDYJACM0OTwAIzY0PQAjODE+ABMzPgAjMjQ+ACM0Nz4AIzcyPgATMj0AFDN6ACM2Mj0AIzk1PgAjMzM+ACM3MD4AFDE+ACM1Mz8AIzk2fAAVNLoAEzE/ABQ0PwAjOTQ/ACM1MH0AEzg+ACM2NT4AIzI3fQAjODg+ABQ1uwAjMjI+ACM4OT4AIzYxPwAUMz8AFDH5ACM4Nj8AFDY4ASM0OD8AFDO8ABUxfgADfQAkOTN9AAT6ACQ3OfoABHYBIzczfQAUN/oAFDd9ACw3OT8AFDn6ABM2fAAjMTg+ABQzdwEjNDh9ACM2Nj4AUDg2LDM7VMOpOAAAAACgPEjJ",
  ],
  [
    "its length",
    "BCJNGGhAEwIAAAAAAABeHgEAAIByb3cgMCwwOwgAMTEsMQgAMTQsMggAMTksMwgAQTE2LDQJAEEyNSw1CQBBMzYsNgkAIzQ5PAAjNjQ9ACM4MT4AEzM+ACMyND4AIzQ3PgAjNzI+ABMyPQAUM3oAIzYyPQAjOTU+ACMzMz4AIzcwPgAUMT4AIzUzPwAjOTZ8ABU0ugATMT8AFDQ/ACM5ND8AIzUwfQATOD4AIzY1PgAjMjd9ACM4OD4AFDW7ACMyMj4AIzg5PgAjNjE/ABQzPwAUMfkAIzg2PwAUNjgBIzQ4PwAUM7wAFTF+AAN9ACQ5M30ABPoAJDc5+gAEdgEjNzN9ABQ3+gAUN30ALDc5PwAUOfoAEzZ8ACMxOD4AFDN3ASM0OH0AIzY2PgBQODYsMzsAAAAA",
  ],
])("unpacks a frame of LZ4 with %s, and never more than a damaged one holds", (_, base64) => {
  const frame = Uint8Array.from(Buffer.from(base64, "base64"));
  const text = Array.from({ length: 60 }, (_, i) => `row ${(i * i) % 97},${i % 7};`).join("");
  expect(Buffer.from(unpackLz4(frame)).toString()).toBe(text);
  for (let at = 0; at < frame.length; at++) {
    const changed = frame.slice();
    changed[at]! ^= 0xff;
    for (const damaged of [changed, frame.subarray(0, at)])
      try {
        expect(unpackLz4(damaged).length).toBeLessThan(1 << 17);
      } catch (cause) {
        expect((cause as Error).message).toBe("one of its LZ4 frames is not whole");
      }
  }
});

const tables = join(import.meta.dirname, "..", "..", "golden", "tables");

it.each(["pandas-3.parquet", "arrow-5.arrow"])(
  "reads %s as it is read unpacked, in gzip and in ZIP",
  async (name) => {
    const bytes = Uint8Array.from(readFileSync(join(tables, name)));
    const { rows, vocabulary } = await importFiles({ [name]: bytes }, {}, { threshold: 0 });
    // As Windows and tar-like programs name members.
    const zipped = downloadZip([
      { name: `C:\\logs\\..\\${name}`, input: bytes },
      { name: `../${name}.txt`, input: "" },
    ]);
    for (const packed of [gzipSync(bytes), new Uint8Array(await zipped.arrayBuffer())]) {
      const found = await importFiles({ "x.packed": Uint8Array.from(packed) }, {}, { threshold: 0 });
      expect(found).toMatchObject({ rows, vocabulary });
    }
  },
);
