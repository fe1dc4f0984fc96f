import { afterEach, expect, it, vi } from "vitest";
import { hasSharedMemory } from "../../src/engine/wasm/sharedMemory.ts";

afterEach(() => vi.unstubAllGlobals());

it.each([
  [true, SharedArrayBuffer, true],
  [false, SharedArrayBuffer, false],
  // WebKitGTK.
  [true, undefined, false],
])("isolated: %s, SharedArrayBuffer: %s → threads: %s", (isolated, buffer, expected) => {
  vi.stubGlobal("crossOriginIsolated", isolated);
  vi.stubGlobal("SharedArrayBuffer", buffer);
  expect(hasSharedMemory()).toBe(expected);
});
