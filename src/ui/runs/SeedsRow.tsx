import { Badge } from "@mantine/core";
import { memo } from "react";
import type { LibraryRun } from "../../library/requests.ts";
import { type RunGroup, seedsOf } from "../../runs/seedGroups.ts";
import { DrawCell } from "./DrawCell.tsx";
import { RowAction } from "./RowAction.tsx";
import { FigureCells, ForkAction, type RowProps } from "./RunRow.tsx";
import { useRuns } from "./RunsContext.tsx";
import classes from "./runs.module.css";

interface SeedsRowProps extends RowProps {
  group: RunGroup<LibraryRun>;
  isFolded: boolean;
}

/** The seeds of a configuration in one row; what is done with it is done with all of its runs. */
export const SeedsRow = memo(function SeedsRow({ group, columns, difference, ...props }: SeedsRowProps) {
  const { isFolded, drawn, isSolo, isLive } = props;
  const { id, name, color, runs: own } = group;
  const runs = useRuns();
  const ids = own.map(({ runId }) => runId);
  const [first] = own as [LibraryRun];
  const baseline = own.find(({ isBaseline }) => isBaseline);
  const what = `all ${own.length} runs of ${name}`;
  return (
    <tr data-group={id} data-drawn={drawn}>
      <DrawCell
        runIds={ids}
        what={what}
        name={name}
        color={color}
        drawn={drawn}
        shown={own.some((run) => run.shown)}
        isSolo={isSolo}
        isPinned={baseline !== undefined}
        pinned={(baseline ?? first).runId}
      />
      <th scope="row" className={classes.name}>
        {name}
        <Badge size="xs" variant="default" tt="none" ml={4} miw="max-content">
          {seedWords(group)}
        </Badge>
        {isLive && <span className={classes.status}>live</span>}
        <div className={classes.actions}>
          <RowAction
            icon={isFolded ? "next" : "open"}
            label={isFolded ? `List ${what}` : `Fold ${what}`}
            expanded={!isFolded}
            onClick={() => runs.toggleFold(id)}
          />
          <ForkAction name={name} record={first} />
          <RowAction
            icon="delete"
            label={`Delete ${what}`}
            disabled={own.some(({ isOpen, status }) => isOpen || (isLive && status === "running"))}
            onClick={() => void runs.remove(ids)}
          />
        </div>
      </th>
      <FigureCells difference={difference} columns={columns} cellOf={(column) => column.seedsCellOf(group)} />
    </tr>
  );
});

/** "3 seeds"; "3 seeds, 2 ended": the figures are those of the two; "4 runs, 3 seeds" where one was trained again. */
function seedWords(group: RunGroup<LibraryRun>): string {
  const seeds = seedsOf(group).length;
  const ended = group.counted.length;
  const words = `${seeds} seeds${ended < seeds ? `, ${ended} ended` : ""}`;
  return group.runs.length > seeds ? `${group.runs.length} runs, ${words}` : words;
}
