import { Table, UnstyledButton } from "@mantine/core";
import { Fragment, useDeferredValue, useMemo } from "react";
import { useStore } from "zustand";
import type { LibraryRun } from "../../library/requests.ts";
import { isArenaActive } from "../../store/arena/arenaState.ts";
import { drawnRuns, isFolded } from "../../store/library/runsState.ts";
import { Explained } from "../explain/Explained.tsx";
import { meaningOf, type TermName } from "../explain/glossary.ts";
import { Term } from "../explain/Term.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { useColumns } from "./ColumnChooser.tsx";
import { type OpenDialog, RunRow } from "./RunRow.tsx";
import { useRunsState } from "./RunsContext.tsx";
import classes from "./runs.module.css";
import { SeedsRow } from "./SeedsRow.tsx";
import type { ListedGroup, Order, OrderColumn } from "./useListedGroups.ts";

/** As many as are in sight before one scrolls, and some more. */
const FIRST_ROWS = 10;

interface RunsTableProps {
  listed: ListedGroup[];
  order: Order;
  onOrder(order: Order): void;
  openDialog: OpenDialog;
}

/** One row a run, or one for all seeds of a configuration, with what can be done with it. */
export function RunsTable({ listed, order, onOrder, openDialog }: RunsTableProps) {
  const { columns, leavesOut } = useColumns();
  const hasBaseline = useRunsState((state) => state.records.some(({ isBaseline }) => isBaseline));
  const grouping = useRunsState((state) => state.grouping);
  const stateOf = useStateOfRuns();
  const headings = { order, onOrder };
  // Those in sight come with the table, the others once the page has time for them.
  const rows = useDeferredValue(listed, listed.slice(0, FIRST_ROWS));
  const rowsOf = ({ group, difference, runs }: ListedGroup, isOfGroup: boolean) => {
    const { id, runs: own } = group;
    const common = { columns, difference: hasBaseline ? difference : null, ...stateOf(own) };
    if (own.length === 1)
      return <RunRow key={id} record={own[0]!} isOfGroup={isOfGroup} openDialog={openDialog} {...common} />;
    const folded = isFolded(group, grouping);
    return (
      <Fragment key={id}>
        <SeedsRow group={group} isFolded={folded} {...common} />
        {!folded && runs.map((run) => rowsOf(run, true))}
      </Fragment>
    );
  };
  return (
    <Explained>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label="Table of runs">
        <Table
          className={classes.table}
          data-compared={hasBaseline || undefined}
          data-leaves-out={leavesOut || undefined}
          horizontalSpacing={8}
          verticalSpacing={2}
          stickyHeader
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th>
                <span className={classes.hidden}>Drawn</span>
              </Table.Th>
              <Heading {...headings} column="name" id="name" label="Run" isNumber={false} />
              {hasBaseline && (
                <Table.Th>
                  Against the <Term of="baseline">baseline</Term>
                </Table.Th>
              )}
              {columns.map(({ id, label, term, order: column }) =>
                column ? (
                  <Heading
                    key={id}
                    {...headings}
                    column={column}
                    id={id}
                    label={label}
                    term={term}
                    isNumber
                  />
                ) : (
                  <Table.Th key={id} ta="end" data-column={id}>
                    {term ? <Term of={term}>{label}</Term> : label}
                  </Table.Th>
                ),
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>{rows.map((one) => rowsOf(one, false))}</Table.Tbody>
        </Table>
      </section>
    </Explained>
  );
}

interface HeadingProps extends Pick<RunsTableProps, "order" | "onOrder"> {
  column: OrderColumn;
  id: string;
  label: string;
  term?: TermName | undefined;
  isNumber: boolean;
}

/** Orders the table by its column, at the second press the other way round. */
function Heading({ column, id, label, term, isNumber, order, onOrder }: HeadingProps) {
  const isChosen = order.column === column;
  return (
    <Table.Th
      ta={isNumber ? "end" : "start"}
      data-column={id}
      aria-sort={isChosen ? (order.falling ? "descending" : "ascending") : "none"}
    >
      <UnstyledButton
        className={classes.sort}
        aria-description={term && meaningOf(term)}
        onClick={() => onOrder({ column, falling: isChosen ? !order.falling : false })}
      >
        {label}
        <span aria-hidden="true">{isChosen ? (order.falling ? " ↓" : " ↑") : ""}</span>
      </UnstyledButton>
    </Table.Th>
  );
}

/** Whether runs are drawn, drawn alone, and training in this tab: all of a row together. */
function useStateOfRuns(): (runs: readonly LibraryRun[]) => {
  drawn: boolean;
  isSolo: boolean;
  isLive: boolean;
} {
  const solo = useRunsState((state) => state.solo);
  const records = useRunsState((state) => state.records);
  const grouping = useRunsState((state) => state.grouping);
  const drawn = useMemo(
    () => new Set(drawnRuns({ records, solo, grouping }).map(({ runId }) => runId)),
    [records, solo, grouping],
  );
  const liveRun = useStudioState(({ run }) => run?.runId ?? null);
  const liveArena = useStore(useStudio().arena.store, ({ arena }) =>
    isArenaActive(arena) ? arena.arenaId : null,
  );
  return (runs) => ({
    drawn: runs.some(({ runId }) => drawn.has(runId)),
    isSolo: solo !== null && runs.every(({ runId }) => solo.includes(runId)),
    isLive: runs.some(
      ({ runId, arenaId }) => runId === liveRun || (arenaId !== null && arenaId === liveArena),
    ),
  });
}
