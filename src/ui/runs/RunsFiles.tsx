import { Button, FileButton, Group, Text, TextInput } from "@mantine/core";
import { type KeptRun, runsToCsv, runsToJson } from "../../runs/runsFile.ts";
import { reportHtml } from "../../runs/runsReport.ts";
import { drawnRuns, type Runs } from "../../store/runs.ts";
import { allChartSvgs } from "../charts/chartPicture.ts";
import { Icon } from "../Icon.tsx";
import { save } from "../save.ts";
import { useRuns, useRunsState } from "./RunsContext.tsx";
import { ShareButton } from "./ShareLink.tsx";
import type { ListedRun } from "./useListedRuns.ts";

interface RunsFilesProps {
  listed: ListedRun[];
  filter: string;
  onFilter(filter: string): void;
}

/** The table's head: its filter, which runs are drawn, and files out and in. */
export function RunsFiles({ listed, filter, onFilter }: RunsFilesProps) {
  const runs = useRuns();
  const all = useRunsState((state) => state.records.length);
  const drawn = useRunsState((state) => drawnRuns(state).length);
  const ids = listed.map(({ record }) => record.runId);
  async function read(file: File | null): Promise<void> {
    if (file) runs.importFile(file.name, await file.text());
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
        <Button variant="default" disabled={ids.length === 0} onClick={() => runs.show(ids, true)}>
          Draw all
        </Button>
        <Button variant="default" disabled={ids.length === 0} onClick={() => runs.show(ids, false)}>
          Draw none
        </Button>
      </Group>
      <Group gap="xs">
        <Export label="JSON" disabled={drawn === 0} make={(kept) => file("runs.json", runsToJson(kept))} />
        <Export label="CSV" disabled={drawn === 0} make={(kept) => file("runs.csv", runsToCsv(kept))} />
        <Export
          label="Report"
          disabled={drawn === 0}
          make={(kept) => file("report.html", reportHtml(kept, allChartSvgs()))}
        />
        <FileButton
          accept=".json,.html,text/html"
          onChange={read}
          inputProps={{ "aria-label": "Runs to import" }}
        >
          {(props) => (
            <Button {...props} variant="default" leftSection={<Icon name="upload" size={14} />}>
              Import runs
            </Button>
          )}
        </FileButton>
        <ShareButton />
      </Group>
    </Group>
  );
}

interface ExportProps {
  label: string;
  disabled: boolean;
  make(kept: KeptRun[]): { name: string; blob: Blob };
}

/** Saves the runs that are drawn, with every point. */
function Export({ label, disabled, make }: ExportProps) {
  const runs = useRuns();
  async function exportRuns(): Promise<void> {
    const { name, blob } = make(await drawnOf(runs));
    save(name, blob);
  }
  return (
    <Button
      variant="default"
      aria-label={`Export ${label}`}
      leftSection={<Icon name="download" size={14} />}
      disabled={disabled}
      onClick={() => void exportRuns()}
    >
      {label}
    </Button>
  );
}

function drawnOf(runs: Runs): Promise<KeptRun[]> {
  return runs.take(drawnRuns(runs.store.getState()).map(({ runId }) => runId));
}

function file(name: string, parts: string[]): { name: string; blob: Blob } {
  const type = { csv: "text/csv", html: "text/html" }[name.split(".").at(-1)!] ?? "application/json";
  return { name: `final-${name}`, blob: new Blob(parts, { type }) };
}
