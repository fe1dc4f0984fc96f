import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createStore } from "zustand/vanilla";
import { preset } from "../../src/model/presets.ts";
import { checkDraft, withValue } from "../../src/store/configuration/draft.ts";
import { lastSettings, noteSettings } from "../../src/store/configuration/lastSettings.ts";

const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.useFakeTimers();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function settings() {
  return createStore(() => ({
    configuration: checkDraft(preset("demo")),
    backend: "auto" as "auto" | "wasm",
    evaluateEverySteps: 50,
  }));
}

it("finds what was typed again, the impossible too", () => {
  const store = settings();
  noteSettings(store);
  const typed = withValue(store.getState().configuration.draft, "embeddingDim", "");
  store.setState({ configuration: checkDraft(typed), backend: "wasm" });
  vi.runAllTimers();
  expect(lastSettings()).toEqual({ draft: typed, backend: "wasm", evaluateEverySteps: 50 });
});

it("begins anew where nothing was noted, or what cannot be read", () => {
  expect(lastSettings()).toBe(null);
  for (const text of ["{", "7", '{"draft":{"branches":[]},"backend":"auto","evaluateEverySteps":1}']) {
    kept.set("final-studio/settings", text);
    expect(lastSettings()).toBe(null);
  }
});
