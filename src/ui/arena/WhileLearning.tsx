import { isGoingOn } from "../../store/arena/arenaState.ts";
import { Term } from "../explain/Term.tsx";
import { TermsIn } from "../explain/TermsIn.tsx";
import classes from "./arena.module.css";
import { PairSentences } from "./PairSentences.tsx";
import { useArenaState } from "./useArena.ts";

/** The second question: who learns faster, on rows of the first pass before they are trained on. */
export function WhileLearning() {
  const verdicts = useArenaState(({ arena }) => arena?.verdicts ?? null);
  const overview = useArenaState(({ arena }) => arena?.overview ?? null);
  const isOver = useArenaState(({ arena }) => arena?.overview !== null);
  const goingOn = useArenaState(({ arena }) => isGoingOn(arena));
  if (!verdicts) return null;
  return (
    <div className={classes.question} data-testid="while-learning">
      <h3 className={classes.lesserTitle}>
        While learning, on the <Term of="firstPass">first pass</Term>
      </h3>
      {verdicts.length === 0 ? (
        <p className={classes.hint}>
          {goingOn
            ? "The first batches are on their way."
            : "It was stopped before its first batch was compared."}
        </p>
      ) : (
        <div className={classes.lesser}>
          {isOver && verdicts.length > 1 && <p className={classes.sentence}>{overview}</p>}
          <PairSentences pairs={verdicts} testId="verdict" />
          <p className={classes.note}>
            <TermsIn text="About these runs only. The intervals stay valid while you look at them, and are corrected for all pairs and seeds." />
          </p>
        </div>
      )}
    </div>
  );
}
