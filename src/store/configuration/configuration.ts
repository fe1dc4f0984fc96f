// What the next run will be: its configuration, what computes it, how often it is evaluated.

import { fileText } from "../../base/fileText.ts";
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
  /** The same of a file that the person chose. */
  importConfigurationFile(file: File): Promise<void>;
  /** Puts a whole configuration in the place of the one that is set up. */
  replace(config: Config): void;
  chooseBackend(backend: BackendName | "auto"): void;
  evaluateEvery(steps: number): void;
}

export function createConfiguration({ setState: set }: StudioStore, notices: Notices): Configuration {
  const importConfiguration: Configuration["importConfiguration"] = (text, name) => {
    const parsed = parseConfigText(text, name);
    if (parsed.ok) replace(parsed.value);
    else notices.notify(new ProblemError(parsed.problem));
  };
  const replace = (config: Config) => set({ configuration: checkDraft(config as ConfigDraft) });
  return {
    choosePreset: (name) => set({ configuration: checkDraft(preset(name)) }),
    edit: (path, value) =>
      set(({ configuration }) => ({
        configuration: checkDraft(withValue(configuration.draft, path, value)),
      })),
    importConfiguration,
    async importConfigurationFile(file) {
      const text = await fileText(file);
      if (text.ok) importConfiguration(text.value, file.name);
      else notices.notify(new ProblemError(text.problem));
    },
    replace,
    chooseBackend: (backend) => set({ backend }),
    evaluateEvery: (evaluateEverySteps) => set({ evaluateEverySteps }),
  };
}
