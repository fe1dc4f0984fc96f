// What the two verdicts of an arena have in common: their shape, and how numbers are written in them.

export interface Verdict {
  sentence: string;
  /** What the sentence rests on, and how far it reaches. */
  notes: string[];
  /** Which member is better, where that is clear. */
  better: "first" | "second" | null;
}

/** Who is better than whom. */
export interface Win {
  winner: string;
  loser: string;
}

export const ALPHA = 0.05;

/** What stands in for a verdict where one of the two met a problem. */
export function voidVerdict(first: string, second: string, failed: string): Verdict {
  const sentence = `${first} and ${second} cannot be compared: ${failed} met a problem and left.`;
  return { sentence, notes: [], better: null };
}

/** All that is clear among several members, without its full stop; null where nothing is. `verb`: "is better than". */
export function winsInWords(names: readonly string[], wins: readonly Win[], verb: string): string | null {
  if (wins.length === 0) return null;
  const champion = names.find(
    (name) => wins.filter(({ winner }) => winner === name).length === names.length - 1,
  );
  if (champion !== undefined && names.length > 2) return `${champion} ${verb} every other member`;
  const facts = names.flatMap((name) => {
    const losers = wins.filter(({ winner }) => winner === name).map(({ loser }) => loser);
    return losers.length > 0 ? [`${name} ${verb} ${losers.join(" and ")}`] : [];
  });
  const pairs = (names.length * (names.length - 1)) / 2;
  return wins.length < pairs ? `${facts.join("; ")}; no other difference is clear` : facts.join("; ");
}

/**
 * "0.00094 ± 0.00031": as many decimals as show two digits of the radius, and more where rounding would move an end of
 * the interval to 0 or across it.
 */
export function interval(mean: number, radius: number): string {
  const size = Math.abs(mean);
  const smallest = radius > 0 ? radius : size;
  let decimals = smallest > 0 ? Math.min(12, Math.max(2, 1 - Math.floor(Math.log10(smallest)))) : 2;
  const shown = (value: number) => Number(value.toFixed(decimals));
  while (decimals < 12 && Math.sign(shown(size) - shown(radius)) !== Math.sign(size - radius)) decimals++;
  return `${size.toFixed(decimals)} ± ${radius.toFixed(decimals)}`;
}

/** "9,908". */
export function count(value: number): string {
  return value.toLocaleString("en");
}

/** A forecast has no more than two digits to it. */
export function roundUp(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.ceil(value / unit) * unit;
}
