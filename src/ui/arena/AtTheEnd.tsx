import type { ArenaState } from "../../store/arena/arenaState.ts";
import { Term } from "../explain/Term.tsx";
import { TermsIn } from "../explain/TermsIn.tsx";
import { count } from "../format.ts";
import classes from "./arena.module.css";
import { Disagreement, Notes, PairSentences } from "./PairSentences.tsx";
import { useArenaState } from "./useArena.ts";

/** The headline: who is better on held-out rows at the last evaluation; before it, when it will come. */
export function AtTheEnd() {
  const heldOut = useArenaState(({ arena }) => arena?.heldOut ?? null);
  const waiting = useArenaState(({ arena }) => arena && notYet(arena));
  return (
    <div className={classes.question} data-testid="at-the-end">
      <h3 className={classes.questionTitle}>
        At the end, on <Term of="heldOut">held-out rows</Term>
      </h3>
      <p className={heldOut ? classes.overview : classes.sentence} role="status" data-testid="headline">
        {heldOut ? heldOut.overview : waiting}
      </p>
      {heldOut && (
        <>
          {heldOut.scope && (
            <p className={classes.note}>
              <TermsIn text={heldOut.scope} />
            </p>
          )}
          {heldOut.pairs.length > 1 ? (
            <PairSentences pairs={heldOut.pairs} testId="held-out" besides={heldOut.disagreements} />
          ) : (
            <>
              <Disagreement sentence={heldOut.disagreements[0] ?? null} />
              <Notes notes={heldOut.pairs[0]?.verdict.notes ?? []} />
            </>
          )}
        </>
      )}
    </div>
  );
}

/** Why there is no verdict, and when one will come. */
function notYet({ status, seeds, seedIndex, step, totalSteps }: ArenaState): string {
  const place =
    totalSteps > 0
      ? `step ${count(step)} of ${count(totalSteps)}, seed ${seedIndex + 1} of ${seeds.length}`
      : `seed ${seedIndex + 1} of ${seeds.length}`;
  switch (status.type) {
    case "stopped":
      return `Stopped at ${place}: the last evaluation was not reached, so there is no verdict.`;
    case "interrupted":
      return `Interrupted at ${place}: the last evaluation was not reached, so there is no verdict.`;
    case "failed":
      return `Ended by a problem at ${place}: there is no verdict.`;
    case "finished":
      return "An earlier version trained this arena and judged its first pass only.";
    default: {
      const last = seeds.length === 1 ? "the last evaluation" : `the last evaluation of seed ${seeds.length}`;
      return `Comes after ${last}, as it was declared before training. Until then nothing is claimed about it.`;
    }
  }
}
