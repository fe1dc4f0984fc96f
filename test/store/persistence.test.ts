import { expect, it } from "vitest";
import { createPersistence } from "../../src/store/library/persistence.ts";

it("asks once a visit, and knows the answer", async () => {
  let asked = 0;
  const persistence = createPersistence({
    persist: async () => ++asked > 0,
    persisted: async () => asked > 0,
  });
  const isPersistent = () => persistence.store.getState().isPersistent;
  await persistence.look();
  expect([isPersistent(), asked]).toEqual([false, 0]);
  await persistence.ask();
  await persistence.ask();
  expect([isPersistent(), asked]).toEqual([true, 1]);
});

it("says nothing where the browser does not", async () => {
  for (const storage of [undefined, { persist: refuse, persisted: refuse }]) {
    const persistence = createPersistence(storage);
    await persistence.ask();
    await persistence.look();
    expect(persistence.store.getState().isPersistent).toBeNull();
  }
});

async function refuse(): Promise<boolean> {
  throw new TypeError("not here");
}
