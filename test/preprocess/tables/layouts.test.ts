// Published data sets of clicks, by made-up rows of their true shape: each is known by its header or its shape.

import { expect, it } from "vitest";
import type { ColumnRole } from "../../../src/preprocess/roles.ts";
import { CRITEO, columnNames } from "../../../src/shards/rows.ts";
import { openFiles } from "../formats/opened.ts";
import { logLine } from "../made.ts";

const ROWS = 200;
const csv = (header: string, row: (i: number) => (string | number)[]) =>
  `${[header, ...Array.from({ length: ROWS }, (_, i) => row(i).join())].join("\n")}\n`;
const ids = (i: number, count: number) => Array.from({ length: count }, (_, c) => (i * (c + 3)) % 17);

const AVAZU =
  "id,click,hour,C1,banner_pos,site_id,site_domain,site_category,app_id,app_domain,app_category,device_id,device_ip,device_model,device_type,device_conn_type,C14,C15,C16,C17,C18,C19,C20,C21";

it.each<[string, string, string | undefined, Record<string, ColumnRole>]>([
  [
    "Avazu",
    csv(AVAZU, (i) => [`${10n ** 19n + BigInt(i)}`, i % 2, 14102100 + (i % 24), ...ids(i, 21)]),
    "Avazu",
    { id: "id", click: "label", hour: "time", C1: "category", site_id: "category", C21: "category" },
  ],
  [
    "Avazu_x1",
    csv(`label,${Array.from({ length: 22 }, (_, c) => `feat_${c + 1}`).join()}`, (i) => [
      i % 2,
      ...ids(i, 22),
    ]),
    "Avazu_x1",
    { label: "label", feat_1: "category", feat_22: "category" },
  ],
  [
    "Frappe",
    csv("label,user,item,daytime,weekday,isweekend,homework,cost,weather,country,city", (i) => [
      i % 2,
      ...ids(i, 10),
    ]),
    "Frappe",
    { label: "label", user: "category", cost: "category", isweekend: "category" },
  ],
  [
    "MovielensLatest",
    csv("label,user_id,item_id,tag_id", (i) => [i % 2, ...ids(i, 3)]),
    "MovielensLatest",
    { label: "label", user_id: "category", tag_id: "category" },
  ],
  [
    "KuaiVideo",
    csv("timestamp,user_id,item_id,is_click,is_like,is_follow,pos_items,neg_items", (i) => [
      1_500_000_000 + i,
      ...ids(i, 2),
      i % 2,
      i % 5 === 0 ? 1 : 0,
      0,
      "1^2^3",
      "4^5",
    ]),
    "KuaiVideo",
    { is_click: "label", is_like: "ignore", timestamp: "time", user_id: "category", pos_items: "several" },
  ],
  [
    "TaobaoAd",
    csv(
      "clk,userid,cms_segid,adgroup_id,cate_id,campaign_id,customer,brand,pid,btag,price,time_stamp,nonclk,cate_his",
      (i) => [i % 2, ...ids(i, 9), `${i}.5`, 1_494_032_110 + i, 1 - (i % 2), "7^8"],
    ),
    "TaobaoAd",
    {
      clk: "label",
      nonclk: "ignore",
      price: "number",
      time_stamp: "time",
      cate_his: "several",
      brand: "category",
    },
  ],
  [
    "Criteo_x4",
    csv(["Label", ...columnNames(CRITEO).slice(1)].join(), (i) =>
      logLine(i % 2, [i], ["0a1b2c3d"]).split("\t"),
    ),
    undefined,
    { Label: "label", I1: "integer", I13: "integer", C1: "category", C26: "category" },
  ],
  [
    "Criteo_x1",
    csv(["label", ...columnNames(CRITEO).slice(1)].join(), (i) => [
      i % 2,
      ...Array.from({ length: 13 }, (_, c) => (i + c) / 1000),
      ...ids(i, 26),
    ]),
    undefined,
    { label: "label", I1: "number", C26: "category" },
  ],
])("%s is known by its header", async (_, text, layout, roles) => {
  const source = await openFiles({ "train.csv": text });
  expect(source.layout).toBe(layout);
  const found = Object.fromEntries(source.columns!.map(({ name, role }) => [name, role]));
  expect(found).toMatchObject(roles);
  expect(source.columns!.find(({ role }) => role === "label")!.click).toBe("1");
});

it.each(["train.txt", "day_0"])("Criteo's own %s is known by its shape", async (name) => {
  const log = Array.from({ length: ROWS }, (_, i) => logLine(i % 2, [i, -1], ["0a1b2c3d"])).join("\n");
  const source = await openFiles({ [name]: log });
  expect(source.format).toBe("Criteo's log");
  expect(source.form).toMatchObject(CRITEO);
});

it("takes no column for a feature that says what became of a row", async () => {
  const text = csv("click,conversion,item_id,depth", (i) => [i % 2, i % 7 === 0 ? 1 : 0, i % 5, i % 30]);
  const source = await openFiles({ "a.csv": text });
  expect(source.columns!.map(({ role }) => role)).toEqual(["label", "ignore", "category", "integer"]);
});
