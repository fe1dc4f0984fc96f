import { Table } from "@mantine/core";
import { useMemo } from "react";
import { type Effect, effectsOf } from "../../race/effects.ts";
import { percent } from "../../race/words.ts";
import type { RaceState } from "../../store/race/raceState.ts";
import { Card } from "../Card.tsx";
import { metric } from "../format.ts";
import classes from "./race.module.css";

/** Which setting mattered, and how sure that is. */
export function EffectsTable({ race }: { race: RaceState }) {
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
