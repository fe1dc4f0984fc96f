import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { logLine, makeDataset } from "../preprocess/made.ts";
import { runCommand } from "./command.ts";

const place = mkdtempSync(join(tmpdir(), "export-"));
const output = join(place, "criteo_tiny");

beforeAll(async () => {
  const log = Array.from({ length: 300 }, (_, i) => logLine(i % 2, [i], ["aaaaaaaa"])).join("\n");
  const { files } = await makeDataset(log, { threshold: 10 });
  for (const [name, bytes] of files) writeFileSync(join(place, name), bytes);
});
afterAll(() => rmSync(place, { recursive: true }));

it("exports a data set, then refuses to write over it", async () => {
  const { code, result } = await runCommand("export", [place, "--fuxictr", `--output=${output}`]);
  expect(code).toBe(0);
  expect(result.files.toSorted()).toEqual(readdirSync(output).toSorted());
  expect(result.rows).toBe(300);
  const map = JSON.parse(readFileSync(join(output, "feature_map.json"), "utf8"));
  expect(map.dataset_id).toBe("criteo_tiny");
  const again = await runCommand("export", [place, "--mindspore", `--output=${output}`]);
  expect(again).toMatchObject({ code: 1, result: { problem: { code: "output-exists" } } });
});

it("wants to know one form", async () => {
  const { code, stderr } = await runCommand("export", [place, `--output=${place}/other`]);
  expect(code).toBe(2);
  expect(stderr).toContain("either --fuxictr or --mindspore");
  expect(existsSync(join(place, "other"))).toBe(false);
});
