import { Swatch } from "../charts/Swatch.tsx";
import { lookOf } from "./members.ts";

/** A piece of a member's line, as the charts draw it. */
export function MemberLine({ member }: { member: number }) {
  return <Swatch {...lookOf(member)} width={2.5} />;
}
