// Three kills of a training process at random moments; `npm run chaos` and `npm run test:full` do many more.

import { expect, it } from "vitest";
import { runCommand } from "../cli/command.ts";

const KILLS = Number(process.env.CHAOS_KILLS ?? 3);

it("ends like the uninterrupted run, bit for bit, however often it was killed", async () => {
  const { code, result, stderr } = await runCommand("chaos", [`--kills=${KILLS}`, "--target=node"]);
  expect(code, stderr).toBe(0);
  expect(result.node).toMatchObject({ kills: KILLS, equal: true });
}, 3_600_000);
