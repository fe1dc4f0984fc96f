// What is odd in a data set, as lines of text.

import type { Finding } from "../preprocess/findings/findings.ts";
import { say } from "./log.ts";

export function sayFindings(findings: Finding[]): void {
  if (findings.length === 0) return;
  say(`odd, the worst first (${findings.length}):`);
  for (const { sentence, remedy } of findings) say(`- ${sentence} ${remedy}`);
}
