// Which files are read, and what they are called: labels are found, and splits are known, by these names.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "../../src/cli/arguments.ts";
import { diskFolder } from "../../src/cli/files.ts";
import { inputFiles } from "../../src/cli/inputs.ts";

let place: string;
beforeEach(() => {
  // A folder above the input may have any name.
  place = join(mkdtempSync(join(tmpdir(), "inputs-")), "test");
  mkdirSync(place);
});
afterEach(() => rmSync(dirname(place), { recursive: true }));

function write(...files: string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(place, file)), { recursive: true });
    writeFileSync(join(place, file), "");
  }
}

async function namesOf(inputs: string[], output = "out"): Promise<string[]> {
  const files = await inputFiles(
    inputs.map((input) => join(place, input)),
    join(place, output),
  );
  return files.map(({ name }) => name);
}

it("names a file by itself, and those of one folder by their way below it", async () => {
  write("x/day1.txt", "x/train/part_10.csv", "x/train/part_9.csv");
  expect(await namesOf(["x/day1.txt"])).toEqual(["day1.txt"]);
  expect(await namesOf(["x"])).toEqual(["day1.txt", "train/part_9.csv", "train/part_10.csv"]);
  const typed = await inputFiles([`${relative(process.cwd(), place)}/x/`], join(place, "out"));
  expect(typed.map(({ name }) => name)).toEqual(await namesOf(["x"]));
});

it("begins names with the folders that were given, where these are several", async () => {
  write("x/train/a.csv", "x/test/a.csv", "x/more.csv");
  expect(await namesOf(["x/train", "x/test", "x/more.csv"])).toEqual([
    "train/a.csv",
    "test/a.csv",
    "more.csv",
  ]);
});

it("knows which files were given themselves", async () => {
  write("x/a.csv", "b.csv");
  const files = await inputFiles([join(place, "x"), join(place, "b.csv")], join(place, "out"));
  expect(files.map(({ chosen }) => chosen)).toEqual([false, true]);
});

it("distinguishes files of one name by more of their folders", async () => {
  write("x/day/a.h5", "y/day/a.h5");
  expect(await namesOf(["x/day", "y/day"])).toEqual(["x/day/a.h5", "y/day/a.h5"]);
  expect(await namesOf(["x/day/a.h5", "y/day/a.h5"])).toEqual(["x/day/a.h5", "y/day/a.h5"]);
  write("x/b.txt", "y/b.txt");
  expect(await namesOf(["x/b.txt", "y/b.txt"])).toEqual(["x/b.txt", "y/b.txt"]);
});

it.each([[["x", "x/"]], [["x", "x/a.txt"]], [["x/a.txt", "x/../x/a.txt"]]])(
  "refuses what is given twice: %s",
  async (inputs) => {
    write("x/a.txt");
    await expect(namesOf(inputs)).rejects.toThrow(UsageError);
  },
);

describe("an output within the input's folder", () => {
  it("is no input, finished or not", async () => {
    write(
      "x/a.txt",
      "x/out/train-00000.parquet",
      "x/out.partial/journal.jsonl",
      "x/out.txt",
      "x/outer/b.txt",
    );
    expect(await namesOf(["x"], "x/out")).toEqual(["a.txt", "out.txt", "outer/b.txt"]);
    symlinkSync(join(place, "x"), join(place, "link"));
    expect(await namesOf(["link"], "x/out")).toEqual(["a.txt", "out.txt", "outer/b.txt"]);
  });

  it("is left in where it is the folder itself, or holds it: there is no room for it anyway", async () => {
    write("x/y/a.txt");
    expect(await namesOf(["x"], "x")).toEqual(["y/a.txt"]);
    expect(await namesOf(["x/y"], "x")).toEqual(["a.txt"]);
  });
});

it("distinguishes a file from the folder of a data set", async () => {
  write("a.txt");
  await expect(diskFolder(join(place, "a.txt")).open("manifest.json")).rejects.toMatchObject({
    problem: {
      code: "folder-is-file",
      sentence: expect.stringContaining("a.txt is a file, and a data set's folder is wanted"),
    },
  });
});

it("says a folder without files", async () => {
  mkdirSync(join(place, "x", "y"), { recursive: true });
  await expect(namesOf(["x"])).rejects.toMatchObject({ problem: { code: "folder-without-files" } });
});
