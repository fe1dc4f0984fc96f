import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { openSyncHandle } from "../../src/base/privateStorage.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Opens a file that nobody else holds; `answer` is what the browser answers. */
function opened(answer: () => Promise<object>): WeakRef<object> {
  const file = { createSyncAccessHandle: answer };
  openSyncHandle(file as unknown as FileSystemFileHandle).catch(() => {});
  return new WeakRef(file);
}

/** A reference holds what it leads to until the task ends. */
async function afterCollection(): Promise<void> {
  await new Promise((done) => setTimeout(done));
  collectGarbage();
}

it("holds a file's handle while it is being opened, which Chromium else forgets, and no longer", async () => {
  const waiting = opened(() => new Promise(() => {}));
  const done = opened(async () => ({}));
  const refused = opened(() => Promise.reject(new Error("locked")));
  await afterCollection();
  expect(waiting.deref()).toBeDefined();
  expect([done.deref(), refused.deref()]).toEqual([undefined, undefined]);
});
