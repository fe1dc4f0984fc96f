// What a page writes by itself when it is left: the newest of what its library has not confirmed.

import { expect, it } from "vitest";
import type { LastWriter } from "../../src/library/database.ts";
import { toStored } from "../../src/runs/curves.ts";
import { createUnconfirmed } from "../../src/store/library/unconfirmed.ts";
import { madeRun } from "../runs/madeRun.ts";

const NEVER = new Promise<never>(() => {});

function kept(runId: string, step: number) {
  const { record, curves } = madeRun(10);
  return { record: { ...record, runId, step }, curves: toStored(curves) };
}

it("writes the newest of each run until the library has confirmed it", async () => {
  const written: Parameters<LastWriter["write"]>[0][] = [];
  const unconfirmed = createUnconfirmed(
    async () => ({ write: (runs) => void written.push(runs) }),
    () => null,
  );
  await unconfirmed.open();
  unconfirmed.addRun(kept("first", 1), NEVER);
  unconfirmed.addRun(kept("first", 2), NEVER);
  const answer = Promise.resolve();
  unconfirmed.addRun(kept("second", 1), answer);
  await answer;
  unconfirmed.write();
  expect(written.flat().map(({ record }) => [record.runId, record.step])).toEqual([["first", 2]]);
});

it("continues where the connection was closed", async () => {
  const unconfirmed = createUnconfirmed(
    async () => ({
      write() {
        throw new DOMException("The database connection is closing.", "InvalidStateError");
      },
    }),
    () => null,
  );
  await unconfirmed.open();
  unconfirmed.addRun(kept("first", 1), NEVER);
  expect(() => unconfirmed.write()).not.toThrow();
});

it("writes an edited run as it is when the page is left, without its curves", async () => {
  const written: Parameters<LastWriter["write"]>[0][] = [];
  const { record } = kept("first", 1);
  const names = new Map([["first", "by then"]]);
  const unconfirmed = createUnconfirmed(
    async () => ({ write: (runs) => void written.push(runs) }),
    (runId) => (names.has(runId) ? { ...record, runId, name: names.get(runId)! } : null),
  );
  await unconfirmed.open();
  const answer = Promise.resolve();
  unconfirmed.addEdit(["first", "deleted since"], NEVER);
  unconfirmed.addEdit(["confirmed"], answer);
  await answer;
  unconfirmed.write();
  expect(written.flat().map(({ record: { runId, name }, curves }) => [runId, name, curves])).toEqual([
    ["first", "by then", undefined],
  ]);
});
