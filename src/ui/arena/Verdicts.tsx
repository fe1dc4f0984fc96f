import { Text } from "@mantine/core";
import type { HeldOutPair, PairVerdict } from "../../runs/arenaEvents.ts";
import { type ArenaState, isArenaActive } from "../../store/arena/arenaState.ts";
import { Card } from "../Card.tsx";
import { Term } from "../explain/Term.tsx";
import { TermsIn } from "../explain/TermsIn.tsx";
import { count } from "../format.ts";
import classes from "./arena.module.css";
import { Disagreement, Notes, PairSentences } from "./PairSentences.tsx";
import { useArenaState } from "./useArena.ts";

/** What has been found: at the end on held-out rows, and while learning. */
export function Verdicts() {
  const recorded = useArenaState(({ arena }) => arena?.recorded ?? null);
  const hasArena = useArenaState(({ arena }) => arena !== null);
  if (!hasArena) return null;
  return (
    <Card title="Verdict">
      {recorded && (
        <p className={classes.hint}>
          Recorded on {recorded.on} with {recorded.datasetName} data, not trained here.
        </p>
      )}
      <AtTheEnd />
      <WhileLearning />
      <EachSeed />
    </Card>
  );
}

/** The seeds that are done, each by itself. */
function EachSeed() {
  const seeds = useArenaState(({ arena }) => arena?.seeds ?? NONE);
  const learning = useArenaState(({ arena }) => arena?.seedVerdicts);
  const heldOut = useArenaState(({ arena }) => arena?.seedHeldOut);
  if (seeds.length < 2 || !learning || learning.length === 0) return null;
  return (
    <details className={classes.details}>
      <summary>Each seed by itself: these trained models, on new rows like these</summary>
      {learning.map((pairs, index) => (
        <div key={seeds[index]}>
          <Text size="xs" fw={600} mt={6}>
            Seed {seeds[index]}
          </Text>
          {sentencesOf(heldOut?.[index] ?? null, pairs).map((sentence) => (
            <p key={sentence} className={classes.note}>
              {sentence}
            </p>
          ))}
        </div>
      ))}
    </details>
  );
}

const NONE: number[] = [];

function sentencesOf(heldOut: HeldOutPair[] | null, learning: PairVerdict[]): string[] {
  return [...(heldOut ?? []), ...learning].map(({ verdict }) => verdict.sentence);
}

/** The second question: who learns faster, on rows of the first pass before they are trained on. */
function WhileLearning() {
  const verdicts = useArenaState(({ arena }) => arena?.verdicts ?? null);
  const overview = useArenaState(({ arena }) => arena?.overview ?? null);
  const isOver = useArenaState(({ arena }) => arena?.overview !== null);
  const active = useArenaState(({ arena }) => isArenaActive(arena));
  if (!verdicts) return null;
  return (
    <div className={classes.question} data-testid="while-learning">
      <h3 className={classes.lesserTitle}>
        While learning, on the <Term of="firstPass">first pass</Term>
      </h3>
      {verdicts.length === 0 ? (
        <p className={classes.hint}>
          {active
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

/** The headline: who is better on held-out rows at the last evaluation; before it, when it will come. */
function AtTheEnd() {
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
