// Values as people type them: "4, 8, 16" or "0.001 to 0.02 log".

import { INTERACTIONS, OPTIMIZERS } from "../model/config.ts";

/** A list, or a range with its scale, as `parseVary` takes it. */
export function valuesOf(text: string): unknown {
  const range = /^\s*(\S+)\s*(?:\.\.|…|\bto\b)\s*(\S+?)\s*(log|linear)?\s*$/.exec(text);
  const [from, to] = [Number(range?.[1]), Number(range?.[2])];
  if (range && Number.isFinite(from) && Number.isFinite(to))
    return { from, to, ...(range[3] && { scale: range[3] }) };
  return text.split(",").map((part) => typedValue(part.trim()));
}

function typedValue(text: string): unknown {
  if (text === "true" || text === "on") return true;
  if (text === "false" || text === "off") return false;
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** Values to begin with for a setting: around what the configuration has. */
export function suggestedValues(path: string, value: unknown): string {
  if (typeof value === "boolean") return "true, false";
  if (typeof value !== "number") return CHOICES[path.split(".").at(-1)!] ?? String(value);
  const name = path.split(".").at(-1)!;
  if (name === "dropout" || name === "embeddingDropout") return "0, 0.1, 0.3";
  if (name === "epochs") return `${value}, ${2 * value}`;
  if (name === "order") return "1, 2, 3";
  if (name === "distillationWeight") return "0, 0.3, 1";
  if (Number.isInteger(value) && value > 1)
    return `${Math.max(1, Math.round(value / 2))}, ${value}, ${2 * value}`;
  const middle = value > 0 ? value : 1e-5;
  return `${Number((middle / 5).toPrecision(1))} to ${Number((middle * 5).toPrecision(1))} log`;
}

const CHOICES: Record<string, string> = {
  fusion: "mean, gate",
  interaction: INTERACTIONS.join(", "),
  integers: "bucket, quantile",
  gate: "linear, tanh",
  activation: "linear, relu",
  kind: OPTIMIZERS.join(", "),
  initialization: "fuxictr, mindspore",
  updates: "dense, lazy",
};
