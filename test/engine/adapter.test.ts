// The search for a GPU, by drivers that misbehave.

import { afterEach, expect, it, vi } from "vitest";
import { findAdapter } from "../../src/engine/webgpu/adapter.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it.each<[string, () => Promise<unknown>]>([
  ["never answers", () => new Promise(() => {})],
  ["refuses", () => Promise.reject(new Error("lost"))],
  ["has no adapter", async () => null],
])("finds none where a driver %s", async (_, requestAdapter) => {
  vi.useFakeTimers();
  vi.stubGlobal("navigator", { gpu: { requestAdapter } });
  const found = findAdapter();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(await found).toBeNull();
  expect(vi.getTimerCount()).toBe(0);
});
