// Files of other tools, picked in the page as a person would: each becomes a data set, and the two libraries that only some
// of them need are fetched when they are needed.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { goldenFiles } from "../preprocess/formats/golden.ts";
import { openStudio } from "./studioPage.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "final-studio-formats-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

it("opens TFRecord, MindRecord, HDF5 and FuxiCTR's Parquet", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 5000 });
  await studio.untilState("Ready to train");
  const input = studio.page.getByLabel("A log, or the files of a data set");
  const formats = {
    TFRecord: { files: goldenFiles(/tfrecord/), name: "train_part_0", rows: 80 },
    MindRecord: { files: goldenFiles(/input_part\.mindrecord/), name: "train_input_part", rows: 80 },
    HDF5: { files: goldenFiles(/\.h5/), name: "train_input_part_0", rows: 80 },
    "FuxiCTR's Parquet": { files: goldenFiles(/json|parquet/, "fuxictr"), name: "tiny", rows: 300 },
  };
  for (const [format, { files, name, rows }] of Object.entries(formats)) {
    for (const [file, bytes] of Object.entries(files)) await writeFile(join(folder, file), bytes);
    expect(studio.requests.some((url) => url.includes("hdf5"))).toBe(format.startsWith("Fuxi"));
    if ((await input.count()) === 0) await studio.button("Open another data set").click();
    await input.setInputFiles(Object.keys(files).map((file) => join(folder, file)));
    const dialog = studio.page.getByRole("dialog");
    await dialog.getByText(format).first().waitFor();
    await dialog.getByRole("button", { name: "Import", exact: true }).click();
    const summary = studio.page.getByTestId("dataset-summary");
    await summary.getByText(name, { exact: true }).waitFor();
    expect(await summary.getByText(String(rows), { exact: true }).count()).toBe(1);
    await studio.untilState("Ready to train");
  }
  expect(studio.errors).toEqual([]);
});
