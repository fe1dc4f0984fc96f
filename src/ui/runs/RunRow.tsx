import { Badge, Button } from "@mantine/core";
import { memo } from "react";
import type { LibraryRun } from "../../library/requests.ts";
import type { RunRecord } from "../../runs/record.ts";
import { isResumable } from "../../store/library/sessionsState.ts";
import { bytes, count, duration, moment, short } from "../format.ts";
import { useStudio } from "../StudioContext.tsx";
import { save } from "../save.ts";
import { useSessions } from "../sessions/useSessions.ts";
import type { Cell, RunColumn } from "./columns.tsx";
import { DrawCell } from "./DrawCell.tsx";
import { RowAction } from "./RowAction.tsx";
import { useRuns } from "./RunsContext.tsx";
import classes from "./runs.module.css";

/** What a run's row opens. */
export type OpenDialog = (dialog: "edit" | "learned", record: LibraryRun) => void;

/** Of a run's row and of that of several seeds. */
export interface RowProps {
  columns: readonly RunColumn[];
  /** null where there is no baseline. */
  difference: string | null;
  drawn: boolean;
  isSolo: boolean;
  isLive: boolean;
}

interface RunRowProps extends RowProps {
  record: LibraryRun;
  /** One of the seeds of the row above. */
  isOfGroup: boolean;
  openDialog: OpenDialog;
}

/** A run, with what can be done with it. Of fifty rows the library's cells and buttons would take half a second. */
export const RunRow = memo(function RunRow({ record, columns, difference, drawn, ...props }: RunRowProps) {
  const { isSolo, isLive, isOfGroup, openDialog } = props;
  const { runId, name, shown, color, tags, note } = record;
  const runs = useRuns();
  return (
    <tr data-run={runId} data-drawn={drawn} data-of-group={isOfGroup || undefined}>
      <DrawCell
        runIds={[runId]}
        what={name}
        name={name}
        color={color}
        drawn={drawn}
        shown={shown}
        isSolo={isSolo}
        isPinned={record.isBaseline}
        pinned={runId}
      />
      <th scope="row" className={classes.name} title={detailsOf(record)}>
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
          {record.insight && (
            <RowAction
              icon="idea"
              label={`What ${name} has learned`}
              onClick={() => openDialog("learned", record)}
            />
          )}
          <RowAction icon="edit" label={`Edit ${name}`} onClick={() => openDialog("edit", record)} />
          <ForkAction name={name} record={record} />
          <RowAction
            icon="delete"
            label={`Delete ${name}`}
            disabled={record.isOpen || (isLive && record.status === "running")}
            onClick={() => void runs.remove([runId])}
          />
        </div>
      </th>
      <FigureCells difference={difference} columns={columns} cellOf={(column) => column.cellOf(record)} />
    </tr>
  );
});

interface FigureCellsProps extends Pick<RowProps, "difference" | "columns"> {
  cellOf(column: RunColumn): Cell;
}

/** How the row differs from the baseline, and its figures. */
export function FigureCells({ difference, columns, cellOf }: FigureCellsProps) {
  return (
    <>
      {difference !== null && (
        <td className={classes.difference} title={difference}>
          <span>{difference}</span>
        </td>
      )}
      {columns.map((column) => {
        const { content, title } = cellOf(column);
        return (
          <td key={column.id} data-column={column.id} title={title}>
            {content}
          </td>
        );
      })}
    </>
  );
}

/** Resumes the run, or takes its newest checkpoint along. */
function CheckpointActions({ record, isLive }: { record: LibraryRun; isLive: boolean }) {
  const runs = useRuns();
  const { change } = useStudio();
  const busy = useSessions((state) => state.busy) !== null;
  const { runId, name, isOpen } = record;
  if (isOpen && !isLive) return <span className={classes.status}>open in a tab</span>;
  if (!record.checkpoint) return null;
  const { ended } = record.checkpoint.summary.progress;
  const word = ended === null || ended === "stopped" ? "Resume" : "Show";
  async function download(): Promise<void> {
    const file = await runs.checkpoints(runId);
    if (file) save(file.name, file.blob);
  }
  return (
    <>
      {!isOpen && isResumable(record) && (
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
      <RowAction icon="download" label={`Download ${name}`} onClick={() => void download()} />
    </>
  );
}

/** Puts the run's configuration into the settings, to change one thing and train again. */
export function ForkAction({ name, record }: { name: string; record: RunRecord }) {
  const studio = useStudio();
  return (
    <RowAction
      icon="fork"
      label={`Use the configuration of ${name}`}
      onClick={() => studio.importConfiguration(JSON.stringify(record.config), name)}
    />
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
