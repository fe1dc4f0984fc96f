import { Text } from "@mantine/core";
import { chanceInWords, winnerInWords } from "../../race/words.ts";
import type { RaceState } from "../../store/race/raceState.ts";
import { Card } from "../Card.tsx";
import { TermsIn } from "../explain/TermsIn.tsx";
import { moment } from "../format.ts";
import classes from "./overview.module.css";
import { ViewLink } from "./ViewLink.tsx";

/** What a race has come to: what the test rows say of those that were chosen, and what choosing is worth by chance. */
export function RaceResult({ race: { plan, progress, data, startedAt } }: { race: RaceState }) {
  const { outcome } = progress;
  if (!outcome) return null;
  const { finalists, heldOut, chance } = outcome;
  return (
    <Card
      title={`The result: race of ${plan.trials.length} configurations${data ? ` on ${data.name}` : ""}`}
      className={classes.card}
      testId="result"
    >
      <p className={classes.verdict}>{heldOut?.overview ?? winnerInWords(plan, finalists)}</p>
      <p className={classes.begun}>
        {heldOut?.scope && <TermsIn text={heldOut.scope} />}
        {startedAt !== null && ` Begun on ${moment(startedAt)}.`}
      </p>
      <Text size="sm" component="p" m={0}>
        {heldOut && winnerInWords(plan, finalists)} {chance && chanceInWords(chance)}
      </Text>
      <Text size="sm" component="p" m={0} mt={8}>
        <ViewLink view="race">Every trial, and which setting mattered</ViewLink>
      </Text>
    </Card>
  );
}
