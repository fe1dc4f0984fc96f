// Two texts line by line, beside each other.

export interface SideBySide {
  /** null where this line has no counterpart. */
  left: string | null;
  right: string | null;
  isSame: boolean;
}

/**
 * The lines of two short texts, equal ones beside each other (a longest common subsequence), and what lies between them in pairs. The
 * comma at a line's end, which JSON has but after the last, is no difference.
 */
export function sideBySide(left: readonly string[], right: readonly string[]): SideBySide[] {
  const [a, b] = [left, right].map((lines) => lines.map((line) => line.replace(/,$/, ""))) as [
    string[],
    string[],
  ];
  const lengths = commonLengths(a, b);
  const rows: SideBySide[] = [];
  let [i, j, pairedFrom] = [0, 0, 0];
  /** Lines without an equal one come in pairs, each with the next one of the other side. */
  function add(side: "left" | "right", line: string): void {
    const free = rows.findIndex((row, at) => at >= pairedFrom && row[side] === null);
    if (free >= 0) rows[free]![side] = line;
    else rows.push({ left: null, right: null, isSame: false, [side]: line });
  }
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      rows.push({ left: left[i]!, right: right[j]!, isSame: true });
      i++;
      j++;
      pairedFrom = rows.length;
    } else if (j === b.length || (i < a.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      add("left", left[i++]!);
    } else {
      add("right", right[j++]!);
    }
  }
  return rows;
}

/** How many lines the ends of both from `i` and `j` on have in common, in this order. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i]![j] =
        a[i] === b[j] ? 1 + lengths[i + 1]![j + 1]! : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
  return lengths;
}
