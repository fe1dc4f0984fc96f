// Makes an engine by its name, on tfjs' current backend.

import type { Config, InputShape } from "../model/config.ts";
import type { BackendName, Engine, EngineName } from "./engine.ts";
import { createPlainEngine } from "./plain.ts";
import { createReferenceEngine } from "./reference.ts";

/** The engine that trains fastest on a backend. */
export function defaultEngine(_backend: BackendName): EngineName {
  return "reference";
}

/** An engine on tfjs' current backend, its parameters drawn from the configuration's seed. */
export async function createEngine(name: EngineName, config: Config, shape: InputShape): Promise<Engine> {
  switch (name) {
    case "plain":
      return createPlainEngine(config, shape);
    case "reference":
      return createReferenceEngine(config, shape);
    case "fast":
      throw new Error("the fast engine is not there on this backend");
  }
}
