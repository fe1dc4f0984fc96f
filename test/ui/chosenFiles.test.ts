import { expect, it } from "vitest";
import type { ChosenFile } from "../../src/datasets/requests.ts";
import { datasetAmong } from "../../src/ui/data/chosenFiles.ts";

function chosen(...paths: string[]): ChosenFile[] {
  return paths.map((path) => ({ path, file: new File([path], path.split("/").at(-1)!) }));
}

it("takes what lies beside the manifest, and nothing of the same name elsewhere", async () => {
  const found = datasetAmong(
    chosen(
      "all/old/train-00000.parquet",
      "all/new/manifest.json",
      "all/new/train-00000.parquet",
      "all/notes.txt",
    ),
  );
  expect(await Promise.all((found as File[]).map((file) => file.text()))).toEqual([
    "all/new/manifest.json",
    "all/new/train-00000.parquet",
  ]);
});

it("refuses two data sets and names both folders", () => {
  const sentence = (...paths: string[]) => datasetAmong(chosen(...paths));
  expect(sentence("all/a/manifest.json", "all/b/manifest.json")).toMatchObject({
    sentence: "What you chose holds two data sets: one in the folder all/a, one in the folder all/b.",
  });
});

it("leaves files without a manifest to be looked at as a log", () => {
  expect(datasetAmong(chosen("logs/train.csv", "logs/test.csv"))).toBeNull();
});
