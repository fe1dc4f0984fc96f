import { expect, it } from "vitest";
import { bytes } from "../../src/ui/format.ts";

it.each([
  [1023, "1023 B"],
  [1024, "1.00 KiB"],
  [999 * 1024, "999 KiB"],
  [1020 * 1024, "0.996 MiB"],
  [1_234_567, "1.18 MiB"],
  [1023.6 * 2 ** 20, "1.00 GiB"],
])("says %d bytes as %s", (value, said) => expect(bytes(value)).toBe(said));
