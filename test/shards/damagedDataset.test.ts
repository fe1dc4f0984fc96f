import { beforeAll, describe, expect, it } from "vitest";
import { ProblemError } from "../../src/base/result.ts";
import { type Folder, memoryFolder } from "../../src/shards/byteSource.ts";
import type { BatchOptions } from "../../src/shards/dataset.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { logLine, type Made, makeDataset } from "../preprocess/made.ts";

const options: BatchOptions = {
  split: "train",
  batchSize: 1000,
  integers: "max",
  shuffle: { seed: 1, epoch: 0 },
};

// Three row groups; I5 numbers the rows.
const lines = Array.from({ length: 45_000 }, (_, i) =>
  logLine(
    i % 4 === 0 ? 1 : 0,
    [i % 9, i % 5 === 0 ? "" : -(i % 3), "", "0", i],
    [(i % 7).toString(16).padStart(8, "0")],
  ),
).join("\n");
let made: Made;
beforeAll(async () => {
  made = await makeDataset(lines, { threshold: 10, testShare: 0.05 });
});

describe("a damaged data set", () => {
  const shard = "train-00000.parquet";
  function changed(change: (files: Map<string, Uint8Array>) => void): Folder {
    const files = new Map([...made.files].map(([name, bytes]) => [name, bytes.slice()]));
    change(files);
    return memoryFolder(files);
  }
  async function failure(folder: Folder): Promise<ProblemError["problem"]> {
    try {
      const dataset = await openDataset(folder);
      for await (const _ of dataset.batches(options));
    } catch (cause) {
      if (cause instanceof ProblemError) return cause.problem;
      throw cause;
    }
    throw new Error("it was read without complaint");
  }

  it("lacks a shard", async () => {
    const problem = await failure(changed((files) => files.delete(shard)));
    expect(problem).toMatchObject({ code: "file-missing", sentence: expect.stringContaining(shard) });
  });

  it.each([
    ["a shard that was cut off", shard, 100_000],
    ["a footer that was cut off", shard, -1],
    ["a manifest that was cut off", "manifest.json", 100],
  ])("has %s, and leaves no file open", async (_, name, end) => {
    const whole = changed((files) => files.set(name, files.get(name)!.subarray(0, end)));
    let open = 0;
    const counting: Folder = {
      async open(file) {
        const source = await whole.open(file);
        open++;
        return { ...source, close: async () => void open-- };
      },
    };
    await failure(counting);
    expect(open).toBe(0);
  });

  it("has a shard with one wrong byte", async () => {
    const problem = await failure(changed((files) => (files.get(shard)![50_000]! ^= 1)));
    expect(problem).toMatchObject({ code: "shard-damaged", sentence: expect.stringContaining("checksum") });
  });

  it("gives all rows of the window before the damaged one", async () => {
    // Ten groups make two windows; in their own order, each is a window.
    const group = made.manifest.shards.find(({ split }) => split === "train")!.rowGroups[1]!;
    const folder = changed((files) => (files.get(shard)![group.offset + 1000]! ^= 1));
    let rows = 0;
    await expect(async () => {
      const opened = await openDataset(folder);
      for await (const batch of opened.batches({ ...options, shuffle: null })) rows += batch.rowCount;
    }).rejects.toMatchObject({ problem: { code: "shard-damaged" } });
    expect(rows).toBe(16_000);
  });

  it("has a shard that was cut off", async () => {
    const problem = await failure(
      changed((files) => files.set(shard, files.get(shard)!.subarray(0, 100_000))),
    );
    expect(problem).toMatchObject({
      code: "shard-damaged",
      sentence: expect.stringContaining("100000 bytes"),
    });
  });

  it("has a shard with a damaged footer", async () => {
    const problem = await failure(
      changed((files) =>
        files.get(shard)!.fill(255, files.get(shard)!.length - 200, files.get(shard)!.length - 8),
      ),
    );
    expect(problem).toMatchObject({ code: "shard-damaged" });
  });

  it.each([
    ["is not JSON", "{", "is not JSON"],
    ["is of another tool", "{}", "format"],
    ["lies about its rows", /"rows": \d+/, "rows"],
    ["leads out of its folder", /"train-00000.parquet"/, "file name"],
    ["lists fewer ids than the shards use", /"frequent": 7/, "C2 starts at row"],
  ])("has a manifest that %s", async (_, change, reported) => {
    const replacement = {
      "lies about its rows": '"rows": 5',
      "leads out of its folder": '"../shard.parquet"',
    }[_];
    const folder = changed((files) => {
      const text = new TextDecoder().decode(files.get("manifest.json"));
      const wrong =
        typeof change === "string" ? change : text.replace(change, replacement ?? '"frequent": 6');
      files.set("manifest.json", new TextEncoder().encode(wrong));
    });
    const problem = await failure(folder);
    expect(problem.code).toBe("manifest-invalid");
    expect(problem.sentence).toContain(reported);
  });
});
