// What the next run will be: its configuration, what computes it, how often it is evaluated.

import { ProblemError } from "../../base/result.ts";
import type { BackendName } from "../../engine/engine.ts";
import { type Config, parseConfigText } from "../../model/config.ts";
import { type PresetName, preset } from "../../model/presets.ts";
import type { Notices } from "../notices/notices.ts";
import type { StudioStore } from "../state.ts";
import { type ConfigDraft, checkDraft, withValue } from "./draft.ts";

export interface Configuration {
  choosePreset(name: PresetName): void;
  /** Replaces the configuration's value at `path`, for example `branches.0.units.1.size`. */
  edit(path: string, value: unknown): void;
  importConfiguration(text: string, name: string): void;
  /** Puts a whole configuration in the place of the one that is set up. */
  replace(config: Config): void;
  chooseBackend(backend: BackendName | "auto"): void;
  evaluateEvery(steps: number): void;
}

export function createConfiguration({ setState: set }: StudioStore, notices: Notices): Configuration {
  const replace = (config: Config) => set({ configuration: checkDraft(config as ConfigDraft) });
  return {
    choosePreset: (name) => set({ configuration: checkDraft(preset(name)) }),
    edit: (path, value) =>
      set(({ configuration }) => ({
        configuration: checkDraft(withValue(configuration.draft, path, value)),
      })),
    importConfiguration(text, name) {
      const parsed = parseConfigText(text, name);
      if (parsed.ok) replace(parsed.value);
      else notices.notify(new ProblemError(parsed.problem));
    },
    replace,
    chooseBackend: (backend) => set({ backend }),
    evaluateEvery: (evaluateEverySteps) => set({ evaluateEverySteps }),
  };
}
