// How a member looks, by its place: the colours of runs, which its runs have in the list of runs too, and dashes, so that
// colour alone distinguishes nothing.

import { runLook } from "../charts/runLook.ts";

const DASHES = [undefined, "6 3", "2 2", "9 3 2 3", "4 2 1 2 1 2", "1 3"] as const;

export interface MemberLook {
  color: string;
  dashes: string | undefined;
}

export function lookOf(member: number): MemberLook {
  return { color: runLook(member).color, dashes: DASHES[member % DASHES.length] };
}
