import { expect, it } from "vitest";
import { bytes, roughly } from "../../src/ui/format.ts";

it.each([
  [999, "999 B"],
  [1000, "1.00 kB"],
  [999_000, "999 kB"],
  [999_600, "1.00 MB"],
  [1_234_567, "1.23 MB"],
  [2_000_000_000, "2.00 GB"],
])("says %d bytes as %s", (value, said) => expect(bytes(value)).toBe(said));

it("says an estimate in two digits", () => expect(roughly(97_299)).toBe("97,000"));
