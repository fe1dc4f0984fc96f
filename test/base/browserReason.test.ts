import { expect, it } from "vitest";
import { browserReason, networkReason } from "../../src/base/browserReason.ts";

it("says in our own words what a browser throws", () => {
  const raw = "The requested file could not be read, typically due to permission problems.";
  expect(browserReason(new DOMException(raw, "NotReadableError"))).toBe(
    "it changed or was moved since it was chosen, or may not be read",
  );
  expect(browserReason(new DOMException(raw, "StrangeError"))).toBe(
    "the browser does not say why (StrangeError)",
  );
  expect(networkReason(new TypeError("Failed to fetch"))).toContain("its server did not answer");
  for (const cause of [new Error(raw), raw, new DOMException(raw, "AbortError")])
    expect(browserReason(cause)).not.toContain("requested file");
});
