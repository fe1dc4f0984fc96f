import { beforeAll, expect, it } from "vitest";
import { openAt } from "../../src/datasets/openAt.ts";
import { logLine, type Made, makeDataset } from "../preprocess/made.ts";

let made: Made;
beforeAll(async () => {
  const lines = Array.from({ length: 100 }, (_, i) => logLine(i % 2, [i], ["a"]));
  made = await makeDataset(lines.join("\n"), { threshold: 10 });
});

/** Opens the files as if they had been picked, after `change`. */
function openPicked(change: (files: Map<string, Uint8Array>) => void): Promise<unknown> {
  const files = new Map(made.files);
  change(files);
  const picked = [...files].map(([name, bytes]) => new File([bytes.slice()], name));
  return openAt({ type: "files", files: picked }, () => {});
}

it("opens picked files that are all there", async () => {
  await expect(openPicked(() => {})).resolves.toMatchObject({ dataset: { manifest: { name: "test log" } } });
});

it("misses a file at once, whichever it is", async () => {
  for (const name of [...made.files.keys()])
    await expect(
      openPicked((files) => files.delete(name)),
      name,
    ).rejects.toMatchObject({
      problem: { code: "file-missing", sentence: `What you chose has no file ${name}.` },
    });
});

it("sees at once that a shard or the vocabulary is another data set's", async () => {
  const cases = { "train-00000.parquet": "shard-damaged", "vocabulary.tsv": "vocabulary-damaged" };
  for (const [name, code] of Object.entries(cases)) {
    const { length } = made.files.get(name)!;
    const opened = openPicked((files) => files.set(name, new Uint8Array(length + 1)));
    await expect(opened).rejects.toMatchObject({
      problem: { code, sentence: expect.stringContaining(`${length + 1} bytes instead of ${length}`) },
    });
  }
});
