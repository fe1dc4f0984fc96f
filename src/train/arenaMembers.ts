// Who may compete in an arena, and which pairs are compared.

import { LEAST_MEMBERS, type Member, MOST_MEMBERS } from "../arena/questions.ts";
import { modesKey, modesText } from "../base/numberModes.ts";
import { problem } from "../base/problem.ts";
import { err, ok, type Result } from "../base/result.ts";

/** Whether the members can train on the same batches. */
export function checkMembers(members: Member[]): Result<Member[]> {
  if (members.length < LEAST_MEMBERS || members.length > MOST_MEMBERS)
    return err(problem("arena-size", { members: members.length, least: LEAST_MEMBERS, most: MOST_MEMBERS }));
  const [first] = members as [Member];
  for (const [index, { name, config }] of members.entries()) {
    for (const field of ["batchSize", "epochs", "integers"] as const) {
      const isModes = field === "integers";
      const [a, b] = [config[field], first.config[field]];
      if (isModes ? modesKey(config.integers) === modesKey(first.config.integers) : a === b) continue;
      const value = isModes ? modesText(config.integers) : String(a);
      const expected = isModes ? modesText(first.config.integers) : String(b);
      const details = { member: index, name, field, value, other: first.name, expected };
      return err(problem("arena-members-differ", details));
    }
  }
  return ok(members);
}
