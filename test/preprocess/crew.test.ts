import { expect, it } from "vitest";
import { type CrewMember, type CrewReply, createCrew, crewMember } from "../../src/preprocess/crew.ts";
import { createHands } from "../../src/preprocess/hands.ts";
import { DEFAULT_RULES } from "../../src/preprocess/preprocess.ts";
import { logLine } from "./made.ts";

const crewRules = { layout: { integers: 1, categories: 1 }, rules: DEFAULT_RULES };

function part(line: number) {
  const text = `${logLine(line % 2, [line], [`0000000${line}`])
    .split("\t")
    .slice(0, 2)
    .join("\t")}\t0000000${line}`;
  return { bytes: new TextEncoder().encode(text), firstLine: line, lineCount: 1 };
}

/** A member on this thread that hears nothing before `start`. */
function lateMember(): CrewMember & { start(): void; die(cause: Error): void; heard: number } {
  let hear: (reply: CrewReply) => void;
  let fail: (cause: Error) => void;
  const early: Parameters<ReturnType<typeof crewMember>>[0][] = [];
  const work = crewMember((reply) => hear(reply));
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
  const crew = createCrew([member], crewRules);
  for (const line of [0, 1, 2]) await crew.count(part(line));
  expect(member.heard).toBe(1);
  member.start();
  await new Promise((heard) => setTimeout(heard));
  for (const line of [3, 4, 2]) await crew.count(part(line));
  expect(member.heard).toBe(4);

  const alone = createHands(crewRules.layout, crewRules.rules);
  for (const line of [0, 1, 2, 3, 4, 2]) await alone.count(part(line));
  const { rows, integers, categories } = await crew.counted();
  const expected = await alone.counted();
  expect(rows).toBe(6);
  expect(integers).toEqual(expected.integers);
  expect(categories[0]!.used).toBe(5);
  expect([...categories[0]!.table].toSorted()).toEqual([...expected.categories[0]!.table].toSorted());
});

it("rejects what waits for a member that dies, and all that is asked of it later", async () => {
  const member = lateMember();
  const crew = createCrew([member], crewRules);
  const waiting = crew.setVocabulary({ values: [[]] });
  member.die(new Error("out of memory"));
  await expect(waiting).rejects.toThrow("out of memory");
  await expect(crew.count(part(0))).rejects.toThrow("out of memory");
  await expect(crew.counted()).rejects.toThrow("out of memory");
});
