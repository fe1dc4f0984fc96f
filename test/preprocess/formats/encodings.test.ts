// Text that is not UTF-8: it is named as such, and read right once somebody says what it is written in.

import { expect, it } from "vitest";
import type { OpenOptions } from "../../../src/preprocess/formats/logSource.ts";
import { importFiles, openFiles } from "./opened.ts";

const CITIES = ["Málaga", "Genève", "Zürich", "Bern"];
const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));
const csv = (cities = CITIES, rows = 400, separator = ",") =>
  [
    ["click", "price", "city"].join(separator),
    ...Array.from({ length: rows }, (_, i) =>
      [i % 3 ? 0 : 1, i % 50, cities[i % cities.length]].join(separator),
    ),
    "",
  ].join("\n");

async function refusal(content: Uint8Array<ArrayBuffer>, options: OpenOptions = {}) {
  const cause = await openFiles({ "x.csv": content }, options).then(
    () => null,
    (caught: unknown) => caught as { problem: { code: string; sentence: string; remedy: string } },
  );
  return cause?.problem;
}

async function cities(content: string | Uint8Array<ArrayBuffer>, options: OpenOptions = {}, name = "x.csv") {
  const { vocabulary, manifest } = await importFiles({ [name]: content }, options, { threshold: 0 });
  const values = vocabulary.filter((line) => line.startsWith("city\t")).map((line) => line.split("\t")[1]);
  return { values: values.toSorted(), manifest };
}

/** Characters of East Asia in bytes of an encoding that Node cannot write: 北京 and 上海. */
const BYTES = {
  gb18030: [
    [0xb1, 0xb1, 0xbe, 0xa9],
    [0xc9, 0xcf, 0xba, 0xa3],
  ],
  shift_jis: [
    [0x96, 0x6b, 0x8b, 0x9e],
    [0x8f, 0xe3, 0x8a, 0x43],
  ],
};
const inBytes = (encoding: keyof typeof BYTES) =>
  latin1(csv(BYTES[encoding].map((bytes) => String.fromCharCode(...bytes))));

it("names the line, and how it reads in encodings that it may be in", async () => {
  const problem = await refusal(latin1(csv()));
  expect(problem?.sentence).toBe("x.csv is not written in UTF-8: line 2 has bytes that UTF-8 does not have.");
  expect(problem?.remedy).toContain('"Málaga" in windows-1252');
  expect(problem?.remedy).toContain("--encoding=");
  expect((await refusal(inBytes("gb18030")))?.remedy).toContain('"北京" in gb18030');
  expect((await refusal(inBytes("shift_jis")))?.remedy).toContain('"北京" in shift_jis');
});

it.each(["gb18030", "shift_jis"] as const)("is read in %s once that is said", async (encoding) => {
  const { values } = await cities(inBytes(encoding), { encoding });
  expect(values).toEqual(["上海", "北京"]);
});

it("is read in Windows-1252, also with names and tabs, as UTF-8 would be", async () => {
  const encoding = "windows-1252";
  const plain = await cities(csv());
  const read = await cities(latin1(csv()), { encoding });
  expect(read.values).toEqual(CITIES.toSorted());
  expect(read.manifest.vocabulary).toEqual(plain.manifest.vocabulary);
  const tabs = await cities(latin1(csv(CITIES, 400, "\t")), { encoding });
  expect(tabs.values).toEqual(CITIES.toSorted());
});

it("leaves out a damaged line of UTF-8, and stops where there are many", async () => {
  const bytes = Uint8Array.from(Buffer.from(csv()));
  bytes[bytes.indexOf(0xc3) + 1] = 0x20;
  const { manifest, values } = await cities(bytes);
  expect(manifest.badLineExamples).toEqual([
    { line: 0, reason: 'has "M\ufffd laga" in column city, which is not UTF-8' },
  ]);
  expect(values).toEqual(CITIES.toSorted());
  // Behind a first block without accents.
  const late = latin1(csv(["Bern"], 20_000) + csv(CITIES, 2000).split("\n").slice(1).join("\n"));
  await expect(importFiles({ "x.csv": late })).rejects.toMatchObject({
    problem: { code: "log-not-readable", remedy: expect.stringContaining("--encoding=NAME") },
  });
});

it("counts what cannot be decoded in the encoding that was said", async () => {
  const content = inBytes("gb18030");
  const damaged = content.slice();
  damaged[damaged.indexOf(0xb1) + 1] = 0x20;
  const { manifest } = await cities(damaged, { encoding: "gb18030" });
  expect(manifest.badLines).toBe(1);
  expect(manifest.badLineExamples[0]?.reason).toMatch(/which is not gb18030$/);
});

it("is noticed in JSON lines and in Criteo's own log too", async () => {
  const json = Array.from(
    { length: 300 },
    (_, i) => `{"click":${i % 2},"age":${i % 7},"city":"${CITIES[i % 4]}"}\n`,
  );
  const content = latin1(json.join(""));
  expect((await refusal(content))?.code).toBe("text-not-utf8");
  expect((await cities(content, { encoding: "windows-1252" }, "x.jsonl")).values).toEqual(CITIES.toSorted());
  const log = Array.from({ length: 300 }, (_, i) =>
    [i % 2, ...Array(13).fill(i % 5), ...Array(25).fill("0a1b2c3d"), CITIES[i % 4]].join("\t"),
  );
  expect((await refusal(latin1(log.join("\n"))))?.code).toBe("text-not-utf8");
});

it("finds labels and what stands for no value by their texts, whatever the bytes", async () => {
  const rows = Array.from(
    { length: 400 },
    (_, i) => `${i % 3 ? "nein" : "да"},${i % 50},${i % 5 ? CITIES[i % 4] : "—"}`,
  );
  const { manifest, values } = await cities(`click,price,city\n${rows.join("\n")}`, {
    columns: [
      { name: "click", role: "label", click: "да" },
      { name: "price", role: "integer" },
      { name: "city", role: "category", missing: ["—"] },
    ],
  });
  expect(manifest.splits.train.positives + manifest.splits.test.positives).toBe(134);
  expect(values).not.toContain("—");
});
