// The settings as the person left them, for the next visit: a reload loses nothing that was typed.

import type { StoreApi } from "zustand/vanilla";
import { count, z } from "../../base/zod.ts";
import { BACKENDS } from "../../engine/engine.ts";
import { note, noted } from "../noted.ts";
import type { ConfigDraft } from "./draft.ts";

const KEY = "final-studio/settings";
const WAIT_MS = 300;

/** A draft may hold anything that was typed; it is checked like what is typed now. */
const settingsSchema = z.object({
  draft: z.looseObject({ branches: z.array(z.looseObject({ units: z.array(z.looseObject({})) })).min(1) }),
  backend: z.enum([...BACKENDS, "auto"]),
  evaluateEverySteps: count,
});

export interface Settings {
  draft: ConfigDraft;
  backend: z.infer<typeof settingsSchema>["backend"];
  evaluateEverySteps: number;
}

/** null where none were noted, or another version's cannot be read. */
export function lastSettings(): Settings | null {
  return noted(KEY, (value) => settingsSchema.parse(value) as unknown as Settings, null);
}

interface Noted {
  configuration: { draft: ConfigDraft };
  backend: Settings["backend"];
  evaluateEverySteps: number;
}

/** Notes every change, a moment after it, and what is left when the page goes. */
export function noteSettings(store: StoreApi<Noted>): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  function noteNow(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const { configuration, backend, evaluateEverySteps } = store.getState();
    note(KEY, { draft: configuration.draft, backend, evaluateEverySteps });
  }
  store.subscribe((now, before) => {
    const isSame =
      now.configuration === before.configuration &&
      now.backend === before.backend &&
      now.evaluateEverySteps === before.evaluateEverySteps;
    if (!isSame) timer ??= setTimeout(noteNow, WAIT_MS);
  });
  globalThis.addEventListener?.("pagehide", () => timer !== null && noteNow());
}
