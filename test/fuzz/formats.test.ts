// Damaged files of other tools. TFRecord has checksums, so it must notice every damage; the others must report it in a sentence,
// or come out as rows that they cannot distinguish from real ones.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { type FileBytes, goldenFiles } from "../preprocess/formats/golden.ts";
import { importFiles } from "../preprocess/formats/opened.ts";
import { damaged, damages } from "./damage.ts";
import { CASES, outcomeOf } from "./examine.ts";

/** One of the tables that Python wrote. */
function tableFile(name: string): FileBytes {
  const place = join(import.meta.dirname, "..", "golden", "tables", name);
  return { [name]: Uint8Array.from(readFileSync(place)) };
}

const lines = Array.from({ length: 200 }, (_, i) => `${i % 2},${i},0.${i},${i % 9},aa${i % 5}\n`).join("");
const csv = Uint8Array.from(new TextEncoder().encode(`label,I1,I2,C1,C2\n${lines}`));

const formats: { format: string; files: FileBytes; hasChecksums?: true }[] = [
  { format: "CSV", files: { "x.csv": csv } },
  { format: "TFRecord", files: goldenFiles(/train.*tfrecord/), hasChecksums: true },
  { format: "HDF5", files: goldenFiles(/test.*\.h5/) },
  { format: "MindRecord", files: goldenFiles(/test_input_part\.mindrecord/) },
  { format: "FuxiCTR's Parquet", files: goldenFiles(/json|valid.parquet/, "fuxictr") },
  ...[
    "csv-20.csv",
    "csv-8.csv.gz",
    "csv-18.csv.bz2",
    "csv-14.csv.zst",
    "csv-12.csv.zip",
    "csv-22.csv.tar.gz",
    "csv-23.csv.tar",
    "pandas-6.jsonl",
    "pandas-12.feather",
    "arrow-1.arrows",
    // Buffers packed with LZ4, and with Zstandard.
    "arrow-5.arrow",
    "arrow-10.arrow",
    "arrow-2.parquet",
    "arrow-3.parquet",
  ].map((name) => ({ format: `a table (${name})`, files: tableFile(name) })),
];
/** Row groups of a shard are made room for at once, and HDF5's library takes its heap. */
const FIXED_BYTES = 1 << 24;
/** Of each format; where nothing is said, all formats share what others have of one. */
const numRuns = process.env.FUZZ_CASES ? CASES : Math.ceil(CASES / formats.length);
/** Of all formats together: of a few damages of one format, by chance, none may matter. */
let refused = 0;

it.each(formats)("$format that is damaged is refused in a sentence", async ({ files, hasChecksums }) => {
  const whole = await importFiles(files);
  const byteLength = Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(files)), damages, async (name, all) => {
      const bytes = damaged(files[name]!, all);
      const outcome = await outcomeOf(
        byteLength,
        () => importFiles({ ...files, [name]: bytes }),
        FIXED_BYTES,
      );
      if ("problem" in outcome) refused++;
      // What is missing behind the last whole record cannot be seen.
      else if (hasChecksums)
        expect(whole.rows.train).toEqual(expect.arrayContaining(outcome.accepted.rows.train));
    }),
    { numRuns },
  );
});

it("refuses damaged files at all", () => expect(refused).toBeGreaterThan(CASES / 20));
