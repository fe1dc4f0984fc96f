import { lookOf } from "./members.ts";

/** A piece of a member's line, as the charts draw it. */
export function MemberLine({ member }: { member: number }) {
  const { color, dashes } = lookOf(member);
  return (
    <svg width="26" height="8" aria-hidden="true">
      <line x1="0" x2="26" y1="4" y2="4" stroke={color} strokeWidth={2.5} strokeDasharray={dashes} />
    </svg>
  );
}
