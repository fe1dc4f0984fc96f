// Published data sets of clicks, recognised by their headers. Sources: the data sets' pages on Kaggle and Tianchi, and the
// dataset_config.yaml of BARS and FuxiCTR.

import type { ColumnRole } from "../roles.ts";

export interface KnownLayout {
  name: string;
  /** Columns that a table of this layout has. */
  has: string[];
  roles: Record<string, ColumnRole>;
  /** Of the columns that are not named in `roles`. */
  rest: ColumnRole;
}

const LAYOUTS: KnownLayout[] = [
  {
    name: "Avazu",
    has: ["click", "hour", "site_id", "app_id", "device_id", "C14"],
    roles: { id: "id", click: "label", hour: "time" },
    rest: "category",
  },
  { name: "Avazu_x1", has: ["label", "feat_1", "feat_22"], roles: { label: "label" }, rest: "category" },
  {
    name: "Frappe",
    has: ["label", "user", "item", "daytime", "weekday", "isweekend", "homework", "weather"],
    roles: { label: "label" },
    rest: "category",
  },
  {
    name: "MovielensLatest",
    has: ["label", "user_id", "item_id", "tag_id"],
    roles: { label: "label" },
    rest: "category",
  },
  {
    name: "KuaiVideo",
    has: ["user_id", "item_id", "is_click", "pos_items", "neg_items"],
    roles: {
      is_click: "label",
      is_like: "ignore",
      is_follow: "ignore",
      timestamp: "time",
      time: "time",
      group_id: "ignore",
      pos_items: "several",
      neg_items: "several",
      pos_items_emb: "several",
      neg_items_emb: "several",
      item_emb: "ignore",
    },
    rest: "category",
  },
  {
    name: "TaobaoAd",
    has: ["clk", "adgroup_id", "pid"],
    roles: {
      clk: "label",
      nonclk: "ignore",
      noclk: "ignore",
      time_stamp: "time",
      group_id: "ignore",
      price: "number",
      cate_his: "several",
      brand_his: "several",
      btag_his: "several",
    },
    rest: "category",
  },
];

export function layoutOfHeader(names: string[]): KnownLayout | null {
  return LAYOUTS.find(({ has }) => has.every((name) => names.includes(name))) ?? null;
}
