// Where a browser has no private file system, each who needs it says what cannot be kept.

import { afterEach, expect, it, vi } from "vitest";
import { openOpfs } from "../../src/checkpoint/opfs.ts";
import { beginKept, listKept } from "../../src/datasets/device.ts";

afterEach(() => vi.unstubAllGlobals());

it("names data sets or runs as what is not kept, and what to do instead", async () => {
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("navigator", {});
  await expect(beginKept("clicks")).rejects.toMatchObject({
    problem: {
      sentence: "This browser offers no storage for data sets: it has no private file system.",
      remedy: expect.stringContaining("open its folder here"),
    },
  });
  for (const looks of [listKept(), openOpfs("runs", async () => {})])
    await expect(looks).rejects.toMatchObject({
      problem: { code: "storage-missing", sentence: expect.stringContaining("runs are lost") },
    });
});
