import fc from "fast-check";
import { expect, it, vi } from "vitest";
import type { WorkerPort } from "../../src/base/rpc/port.ts";
import {
  eachCount,
  emptyStatistics,
  mergeStatistics,
  type ValueCounts,
} from "../../src/preprocess/counting.ts";
import { createEncoder } from "../../src/preprocess/encoder.ts";
import { NAMED_RULES } from "../../src/preprocess/rules.ts";
import { createWorkerPool, serveEncoder } from "../../src/preprocess/workerPool.ts";
import { logLine } from "./made.ts";

const settings = { layout: { integers: 1, categories: 1 }, rules: NAMED_RULES.mindspore };

function part(line: number) {
  const text = `${logLine(line % 2, [line], [`0000000${line}`])
    .split("\t")
    .slice(0, 2)
    .join("\t")}\t0000000${line}`;
  return { bytes: new TextEncoder().encode(text), firstLine: line, lineCount: 1 };
}

function countsOf(column: ValueCounts): [number, number][] {
  const counts: [number, number][] = [];
  eachCount(column, (key, count) => counts.push([key, count]));
  return counts.toSorted(([a], [b]) => a - b);
}

/** A worker on this thread whose script is loaded when `start` is called. */
function lateWorker() {
  const { port1, port2 } = new MessageChannel();
  const posted = vi.spyOn(port1, "postMessage");
  return {
    port: port1 as WorkerPort,
    /** Settles when it has answered what it was asked first. */
    start: () =>
      new Promise<void>((resolve) => {
        port1.addEventListener("message", ({ data }) => data.type === "answer" && resolve());
        serveEncoder(port2);
      }),
    die: (message: string) => port1.dispatchEvent(Object.assign(new Event("error"), { message })),
    requests: () => posted.mock.calls.map(([message]) => (message as { name: string }).name),
  };
}

it("counts what its leader counted before a worker was there, and what workers counted", async () => {
  const worker = lateWorker();
  const workerPool = createWorkerPool([worker.port], settings);
  for (const line of [0, 1, 2]) await workerPool.count(part(line));
  expect(worker.requests()).toEqual(["setUp"]);
  await worker.start();
  for (const line of [3, 4, 2]) await workerPool.count(part(line));
  expect(worker.requests()).toEqual(["setUp", "count", "count", "count"]);

  const alone = createEncoder(settings.layout, settings.rules);
  for (const line of [0, 1, 2, 3, 4, 2]) await alone.count(part(line));
  const { rows, integers, categories } = await workerPool.counted();
  workerPool.close();
  const expected = await alone.counted();
  expect(rows).toBe(6);
  expect(integers).toEqual(expected.integers);
  expect(categories[0]!.used).toBe(5);
  expect(countsOf(categories[0]!)).toEqual(countsOf(expected.categories[0]!));
});

it("rejects what waits for a worker that dies, and all that is asked of it later", async () => {
  const worker = lateWorker();
  const workerPool = createWorkerPool([worker.port], settings);
  const waiting = workerPool.setVocabulary({ values: [[]] });
  worker.die("out of memory");
  await expect(waiting).rejects.toMatchObject({ problem: { code: "encoder-died" } });
  await expect(workerPool.count(part(0))).rejects.toThrow("out of memory");
  await expect(workerPool.counted()).rejects.toThrow("out of memory");
  await expect(workerPool.encode(part(0))).rejects.toThrow("out of memory");
});

it("has what a worker meets said as it is", async () => {
  const worker = lateWorker();
  const workerPool = createWorkerPool([worker.port], settings);
  await worker.start();
  const broken = { ...part(0), bytes: null as unknown as Uint8Array<ArrayBuffer> };
  await expect(workerPool.encode(broken)).rejects.toMatchObject({ problem: { code: "unexpected" } });
  expect((await workerPool.count(part(1))).lineCount).toBe(1);
  workerPool.close();
});

it("merges what any number of threads counted, in whichever order, as one would count it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.nat(60), { maxLength: 80 }), { maxLength: 5 }), async (threads) => {
      const alone = createEncoder(settings.layout, settings.rules);
      const total = emptyStatistics(settings.layout);
      for (const keys of threads) {
        const thread = createEncoder(settings.layout, settings.rules);
        for (const key of keys) {
          const text = `1\t${key}\t${key.toString(16).padStart(8, "0")}`;
          const line = () => ({ bytes: new TextEncoder().encode(text), firstLine: 0, lineCount: 1 });
          await thread.count(line());
          await alone.count(line());
        }
        mergeStatistics(total, await thread.counted());
      }
      const [merged, expected] = [total, await alone.counted()].map(({ categories }) => categories[0]!);
      expect(countsOf(merged!)).toEqual(countsOf(expected!));
      expect(merged!.used).toBe(expected!.used);
      expect(total.rows).toBe(threads.flat().length);
    }),
    { numRuns: 50 },
  );
});
