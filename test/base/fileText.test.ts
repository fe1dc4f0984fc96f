// Files that somebody chose: whole, moved meanwhile, or a thousand times too large.

import { expect, it } from "vitest";
import { fileText } from "../../src/base/fileText.ts";

it("gives a file's text, or says why there is none", async () => {
  expect(await fileText(new File(["{}"], "a.json"))).toEqual({ ok: true, value: "{}" });
  const moved = Object.assign(new File(["{}"], "moved.json"), {
    text: () => Promise.reject(new DOMException("gone", "NotReadableError")),
  });
  expect(await fileText(moved)).toMatchObject({
    problem: { sentence: expect.stringMatching(/^moved.json could not be read: it changed or was moved/) },
  });
  const huge = Object.defineProperty(new File([], "huge.json"), "size", { value: 6e9 });
  expect(await fileText(huge)).toMatchObject({
    problem: { sentence: "huge.json could not be read: it has 6000 MB, too many for this." },
  });
});
