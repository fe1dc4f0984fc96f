// What a file says of the columns: this studio's own list, and FuxiCTR's dataset_config.yaml.

import { describe, expect, it } from "vitest";
import { parseColumns } from "../../../src/preprocess/tables/columnsFile.ts";
import { MISSING } from "../../../src/shards/rows.ts";
import { importFiles } from "../formats/opened.ts";

const CONFIG = `
taobao_tiny:
  data_format: csv
  train_data: ./train.csv
  min_categr_count: 1
  feature_cols:
    - {active: true, dtype: str, name: [userid, brand], type: categorical}
    - {active: true, dtype: float, name: price, type: numeric, na_value: 0}
    - {active: false, dtype: str, name: pid, type: categorical}
    - {active: true, dtype: float, name: visits, type: categorical, preprocess: convert_to_bucket}
    - {active: true, dtype: str, name: cate_his, type: sequence, splitter: ^}
    - {active: true, dtype: int, name: group_id, preprocess: copy_from(userid), remap: false, type: meta}
  label_col: {dtype: float, name: clk}
`;

it("understands FuxiCTR's feature_cols", async () => {
  const columns = await parseColumns(CONFIG, "dataset_config.yaml");
  expect(columns).toEqual([
    { name: "clk", role: "label" },
    { name: "userid", role: "category" },
    { name: "brand", role: "category" },
    { name: "price", role: "number", fill: "0" },
    { name: "visits", role: "integer" },
    { name: "cate_his", role: "several" },
  ]);
  const { manifest, rows } = await importFiles(
    { "train.csv": "pid,visits,price,clk,brand,userid,cate_his\n1,3,,1,b,u,1^2\n2,,2.5,0,b,v,1\n" },
    { columns },
    { threshold: 0, split: "none" },
  );
  expect(manifest.columns.map(({ name }) => name)).toEqual(["price", "visits", "userid", "brand"]);
  // An empty price is read as 0, an empty number of visits stays missing.
  expect(rows.train).toEqual([
    [1, 0, 3, 1, 1],
    [0, 2.5, MISSING, 2, 1],
  ]);
});

it("takes its own list, as JSON or YAML", async () => {
  const list = [
    { name: "answer", role: "label", click: "buy" },
    { name: "site", role: "category", missing: ["-"] },
  ];
  expect(await parseColumns(JSON.stringify(list), "c.json")).toEqual(list);
  const yaml =
    "columns:\n  - {name: answer, role: label, click: buy}\n  - {name: site, role: category, missing: ['-']}\n";
  const columns = await parseColumns(yaml, "c.yaml");
  expect(columns).toEqual(list);
  const { manifest, rows } = await importFiles(
    { "a.csv": "site;answer\na;buy\n-;view\n" },
    { columns },
    { threshold: 0, split: "none" },
  );
  expect(rows.train.map(([label]) => label)).toEqual([1, 0]);
  expect(manifest.columns).toMatchObject([{ name: "site", missing: 1 }]);
});

it("takes a number for none where the list says so", async () => {
  const columns = [
    { name: "answer", role: "label" as const },
    { name: "age", role: "integer" as const, missing: ["-1"] },
  ];
  const { rows } = await importFiles(
    { "a.csv": "answer,age\n1,-1\n0,7\n" },
    { columns },
    { threshold: 0, split: "none" },
  );
  expect(rows.train).toEqual([
    [1, MISSING],
    [0, 7],
  ]);
});

it.each(["csv", "jsonl"])("takes a number for none however it is written: %s", async (format) => {
  const columns = [
    { name: "answer", role: "label" as const },
    { name: "age", role: "number" as const, missing: ["-999"] },
  ];
  const cells: [number, string][] = [
    [1, "-999.0"],
    [0, "7.5"],
    [1, "-9.99e2"],
  ];
  const text =
    format === "csv"
      ? `answer,age\n${cells.map((row) => row.join(",")).join("\n")}\n`
      : cells.map(([answer, age]) => `{"answer":${answer},"age":"${age}"}\n`).join("");
  const { rows } = await importFiles({ a: text }, { columns }, { threshold: 0, split: "none" });
  expect(rows.train).toEqual([
    [1, Number.NaN],
    [0, 7.5],
    [1, Number.NaN],
  ]);
});

describe("refuses in a sentence", () => {
  it.each([
    ["a column twice", '[{"name": "a", "role": "label"}, {"name": "a", "role": "id"}]', /names "a" twice/],
    ["what is neither", "a: [", /neither JSON nor YAML/],
    ["another file", "dataset_id: x\n", /neither a list of columns nor FuxiCTR's feature_cols/],
    ["a role that there is not", '[{"name": "a", "role": "text"}]', /at 0.role/],
    [
      "a preprocess of FuxiCTR's that nobody does here",
      CONFIG.replace("convert_to_bucket", "convert_hour"),
      /column visits is made by convert_hour/,
    ],
    [
      "an embedding",
      CONFIG.replace("type: numeric", "type: embedding"),
      /column price is of the type embedding/,
    ],
    [
      "two data sets",
      CONFIG + CONFIG.replace("taobao_tiny", "other"),
      /describes 2 data sets \(taobao_tiny, other\)/,
    ],
  ])("%s", async (_, content, sentence) => {
    await expect(parseColumns(content, "c.yaml")).rejects.toMatchObject({
      problem: { code: "columns-file-invalid", sentence: expect.stringMatching(sentence) },
    });
  });
});
