/** Lines of Criteo's shape whose click depends on two columns. */
export function syntheticLog(rows: number, seed = 1): string {
  const lines: string[] = [];
  let state = seed;
  const next = (n: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
  for (let r = 0; r < rows; r++) {
    const integers = Array.from({ length: 13 }, () => (next(4) === 0 ? "" : String(next(30))));
    const categories = Array.from({ length: 26 }, () => next(12).toString(16).padStart(8, "0"));
    const signal = (Number(integers[0] || 0) > 15 ? 1 : 0) + (categories[0]! < "00000006" ? 1 : 0);
    const click = next(100) < [5, 20, 70][signal]! ? 1 : 0;
    lines.push([click, ...integers, ...categories].join("\t"));
  }
  return `${lines.join("\n")}\n`;
}
