import fc from "fast-check";
import { expect, it } from "vitest";
import {
  eachCount,
  emptyStatistics,
  mergeStatistics,
  type ValueCounts,
} from "../../src/preprocess/counting.ts";
import { createEncoder } from "../../src/preprocess/encoder.ts";
import { DEFAULT_RULES } from "../../src/preprocess/preprocess.ts";
import {
  answerSteps,
  createWorkerPool,
  type PoolReply,
  type PoolWorker,
} from "../../src/preprocess/workerPool.ts";
import { logLine } from "./made.ts";

const settings = { layout: { integers: 1, categories: 1 }, rules: DEFAULT_RULES };

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

/** A member on this thread that hears nothing before `start`. */
function lateMember(): PoolWorker & { start(): void; die(cause: Error): void; heard: number } {
  let hear: (reply: PoolReply) => void;
  let fail: (cause: Error) => void;
  const early: Parameters<ReturnType<typeof answerSteps>>[0][] = [];
  const work = answerSteps((reply) => hear(reply));
  let started = false;
  return {
    heard: 0,
    post(request) {
      this.heard++;
      if (started) void work(structuredClone(request));
      else early.push(structuredClone(request));
    },
    listen(heard, failed) {
      hear = heard;
      fail = failed;
    },
    start() {
      started = true;
      for (const request of early) void work(request);
    },
    die: (cause) => fail(cause),
  };
}

it("counts what its leader counted before a member was there, and what members counted", async () => {
  const member = lateMember();
  const workerPool = createWorkerPool([member], settings);
  for (const line of [0, 1, 2]) await workerPool.count(part(line));
  expect(member.heard).toBe(1);
  member.start();
  await new Promise((heard) => setTimeout(heard));
  for (const line of [3, 4, 2]) await workerPool.count(part(line));
  expect(member.heard).toBe(4);

  const alone = createEncoder(settings.layout, settings.rules);
  for (const line of [0, 1, 2, 3, 4, 2]) await alone.count(part(line));
  const { rows, integers, categories } = await workerPool.counted();
  const expected = await alone.counted();
  expect(rows).toBe(6);
  expect(integers).toEqual(expected.integers);
  expect(categories[0]!.used).toBe(5);
  expect(countsOf(categories[0]!)).toEqual(countsOf(expected.categories[0]!));
});

it("rejects what waits for a member that dies, and all that is asked of it later", async () => {
  const member = lateMember();
  const workerPool = createWorkerPool([member], settings);
  const waiting = workerPool.setVocabulary({ values: [[]] });
  member.die(new Error("out of memory"));
  await expect(waiting).rejects.toThrow("out of memory");
  await expect(workerPool.count(part(0))).rejects.toThrow("out of memory");
  await expect(workerPool.counted()).rejects.toThrow("out of memory");
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
