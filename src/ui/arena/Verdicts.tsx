import { Text } from "@mantine/core";
import type { HeldOutPair, PairVerdict } from "../../runs/arenaEvents.ts";
import { Card } from "../Card.tsx";
import { AtTheEnd } from "./AtTheEnd.tsx";
import classes from "./arena.module.css";
import { useArenaState } from "./useArena.ts";
import { WhileLearning } from "./WhileLearning.tsx";

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
