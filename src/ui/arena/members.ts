// How a member looks, by its place: colour and dashes, so that colour alone tells nothing.

const LOOKS = [
  { color: "var(--branch-0)", dashes: undefined },
  { color: "var(--branch-1)", dashes: "6 3" },
  { color: "var(--branch-2)", dashes: "2 2" },
  { color: "var(--branch-3)", dashes: "9 3 2 3" },
  { color: "var(--fused)", dashes: "4 2 1 2 1 2" },
  { color: "var(--reference)", dashes: "1 3" },
] as const;

export interface MemberLook {
  color: string;
  dashes: string | undefined;
}

export function lookOf(member: number): MemberLook {
  return LOOKS[member % LOOKS.length]!;
}
