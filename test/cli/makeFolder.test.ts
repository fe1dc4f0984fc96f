// A folder that is made under another name: what lies at its place is never lost, nor what another command is writing.

import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type ProblemError, problemError } from "../../src/base/result.ts";
import { makeFolder, type UnfinishedFolder } from "../../src/cli/makeFolder.ts";

let place: string;
let output: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "folder-"));
  output = join(place, "made");
});
afterEach(() => rmSync(place, { recursive: true }));

async function writeOne({ output: sink }: UnfinishedFolder): Promise<string> {
  const file = await sink.create("shard");
  await file.write(new Uint8Array([1, 2, 3]));
  await file.close();
  return "done";
}

const never = () => false;
const codeOf = (making: Promise<unknown>) =>
  making.then(
    () => null,
    (cause: ProblemError) => cause.problem.code,
  );

it.each(["", "/", "//"])('takes an output that ends with "%s"', async (end) => {
  expect(await makeFolder(output + end, never, writeOne)).toBe("done");
  expect(readdirSync(place)).toEqual(["made"]);
  expect(readdirSync(output)).toEqual(["shard"]);
});

it("takes an empty folder's place, and that to which a link leads", async () => {
  mkdirSync(join(place, "elsewhere"));
  symlinkSync(join(place, "elsewhere"), output);
  await makeFolder(output, never, writeOne);
  expect(readdirSync(join(place, "elsewhere"))).toEqual(["shard"]);
  expect(readdirSync(output)).toEqual(["shard"]);
});

it("keeps what appears at its place meanwhile, and its own work too", async () => {
  const making = makeFolder(output, never, async (unfinished) => {
    await unfinished.appendJournal("half\n");
    mkdirSync(output);
    writeFileSync(join(output, "precious"), "");
    return writeOne(unfinished);
  });
  expect(await codeOf(making)).toBe("output-exists");
  expect(readdirSync(output)).toEqual(["precious"]);
  expect(readdirSync(`${output}.partial`).toSorted()).toEqual(["journal.jsonl", "shard"]);
  rmSync(output, { recursive: true });
  await makeFolder(
    output,
    (journal) => journal === "half\n",
    async () => {},
  );
  expect(readdirSync(output)).toEqual(["shard"]);
});

it("continues behind the last whole line of a journal", async () => {
  mkdirSync(`${output}.partial`);
  const journal = join(`${output}.partial`, "journal.jsonl");
  writeFileSync(journal, "größe\nto");
  const found = await makeFolder(
    output,
    () => true,
    async (unfinished) => {
      await unfinished.appendJournal("more\n");
      return { given: unfinished.journal, written: readFileSync(journal, "utf8") };
    },
  );
  expect(found).toEqual({ given: "größe\n", written: "größe\nmore\n" });
});

it("lets no second command into a folder that the first is writing", async () => {
  await makeFolder(output, never, async (unfinished) => {
    await writeOne(unfinished);
    expect(await codeOf(makeFolder(`${output}/`, never, writeOne))).toBe("output-in-use");
    expect(existsSync(join(`${output}.partial`, "shard"))).toBe(true);
  });
  expect(readdirSync(output)).toEqual(["shard"]);
});

it("asks whether the process that left a claim is alive", async () => {
  const claim = join(`${output}.partial`, "process");
  mkdirSync(`${output}.partial`);
  // The process that started the tests.
  writeFileSync(claim, String(process.ppid));
  expect(await codeOf(makeFolder(output, never, writeOne))).toBe("output-in-use");
  expect(readFileSync(claim, "utf8")).toBe(String(process.ppid));
  const { pid: gone } = spawnSync(process.execPath, ["--version"]);
  for (const left of [String(gone), String(process.pid), "", "torn"]) {
    writeFileSync(claim, left);
    writeFileSync(join(`${output}.partial`, "old"), "");
    await makeFolder(output, never, writeOne);
    expect(readdirSync(output)).toEqual(["shard"]);
    rmSync(output, { recursive: true });
    mkdirSync(`${output}.partial`);
  }
});

it("leaves nothing behind after a problem with the input", async () => {
  const making = makeFolder(output, never, async (unfinished) => {
    await writeOne(unfinished);
    throw problemError("log-empty", { name: "log.txt" });
  });
  expect(await codeOf(making)).toBe("log-empty");
  expect(readdirSync(place)).toEqual([]);
});
