import { ActionIcon, Badge, Button, Table, UnstyledButton } from "@mantine/core";
import { memo } from "react";
import { useStore } from "zustand";
import type { LibraryRun } from "../../library/requests.ts";
import { chosenOn, type RunRecord } from "../../runs/record.ts";
import { isGoingOn } from "../../store/arena/arenaState.ts";
import { isResumable } from "../../store/library/sessionsState.ts";
import { runLook } from "../charts/runLook.ts";
import { Swatch } from "../charts/Swatch.tsx";
import { bytes, count, duration, metric, moment, short } from "../format.ts";
import { Icon, type IconName } from "../Icon.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { save } from "../save.ts";
import { useSessions } from "../sessions/useSessions.ts";
import { useRuns, useRunsState } from "./RunsContext.tsx";
import classes from "./runs.module.css";
import type { ListedRun, Order, OrderColumn } from "./useListedRuns.ts";

interface RunsTableProps {
  listed: ListedRun[];
  order: Order;
  onOrder(order: Order): void;
  onEdit(record: LibraryRun): void;
}

/** One row a run, with what can be done with it. */
export function RunsTable({ listed, order, onOrder, onEdit }: RunsTableProps) {
  const solo = useRunsState((state) => state.solo);
  const hasBaseline = useRunsState((state) => state.records.some(({ isBaseline }) => isBaseline));
  const live = useStudioState(({ run }) => run?.runId ?? null);
  const liveArena = useLiveArena();
  const heading = (column: OrderColumn, label: string, end = true) => (
    <Table.Th
      ta={end ? "end" : "start"}
      data-column={column === "size" ? "checkpoint" : column}
      aria-sort={order.column === column ? (order.falling ? "descending" : "ascending") : "none"}
    >
      <UnstyledButton
        className={classes.sort}
        onClick={() => onOrder({ column, falling: order.column === column ? !order.falling : false })}
      >
        {label}
        <span aria-hidden="true">{order.column === column ? (order.falling ? " ↓" : " ↑") : ""}</span>
      </UnstyledButton>
    </Table.Th>
  );
  return (
    // A part that scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section className={classes.scroll} tabIndex={0} aria-label="Table of runs">
      <Table
        className={classes.table}
        data-compared={hasBaseline || undefined}
        horizontalSpacing={8}
        verticalSpacing={2}
        stickyHeader
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>
              <span className={classes.hidden}>Drawn</span>
            </Table.Th>
            {heading("name", "Run", false)}
            {hasBaseline && <Table.Th>Against the baseline</Table.Th>}
            {heading("best", "Best log loss")}
            {heading("last", "Last log loss")}
            {heading("testAuc", "Test AUC, 95 %")}
            {heading("size", "Checkpoint")}
            {heading("speed", "Rows/s")}
            {heading("time", "Time")}
            {heading("started", "Started")}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {listed.map(({ record, difference }) => (
            <Row
              key={record.runId}
              record={record}
              difference={hasBaseline ? difference : null}
              onEdit={onEdit}
              drawn={solo === null ? record.shown : solo === record.runId}
              isSolo={solo === record.runId}
              isLive={live === record.runId || (record.arenaId !== null && record.arenaId === liveArena)}
            />
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

/** The arena that goes on, if one does. */
function useLiveArena(): string | null {
  return useStore(useStudio().arena.store, ({ arena }) => (isGoingOn(arena) ? arena.arenaId : null));
}

interface RowProps {
  record: LibraryRun;
  /** null where there is no baseline. */
  difference: string | null;
  drawn: boolean;
  isSolo: boolean;
  isLive: boolean;
  onEdit(record: LibraryRun): void;
}

const Row = memo(function Row({ record, difference, drawn, isSolo, isLive, onEdit }: RowProps) {
  const { runId, name, shown, color, results, tags, note } = record;
  const runs = useRuns();
  return (
    <Table.Tr data-run={runId} data-drawn={drawn}>
      <Table.Td>
        <span className={classes.swatch} data-drawn={drawn}>
          <Swatch {...runLook(color)} width={4} />
        </span>
        <Action
          icon={shown ? "eye" : "hidden"}
          label={`Draw ${name}`}
          pressed={shown}
          onClick={() => runs.show([runId], !shown)}
        />
        <Action icon="solo" label={`Solo ${name}`} pressed={isSolo} onClick={() => runs.toggleSolo(runId)} />
        <Action
          icon="pin"
          label={`Pin ${name} as the baseline`}
          pressed={record.isBaseline}
          onClick={() => runs.togglePin(runId)}
        />
      </Table.Td>
      <Table.Th scope="row" className={classes.name} title={detailsOf(record)}>
        {name}
        <Status record={record} isLive={isLive} />
        {tags.map((tag) => (
          <Badge key={tag} size="xs" variant="default" tt="none" ml={4} miw="max-content">
            {tag}
          </Badge>
        ))}
        {note && <span className={classes.note}>{note}</span>}
        <div className={classes.actions}>
          <CheckpointActions record={record} isLive={isLive} />
          <Action icon="edit" label={`Edit ${name}`} onClick={() => onEdit(record)} />
          <Fork record={record} />
          <Action
            icon="delete"
            label={`Delete ${name}`}
            disabled={record.isOpen || (isLive && record.status === "running")}
            onClick={() => void runs.remove([runId])}
          />
        </div>
      </Table.Th>
      {difference !== null && (
        <Table.Td className={classes.difference} title={difference}>
          <span>{difference}</span>
        </Table.Td>
      )}
      <LossCell at={results.best} note={results.best && chosenOn(results.best)} />
      <LossCell at={results.last} />
      <Table.Td ta="end" data-column="testAuc">
        {metric(results.testAuc?.value)}
        <Radius auc={results.testAuc} />
      </Table.Td>
      <CheckpointCell record={record} />
      <Table.Td ta="end" data-column="speed">
        {record.rowsPerSecond > 0 ? short(record.rowsPerSecond) : "–"}
      </Table.Td>
      <Table.Td ta="end" data-column="time">
        {duration(record.activeSeconds)}
      </Table.Td>
      <Table.Td ta="end" data-column="started">
        {moment(record.startedAt)}
      </Table.Td>
    </Table.Tr>
  );
});

/** What its files take, and where the newest stands. */
function CheckpointCell({ record: { checkpoint } }: { record: LibraryRun }) {
  if (!checkpoint)
    return (
      <Table.Td ta="end" data-column="checkpoint">
        –
      </Table.Td>
    );
  const { summary, files, byteLength } = checkpoint;
  const saved = `Saved at step ${count(summary.progress.step)}, ${moment(summary.run.savedAt)}`;
  return (
    <Table.Td
      ta="end"
      title={`${saved}; ${files === 1 ? "one file" : `${files} files`}`}
      data-column="checkpoint"
    >
      {bytes(byteLength)}
    </Table.Td>
  );
}

/** Goes on with the run, or takes its newest checkpoint along. */
function CheckpointActions({ record, isLive }: { record: LibraryRun; isLive: boolean }) {
  const runs = useRuns();
  const { change } = useStudio();
  const busy = useSessions((state) => state.busy) !== null;
  const { runId, name, isOpen } = record;
  if (isOpen && !isLive) return <span className={classes.status}>open in a tab</span>;
  if (!isResumable(record)) return null;
  const { ended } = record.checkpoint.summary.progress;
  const word = ended === null || ended === "stopped" ? "Resume" : "Show";
  async function download(): Promise<void> {
    const file = await runs.checkpoints(runId);
    if (file) save(file.name, file.blob);
  }
  return (
    <>
      {!isOpen && (
        <Button
          size="compact-xs"
          variant="light"
          aria-label={`${word} ${name}`}
          disabled={busy}
          onClick={() => void change({ type: "saved", runId, name })}
        >
          {word}
        </Button>
      )}
      <Action icon="download" label={`Download ${name}`} onClick={() => void download()} />
    </>
  );
}

/** Puts the run's configuration into the settings, to change one thing and train again. */
function Fork({ record: { name, config } }: { record: RunRecord }) {
  const studio = useStudio();
  return (
    <Action
      icon="fork"
      label={`Use the configuration of ${name}`}
      onClick={() => studio.importConfiguration(JSON.stringify(config), name)}
    />
  );
}

interface ActionProps {
  icon: IconName;
  label: string;
  /** For what is on or off. */
  pressed?: boolean;
  disabled?: boolean;
  onClick(): void;
}

function Action({ icon, label, pressed, disabled, onClick }: ActionProps) {
  return (
    <ActionIcon
      size={24}
      variant={pressed && icon !== "eye" ? "light" : "subtle"}
      color={pressed ? undefined : "gray"}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} size={14} />
    </ActionIcon>
  );
}

const WORDS: Record<RunRecord["status"], string> = {
  running: "cut off",
  completed: "",
  stopped: "stopped",
  "early-stopped": "stopped early",
  failed: "failed",
};

function Status({ record, isLive }: { record: LibraryRun; isLive: boolean }) {
  const { status, step, totalSteps } = record;
  const word = (isLive || record.isOpen) && status === "running" ? "live" : WORDS[status];
  if (!word) return null;
  return (
    <span className={classes.status} title={`Step ${count(step)} of ${count(totalSteps)}`}>
      {word}
    </span>
  );
}

/** What the columns hold that a narrow table leaves out. */
function detailsOf({ note, startedAt, activeSeconds, rowsPerSecond, checkpoint }: LibraryRun): string {
  return [
    note,
    `Started ${moment(startedAt)}`,
    `${duration(activeSeconds)} of training`,
    rowsPerSecond > 0 && `${short(rowsPerSecond)} rows/s`,
    checkpoint && `checkpoint ${bytes(checkpoint.byteLength)}`,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** A log loss, and how it was chosen among several. */
function LossCell({ at, note = null }: { at: RunRecord["results"]["last"]; note?: string | null }) {
  return (
    <Table.Td ta="end" title={at ? `On ${at.split}, step ${count(at.step)}` : undefined}>
      {metric(at?.logLoss)}
      {note && <span className={classes.radius}> {note}</span>}
    </Table.Td>
  );
}

/** Half of the AUC's 95 % interval: no smaller difference can be read from this one number. */
function Radius({ auc }: { auc: RunRecord["results"]["testAuc"] }) {
  if (!auc || auc.low === null || auc.high === null) return null;
  return (
    <span className={classes.radius} title={`95 % interval ${metric(auc.low)} to ${metric(auc.high)}`}>
      {" "}
      ± {((auc.high - auc.low) / 2).toFixed(4)}
    </span>
  );
}
