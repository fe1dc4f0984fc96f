import { Table } from "@mantine/core";
import { useMemo } from "react";
import { type Effect, effectsOf, LEAST_FOR_EFFECTS } from "../../race/effects.ts";
import { chanceInWords, percent, winnerInWords } from "../../race/words.ts";
import type { RaceState } from "../../store/race/raceState.ts";
import { PairSentences } from "../arena/PairSentences.tsx";
import { Card } from "../Card.tsx";
import { TermsIn } from "../explain/TermsIn.tsx";
import { metric } from "../format.ts";
import { OpenedRace } from "./OpenRaceReport.tsx";
import { ParallelPlot } from "./ParallelPlot.tsx";
import { RaceSetup } from "./RaceSetup.tsx";
import classes from "./race.module.css";
import { TrialsTable } from "./TrialsTable.tsx";
import { useRaceState } from "./useRace.ts";

/** Many configurations, the worst dropped early, the last few judged on rows that chose none of them. */
export function RacePanel() {
  const race = useRaceState((state) => state.opened ?? state.race);
  const came =
    race?.progress.results.filter(({ rung, logLoss }) => rung === 0 && logLoss !== null).length ?? 0;
  return (
    <div className={classes.panel}>
      <RaceSetup />
      <OpenedRace />
      {race && (
        <>
          <RaceVerdict race={race} />
          <TrialsTable race={race} />
          {came >= LEAST_FOR_EFFECTS && (
            <>
              <ParallelPlot race={race} />
              <EffectsTable race={race} />
            </>
          )}
        </>
      )}
    </div>
  );
}

/** Who was chosen, what the test rows say of it, and what choosing the best of so many is worth. */
function RaceVerdict({ race }: { race: RaceState }) {
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

/** Which setting mattered, and how sure that is. */
function EffectsTable({ race }: { race: RaceState }) {
  const { plan, progress } = race;
  const { settings, trials, rungs } = plan;
  const { results } = progress;
  const effects = useMemo(() => effectsOf(settings, trials, results), [settings, trials, results]);
  if (!effects) return null;
  return (
    <Card title="Which setting mattered">
      <p className={classes.hint}>
        The share of the differences in rank between {effects.trials} trials that a setting explains by
        itself, at {percent(rungs[effects.rung]!)} of the training, with its 90 % interval; p of no effect, by
        shuffling. Interactions are in no share.
      </p>
      <div className={classes.scroll}>
        <Table className={classes.table} verticalSpacing={2} horizontalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Setting</Table.Th>
              <Table.Th ta="end">Explains</Table.Th>
              <Table.Th ta="end">90 % interval</Table.Th>
              <Table.Th ta="end">p</Table.Th>
              <Table.Th>Mean log loss by value</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {effects.effects.map((effect) => (
              <EffectRow key={effect.path} effect={effect} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Card>
  );
}

function EffectRow({ effect: { path, explained, low, high, p, levels } }: { effect: Effect }) {
  const whole = (share: number) => `${Math.round(100 * share)} %`;
  return (
    <Table.Tr>
      <Table.Td>{path}</Table.Td>
      <Table.Td ta="end">{whole(explained)}</Table.Td>
      <Table.Td ta="end">
        {whole(low)} to {whole(high)}
      </Table.Td>
      <Table.Td ta="end">{p.toFixed(3)}</Table.Td>
      <Table.Td>{levels.map(({ label, logLoss }) => `${label}: ${metric(logLoss)}`).join(", ")}</Table.Td>
    </Table.Tr>
  );
}
