import { chanceInWords, winnerInWords } from "../../race/words.ts";
import type { RaceState } from "../../store/race/raceState.ts";
import { PairSentences } from "../arena/PairSentences.tsx";
import { Card } from "../Card.tsx";
import { TermsIn } from "../explain/TermsIn.tsx";
import classes from "./race.module.css";

/** Who was chosen, what the test rows say of it, and what choosing the best of so many is worth. */
export function RaceVerdict({ race }: { race: RaceState }) {
  const { plan, progress } = race;
  const { outcome } = progress;
  if (!outcome) return null;
  const { finalists, heldOut, chance } = outcome;
  return (
    <Card title="Verdict on test rows" testId="race-verdict">
      <p className={classes.overview} role="status">
        {heldOut
          ? heldOut.overview
          : "There are no test rows: nothing can be said of the winner on rows that took no part in choosing it."}
      </p>
      <p className={classes.sentence}>{winnerInWords(plan, finalists)}</p>
      {heldOut && (
        <>
          <p className={classes.hint}>
            <TermsIn text={heldOut.scope} />
          </p>
          {heldOut.pairs.length > 1 && <PairSentences pairs={heldOut.pairs} testId="race-pairs" />}
        </>
      )}
      {chance && <p className={classes.sentence}>{chanceInWords(chance)}</p>}
    </Card>
  );
}
