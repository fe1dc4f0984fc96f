import { Button, Group } from "@mantine/core";
import { raceToCsv } from "../../race/csv.ts";
import { raceReport } from "../../race/raceReport.ts";
import { winnerInWords } from "../../race/words.ts";
import { dataOf } from "../../runs/record.ts";
import { linkTo, type SharedRace } from "../../store/configuration/share.ts";
import { planOf, type RaceState } from "../../store/race/raceState.ts";
import type { Studio } from "../../store/studio.ts";
import { allChartSvgs } from "../charts/chartPicture.ts";
import { CopyLink } from "../runs/ShareLink.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { save } from "../save.ts";

/** The race as files, and a link that carries how it is set up and what was found. */
export function RaceFiles({ race }: { race: RaceState }) {
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
        variant="default"
        onClick={() => save("final-race.csv", new Blob([raceToCsv(plan, progress)], { type: "text/csv" }))}
      >
        CSV
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => void saveReport()}>
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
