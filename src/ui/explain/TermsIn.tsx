import { Fragment } from "react";
import type { TermName } from "./glossary.ts";
import { Term } from "./Term.tsx";

/** Words of verdicts and captions, and the terms that explain them. */
const PHRASES: readonly (readonly [string, TermName])[] = [
  ["test log loss", "logLoss"],
  ["first-pass log loss", "firstPass"],
  ["log loss", "logLoss"],
  ["AUC", "auc"],
  ["new seeds and new rows", "newSeedsAndRows"],
  ["test rows", "test"],
  ["95 % intervals", "interval"],
  ["Holm", "manyComparisons"],
  ["intervals stay valid while you look", "confidenceSequence"],
  ["80 % of studies", "power"],
  ["Progressive", "progressive"],
  ["Evaluations of a whole split", "heldOut"],
];

/** A sentence in which each known term, the first time that it stands there, says what it means. */
export function TermsIn({ text }: { text: string }) {
  return partsOf(text).map(({ words, term, at }) =>
    term === null ? (
      <Fragment key={at}>{words}</Fragment>
    ) : (
      <Term key={at} of={term}>
        {words}
      </Term>
    ),
  );
}

interface Part {
  words: string;
  term: TermName | null;
  /** Where it begins. */
  at: number;
}

function partsOf(text: string): Part[] {
  const known = new Set<TermName>();
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const next = nextPhrase(text, at, known);
    const end = next?.at ?? text.length;
    if (end > at) parts.push({ words: text.slice(at, end), term: null, at });
    if (!next) break;
    known.add(next.term!);
    parts.push(next);
    at = next.at + next.words.length;
  }
  return parts;
}

/** The first phrase from `from` on whose term was not met; of several at one place the longest, which is listed first. */
function nextPhrase(text: string, from: number, known: ReadonlySet<TermName>): Part | null {
  let first: Part | null = null;
  for (const [words, term] of PHRASES) {
    const at = known.has(term) ? -1 : text.indexOf(words, from);
    if (at >= 0 && (first === null || at < first.at)) first = { words, term, at };
  }
  return first;
}
