import { Button, Group, Switch, Text, TextInput } from "@mantine/core";
import { LEAST_MEMBERS, MOST_MEMBERS } from "../../arena/questions.ts";
import type { LibraryRun, RunsFormat } from "../../library/requests.ts";
import { membersOf } from "../../runs/seedGroups.ts";
import type { ChartView } from "../../store/charts/chartView.ts";
import { linkTo } from "../../store/configuration/share.ts";
import { drawnGroups, drawnRuns } from "../../store/library/runsState.ts";
import { allChartSvgs } from "../charts/chartPicture.ts";
import { FileChoice } from "../FileChoice.tsx";
import { Icon } from "../Icon.tsx";
import { useStudio } from "../StudioContext.tsx";
import { save } from "../save.ts";
import { showView } from "../tab.ts";
import { ColumnChooser } from "./ColumnChooser.tsx";
import { useRuns, useRunsState } from "./RunsContext.tsx";
import { ShareButton } from "./ShareLink.tsx";
import type { ListedGroup } from "./useListedGroups.ts";

interface RunsFilesProps {
  listed: ListedGroup[];
  filter: string;
  onFilter(filter: string): void;
}

/** The table's head: its filter, which runs are drawn, and files out and in. */
export function RunsFiles({ listed, filter, onFilter }: RunsFilesProps) {
  const runs = useRuns();
  const all = useRunsState((state) => state.records.length);
  const drawn = useRunsState((state) => drawnRuns(state).length);
  const isGrouped = useRunsState((state) => state.grouping.on);
  const ids = listed.flatMap(({ group }) => group.runs.map(({ runId }) => runId));
  async function read(file: File | null): Promise<void> {
    if (file) await runs.importFile(file);
  }
  return (
    <Group justify="space-between" gap="xs" mb={8}>
      <Group gap="xs">
        <Text component="h2" m={0} fz="sm" fw={600} id="runs-title">
          Runs
        </Text>
        <Text size="xs" c="dimmed">
          {drawn} of {all} drawn
        </Text>
        <TextInput
          aria-label="Filter runs"
          placeholder="Name, tag, note, difference…"
          w={220}
          value={filter}
          onChange={(event) => onFilter(event.currentTarget.value)}
        />
        <Button disabled={ids.length === 0} onClick={() => runs.show(ids, true)}>
          Draw all
        </Button>
        <Button disabled={ids.length === 0} onClick={() => runs.show(ids, false)}>
          Draw none
        </Button>
        <ArenaOfDrawn />
        <Switch
          label="Group seeds"
          checked={isGrouped}
          onChange={(event) => runs.group(event.currentTarget.checked)}
        />
      </Group>
      <Group gap="xs">
        <ColumnChooser />
        <Export label="JSON" format="json" name="final-runs.json" disabled={drawn === 0} />
        <Export label="CSV" format="csv" name="final-runs.csv" disabled={drawn === 0} />
        <Export label="Report" format="report" name="final-report.html" disabled={drawn === 0} />
        <FileChoice
          accept=".json,.html,text/html,.safetensors"
          onChange={read}
          inputProps={{ "aria-label": "Runs to import" }}
        >
          {(props) => (
            <Button {...props} leftSection={<Icon name="upload" size={14} />}>
              Import runs
            </Button>
          )}
        </FileChoice>
        <ShareButton />
      </Group>
    </Group>
  );
}

/** Addresses that open the configurations of runs, as far as they are not too long. */
async function linksOf(runs: readonly LibraryRun[], view: ChartView): Promise<Record<string, string>> {
  const links = await Promise.all(
    runs.map(async ({ runId, config, data }) => [runId, await linkTo({ config, data, view }, location.href)]),
  );
  return Object.fromEntries(links.filter(([, link]) => link !== null));
}

interface ExportProps {
  label: string;
  format: RunsFormat;
  name: string;
  disabled: boolean;
}

/** Saves the runs that are drawn, with every point. */
function Export({ label, format, name, disabled }: ExportProps) {
  const runs = useRuns();
  async function exportRuns(): Promise<void> {
    const { view } = runs.store.getState();
    const drawn = drawnRuns(runs.store.getState());
    const ids = drawn.map(({ runId }) => runId);
    const report =
      format === "report" ? { charts: allChartSvgs(), links: await linksOf(drawn, view) } : undefined;
    const blob = await runs.exported(ids, format, report);
    if (blob) save(name, blob);
  }
  return (
    <Button
      aria-label={`Export ${label}`}
      leftSection={<Icon name="download" size={14} />}
      disabled={disabled}
      onClick={() => void exportRuns()}
    >
      {label}
    </Button>
  );
}

/** Makes the configurations of the runs that are drawn the members of the next arena, with as many seeds as are set up there. */
function ArenaOfDrawn() {
  const { arena } = useStudio();
  const runs = useRuns();
  const configurations = useRunsState((state) => membersOf(drawnGroups(state)).length);
  const fits = configurations >= LEAST_MEMBERS && configurations <= MOST_MEMBERS;
  return (
    <Button
      disabled={!fits}
      title={
        fits
          ? "The configurations of the runs that are drawn become the members of the next arena."
          : `Draw runs of ${LEAST_MEMBERS} to ${MOST_MEMBERS} different configurations; now it is ${configurations}.`
      }
      onClick={() => {
        const members = membersOf(drawnGroups(runs.store.getState()));
        arena.setUp(members, arena.store.getState().setup.seeds);
        showView("arena");
      }}
    >
      Compare in the arena
    </Button>
  );
}
