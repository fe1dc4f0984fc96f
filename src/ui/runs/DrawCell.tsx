import { runLook } from "../charts/runLook.ts";
import { Swatch } from "../charts/Swatch.tsx";
import { RowAction } from "./RowAction.tsx";
import { useRuns } from "./RunsContext.tsx";
import classes from "./runs.module.css";

interface DrawCellProps {
  /** The runs of the row: one, or all seeds of a configuration. */
  runIds: readonly string[];
  /** What they are called in the labels of the buttons. */
  what: string;
  /** The row's own name. */
  name: string;
  color: number;
  drawn: boolean;
  shown: boolean;
  isSolo: boolean;
  isPinned: boolean;
  /** The run that is pinned, or would be. */
  pinned: string;
}

/** How a row's runs are drawn: their line, and whether they are on show, alone, or the baseline. */
export function DrawCell({ runIds, what, name, color, drawn, shown, ...props }: DrawCellProps) {
  const { isSolo, isPinned, pinned } = props;
  const runs = useRuns();
  return (
    <td>
      <span className={classes.swatch} data-drawn={drawn}>
        <Swatch {...runLook(color)} width={4} />
      </span>
      <RowAction
        icon={shown ? "eye" : "hidden"}
        label={`Draw ${what}`}
        pressed={shown}
        onClick={() => runs.show(runIds, !shown)}
      />
      <RowAction
        icon="solo"
        label={`Solo ${what}`}
        pressed={isSolo}
        onClick={() => runs.toggleSolo(runIds)}
      />
      <RowAction
        icon="pin"
        label={`Pin ${name} as the baseline`}
        pressed={isPinned}
        onClick={() => runs.togglePin(pinned)}
      />
    </td>
  );
}
