import type { PairVerdict } from "../../runs/arenaEvents.ts";
import { TermsIn } from "../explain/TermsIn.tsx";
import classes from "./arena.module.css";

interface PairSentencesProps {
  pairs: readonly PairVerdict[];
  testId: string;
  /** In the order of the pairs: where the other verdict says something else. */
  besides?: readonly (string | null)[];
}

/** So many pairs are all shown; of more, those that say which member is better. */
const SHOWN_PAIRS = 6;

/** The pairs' sentences, each with its notes; what every note says is said once. */
export function PairSentences({ pairs, testId, besides = [] }: PairSentencesProps) {
  const common = (pairs.length > 1 ? pairs[0]!.verdict.notes : []).filter((note) =>
    pairs.every(({ verdict }) => verdict.notes.includes(note)),
  );
  const items = pairs.map(({ first, second, verdict }, index) => (
    <li key={`${first} ${second}`} data-clear={verdict.better !== null}>
      <p className={classes.sentence} data-testid={testId}>
        {index === 0 ? <TermsIn text={verdict.sentence} /> : verdict.sentence}
      </p>
      <Disagreement sentence={besides[index] ?? null} />
      <Notes notes={verdict.notes.filter((note) => !common.includes(note))} />
    </li>
  ));
  const isFolded = (index: number) => pairs.length > SHOWN_PAIRS && pairs[index]!.verdict.better === null;
  const folded = items.filter((_, index) => isFolded(index));
  return (
    <>
      <ul className={classes.verdicts}>{items.filter((_, index) => !isFolded(index))}</ul>
      {folded.length > 0 && (
        <details className={classes.details}>
          <summary>
            The other {folded.length} of {pairs.length} pairs, without a clear winner
          </summary>
          <ul className={classes.verdicts}>{folded}</ul>
        </details>
      )}
      <Notes notes={common} />
    </>
  );
}

/** Where the end says something else than the first pass. */
export function Disagreement({ sentence }: { sentence: string | null }) {
  if (sentence === null) return null;
  return (
    <p className={classes.disagreement} data-testid="disagreement">
      {sentence}
    </p>
  );
}

export function Notes({ notes }: { notes: readonly string[] }) {
  return notes.map((note) => (
    <p key={note} className={classes.note}>
      <TermsIn text={note} />
    </p>
  ));
}
