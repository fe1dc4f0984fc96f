// A configuration that a person named on the command line.

import { existsSync } from "node:fs";
import { basename } from "node:path";
import { orThrow } from "../base/result.ts";
import { type Config, parseConfigText } from "../model/config.ts";
import { findPreset } from "../model/presets.ts";
import { readText } from "./readText.ts";

/** A configuration file's, or a preset's by its name; `name` is short enough for tables. Throws a ProblemError. */
export async function readConfig(source: string): Promise<{ name: string; config: Config }> {
  const isFile = existsSync(source) || /[./\\]/.test(source);
  if (!isFile) return { name: source, config: orThrow(findPreset(source)) };
  const config = orThrow(parseConfigText(await readText(source), basename(source)));
  return { name: basename(source, ".json"), config };
}
