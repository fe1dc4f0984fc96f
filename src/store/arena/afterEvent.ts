// What an event of the worker makes of the arena on show, and of its curves.

import { assertNever } from "../../base/assert.ts";
import { type ArenaCurves, addDifference, addPoint } from "../../runs/arenaCurves.ts";
import type { ArenaEvent } from "../../runs/arenaEvents.ts";
import type { EvaluationPoint, TrainEvent } from "../../runs/events.ts";
import { afterStart } from "../training/status.ts";
import { type ArenaState, type MemberState, newMember } from "./arenaState.ts";

/** Adds the points of an event to the curves of the seed under way. */
export function addToCurves(curves: ArenaCurves, event: ArenaEvent): void {
  if (event.type === "compared")
    for (const [index, { points }] of event.pairs.entries())
      for (const point of points) addDifference(curves.pairs[index]!, point);
  if (event.type !== "member") return;
  if (event.event.type === "progressed")
    for (const point of event.event.points) addPoint(curves.members[event.member]!, point);
  if (event.event.type === "evaluated" && event.event.point.split === "test")
    addPoint(curves.tests[event.member]!, event.event.point);
}

/** The arena after `event`. */
export function afterArenaEvent(arena: ArenaState, event: ArenaEvent): ArenaState {
  switch (event.type) {
    case "seedStarted":
      return {
        ...arena,
        seedIndex: event.seedIndex,
        states: arena.members.map(newMember),
        step: 0,
        verdicts: [],
        curvesVersion: arena.curvesVersion + 1,
      };
    case "member":
      return afterMemberEvent(arena, event.member, event.event);
    case "compared":
      return {
        ...arena,
        verdicts: event.pairs.map(({ first, second, verdict }) => ({ first, second, verdict })),
        curvesVersion: arena.curvesVersion + 1,
      };
    case "seedFinished":
      return {
        ...arena,
        verdicts: event.pairs,
        seedVerdicts: [...arena.seedVerdicts, event.pairs],
        seedHeldOut: [...arena.seedHeldOut, event.heldOut],
        seedTests: [...arena.seedTests, event.tests],
      };
    case "concluded":
      return {
        ...arena,
        verdicts: event.pairs,
        overview: event.overview,
        heldOut: event.heldOut,
        status: { type: event.heldOut ? "finished" : "stopped" },
      };
    case "deviceLost":
      // The seed that begins again says so by itself.
      return arena;
    case "failed":
      return { ...arena, status: { type: "failed", problem: event.problem } };
    default:
      return assertNever(event);
  }
}

function afterMemberEvent(arena: ArenaState, member: number, event: TrainEvent): ArenaState {
  const withMember = (change: Partial<MemberState>): ArenaState => ({
    ...arena,
    states: arena.states.with(member, { ...arena.states[member]!, ...change }),
    curvesVersion: arena.curvesVersion + 1,
  });
  switch (event.type) {
    case "started":
      return { ...arena, totalSteps: event.totalSteps, status: afterStart(arena.status) };
    case "progressed":
      return {
        ...withMember({ logLoss: event.points.at(-1)?.logLoss.fused ?? arena.states[member]!.logLoss }),
        step: event.position.step,
        memberSeconds: arena.memberSeconds.with(member, event.position.activeSeconds),
      };
    case "evaluated":
      return event.point.split === "test" ? withMember(testedBy(event.point)) : arena;
    case "paused":
      return { ...arena, status: { type: "paused" } };
    case "resumed":
      return { ...arena, status: { type: "running" } };
    case "finished":
      return withMember({ status: "finished" });
    case "failed":
      return withMember({ status: "failed", problem: `${event.problem.sentence} ${event.problem.remedy}` });
    case "evaluating":
    case "learningRateChanged":
      return arena;
    default:
      return assertNever(event);
  }
}

function testedBy({ logLoss, auc }: EvaluationPoint): Partial<MemberState> {
  return { testLogLoss: logLoss.fused, testAuc: auc?.fused ?? null };
}
