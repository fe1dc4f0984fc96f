import { Button, Group, Table } from "@mantine/core";
import { raceToCsv } from "../../race/csv.ts";
import { type Fate, standing } from "../../race/halving.ts";
import { raceReport } from "../../race/raceReport.ts";
import { trialName } from "../../race/trials.ts";
import { fateInWords, percent, winnerInWords } from "../../race/words.ts";
import { dataOf } from "../../runs/record.ts";
import { linkTo, type SharedRace } from "../../store/configuration/share.ts";
import { planOf, type RaceState } from "../../store/race/raceState.ts";
import type { Studio } from "../../store/studio.ts";
import { Card } from "../Card.tsx";
import { allChartSvgs } from "../charts/chartPicture.ts";
import { metric } from "../format.ts";
import { CopyLink } from "../runs/ShareLink.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { save } from "../save.ts";
import classes from "./race.module.css";

/** Every trial: its settings, its validation log loss at each look, and when and why it was dropped. */
export function TrialsTable({ race }: { race: RaceState }) {
  const { plan, progress } = race;
  const { trials, settings, rungs, halving } = plan;
  const { fates, finalists } = standing(halving, rungs.length, trials.length, progress.results);
  const order = trials
    .map((_, trial) => trial)
    .toSorted((a, b) => rankOf(fates[a]!) - rankOf(fates[b]!) || a - b);
  return (
    <Card title="Trials" actions={<RaceFiles race={race} />}>
      <p className={classes.hint}>
        Log loss on validation rows at each look. “Use” makes a trial the current configuration.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label="Trials, table">
        <Table className={classes.table} verticalSpacing={2} horizontalSpacing="xs" stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Trial</Table.Th>
              {settings.map(({ path }) => (
                <Table.Th key={path}>{shortName(path)}</Table.Th>
              ))}
              {rungs.map((share) => (
                <Table.Th key={share} ta="end">
                  {percent(share)}
                </Table.Th>
              ))}
              <Table.Th>What became of it</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {order.map((trial) => (
              <TrialRow
                key={trial}
                race={race}
                trial={trial}
                fate={fates[trial]!}
                best={finalists[0] === trial}
              />
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </Card>
  );
}

interface TrialRowProps {
  race: RaceState;
  trial: number;
  fate: Fate;
  best: boolean;
}

function TrialRow({ race, trial, fate, best }: TrialRowProps) {
  const { importConfiguration } = useStudio();
  const { trials, rungs } = race.plan;
  const { number, choices, config } = trials[trial]!;
  const name = trialName(number);
  const trains = race.training?.trials.includes(trial) ?? false;
  const at = (rung: number) =>
    race.progress.results.find((result) => result.trial === trial && result.rung === rung)?.logLoss;
  return (
    <Table.Tr data-fate={fate.type} data-best={best || undefined}>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          {number}
          <Button
            size="compact-xs"
            variant="subtle"
            aria-label={`Use ${name}`}
            onClick={() => importConfiguration(JSON.stringify(config), name)}
          >
            Use
          </Button>
        </Group>
      </Table.Td>
      {choices.map(({ label }, i) => (
        <Table.Td key={race.plan.settings[i]!.path}>{label}</Table.Td>
      ))}
      {rungs.map((share, rung) => (
        <Table.Td key={share} ta="end">
          {metric(at(rung))}
        </Table.Td>
      ))}
      <Table.Td className={classes.fate}>
        {trains ? "Trains" : ""}
        {trains && fate.type === "waiting" ? "" : `${trains ? ". " : ""}${fateInWords(fate, rungs)}`}
      </Table.Td>
    </Table.Tr>
  );
}

/** Those that came furthest first, the best of them at the top. */
function rankOf(fate: Fate): number {
  if (fate.type === "finished") return fate.rank;
  if (fate.type === "dropped") return 1e4 - 1e3 * fate.rung + fate.rank;
  return fate.type === "waiting" ? 900 - fate.rung : 1e6;
}

/** The last name of a path: "learningRate". */
export function shortName(path: string): string {
  return path.split(".").at(-1)!;
}

/** The race as files, and a link that carries how it is set up and what was found. */
function RaceFiles({ race }: { race: RaceState }) {
  const studio = useStudio();
  const config = useStudioState(({ configuration }) => configuration.config);
  const { plan, progress, data, startedAt } = race;
  async function saveReport(): Promise<void> {
    const shared = sharedRace(studio, race);
    const link = shared?.found ? await linkTo(shared, location.href) : null;
    const parts = raceReport({ plan, progress, data, startedAt }, allChartSvgs(), link);
    save("final-race.html", new Blob(parts, { type: "text/html" }));
  }
  return (
    <Group gap="xs">
      <Button
        size="compact-xs"
        onClick={() => save("final-race.csv", new Blob([raceToCsv(plan, progress)], { type: "text/csv" }))}
      >
        CSV
      </Button>
      <Button size="compact-xs" onClick={() => void saveReport()}>
        Race report
      </Button>
      <CopyLink label="Share race" disabled={!config} make={() => sharedRace(studio, race)!} />
    </Group>
  );
}

/** What is set up, and what was found where the race on show is of that; null without a working configuration. */
function sharedRace({ store, race }: Studio, shown: RaceState): SharedRace | null {
  const { configuration, dataset } = store.getState();
  const { setup } = race.store.getState();
  if (!configuration.config) return null;
  const shared = { base: configuration.config, setup, data: dataset && dataOf(dataset) };
  const plan = dataset && planOf(setup, shared.base, dataset.summary.rows.train);
  const { outcome } = shown.progress;
  if (!plan?.ok || !outcome || JSON.stringify(plan.value) !== JSON.stringify(shown.plan)) return shared;
  const found = {
    chosen: winnerInWords(shown.plan, outcome.finalists).slice(0, 300),
    verdict: outcome.heldOut?.overview.slice(0, 500) ?? null,
  };
  return { ...shared, found };
}
