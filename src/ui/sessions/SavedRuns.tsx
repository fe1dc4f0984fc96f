import { Button, Group, Progress, Table, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { SavedRun } from "../../store/sessions.ts";
import { controlId } from "../controls/fault.ts";
import { NumberInput } from "../controls/NumberField.tsx";
import { bytes, count, metric } from "../format.ts";
import { Icon } from "../Icon.tsx";
import { useStudio } from "../StudioContext.tsx";
import { save } from "../save.ts";
import classes from "./sessions.module.css";
import { useSessions } from "./useSessions.ts";

/** The runs that this browser keeps. */
export function SavedRuns() {
  const { sessions } = useStudio();
  const saved = useSessions((state) => state.saved);
  const lastSave = useSessions((state) => state.lastSave);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new save changes the list
  useEffect(() => {
    void sessions.refresh();
  }, [sessions, lastSave]);
  if (!saved) return null;
  return (
    <section className={classes.card} aria-labelledby="saved-title">
      <h2 id="saved-title" className={classes.title}>
        Saved runs
      </h2>
      {!saved.missing && <Storage />}
      {saved.missing ? (
        <Text size="sm">
          {saved.missing.sentence} {saved.missing.remedy}
        </Text>
      ) : saved.runs.length === 0 ? (
        <Text size="sm" c="dimmed">
          Runs save themselves here while they train, in this browser only.
        </Text>
      ) : (
        <Table className={classes.table} horizontalSpacing="sm" verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Data set</Table.Th>
              <Table.Th ta="end">Step</Table.Th>
              <Table.Th ta="end">Best AUC</Table.Th>
              <Table.Th>Saved</Table.Th>
              <Table.Th ta="end">Files</Table.Th>
              <Table.Th>
                <span className={classes.hidden}>What can be done</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {saved.runs.map((run) => (
              <Row key={run.id} run={run} />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </section>
  );
}

function Row({ run }: { run: SavedRun }) {
  const { sessions, change } = useStudio();
  const busy = useSessions((state) => state.busy) !== null;
  const { summary } = run.files[0]!;
  const { name, savedAt } = summary.run;
  const { step, best, ended } = summary.progress;
  const size = run.files.reduce((sum, { byteLength }) => sum + byteLength, 0);
  async function download(): Promise<void> {
    const file = await sessions.exported(run.id);
    if (file) save(file.name, file.blob);
  }
  return (
    <Table.Tr data-run={run.id}>
      <Table.Th scope="row">
        <Name run={run} />
      </Table.Th>
      <Table.Td>{summary.dataset.name}</Table.Td>
      <Table.Td ta="end">{count(step)}</Table.Td>
      <Table.Td ta="end">{metric(best?.auc?.fused)}</Table.Td>
      <Table.Td>{new Date(savedAt).toLocaleString("en-GB")}</Table.Td>
      <Table.Td ta="end">
        {run.files.length}, {bytes(size)}
      </Table.Td>
      <Table.Td>
        <Group gap={4} wrap="nowrap" justify="end">
          {run.isOpen ? (
            <Text size="xs" c="dimmed">
              open in a tab
            </Text>
          ) : (
            <Button
              size="compact-xs"
              disabled={busy}
              onClick={() => void change({ type: "saved", runId: run.id, name })}
            >
              {ended === null || ended === "stopped" ? "Go on" : "Show"}
            </Button>
          )}
          <Button size="compact-xs" variant="default" onClick={() => void download()}>
            Download
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Delete ${name}`}
            disabled={run.isOpen}
            onClick={() => void sessions.remove(run.id)}
          >
            Delete
          </Button>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

/** The name, which can be changed while no tab has the run. */
function Name({ run }: { run: SavedRun }) {
  const { sessions } = useStudio();
  const { name } = run.files[0]!.summary.run;
  const [typed, setTyped] = useState(name);
  useEffect(() => setTyped(name), [name]);
  function rename(): void {
    if (typed.trim() !== "" && typed !== name) void sessions.rename(run.id, typed.trim());
    else setTyped(name);
  }
  return (
    <TextInput
      aria-label={`Name of ${name}`}
      value={typed}
      maxLength={200}
      disabled={run.isOpen}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={rename}
      onKeyDown={(event) => event.key === "Enter" && rename()}
    />
  );
}

/** What all of them take, of how much. */
function Storage() {
  const { sessions } = useStudio();
  const usage = useSessions(({ saved }) => saved?.usage);
  const [megabytes, setMegabytes] = useState<number | string | null>(null);
  if (!usage) return null;
  const shown = megabytes ?? Math.round(usage.budget / 1e6);
  const valid = typeof shown === "number" && shown >= 1;
  async function exportAll(): Promise<void> {
    const file = await sessions.exported(null);
    if (file) save(file.name, file.blob);
  }
  return (
    <Group gap="sm" align="end" mb="sm">
      <div className={classes.usage}>
        <Text size="xs">
          {bytes(usage.byteLength)} of {bytes(usage.budget)}
        </Text>
        <Progress
          value={(100 * usage.byteLength) / usage.budget}
          size={6}
          aria-label="Storage taken by saved runs"
          transitionDuration={0}
        />
      </div>
      <NumberInput
        id={controlId("savedRuns")}
        label="Room for saved runs, MB"
        value={shown}
        step={100}
        error={valid ? null : "At least 1"}
        onChange={setMegabytes}
      />
      <Button
        variant="default"
        disabled={!valid || megabytes === null}
        onClick={() => valid && void sessions.setBudget(shown * 1e6).then(() => setMegabytes(null))}
      >
        Set
      </Button>
      <Button
        variant="default"
        leftSection={<Icon name="download" size={14} />}
        onClick={() => void exportAll()}
      >
        Download all
      </Button>
    </Group>
  );
}
