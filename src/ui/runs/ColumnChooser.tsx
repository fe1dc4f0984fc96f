import { Button, Checkbox, Popover, Stack } from "@mantine/core";
import { useMemo } from "react";
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { z } from "../../base/zod.ts";
import { note, noted } from "../../store/noted.ts";
import { RUN_COLUMNS, type RunColumn } from "./columns.tsx";

const KEY = "final-studio/runs-columns";
const FIRST_COLUMNS = RUN_COLUMNS.filter(({ isExtra }) => !isExtra);
const FIRST = FIRST_COLUMNS.map(({ id }) => id);

interface Chosen {
  /** The columns to show, however wide the table grows; null: the first ones, as many as fit. */
  ids: readonly string[] | null;
}

/** The same after another tab and after a reload. */
const chosenColumns = createStore<Chosen>(() => ({
  ids: noted(KEY, z.array(z.string()).readonly().parse, null),
}));

chosenColumns.subscribe(({ ids }) => note(KEY, ids));

/** The columns to show, and whether those that do not fit are left out. */
export function useColumns(): { columns: readonly RunColumn[]; leavesOut: boolean } {
  const ids = useStore(chosenColumns, (chosen) => chosen.ids);
  const columns = useMemo(
    () => (ids === null ? FIRST_COLUMNS : RUN_COLUMNS.filter(({ id }) => ids.includes(id))),
    [ids],
  );
  return { columns, leavesOut: ids === null };
}

/** Chooses the columns of the runs' table. */
export function ColumnChooser() {
  const ids = useStore(chosenColumns, (chosen) => chosen.ids);
  return (
    <Popover position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <Button>Columns</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={8} role="group" aria-label="Columns of the table">
          {RUN_COLUMNS.map(({ id, label }) => (
            <Checkbox
              key={id}
              size="xs"
              label={label}
              checked={(ids ?? FIRST).includes(id)}
              onChange={() => chosenColumns.setState({ ids: toggled(ids ?? FIRST, id) })}
            />
          ))}
          <Button disabled={ids === null} onClick={() => chosenColumns.setState({ ids: null })}>
            As many as fit
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function toggled(ids: readonly string[], id: string): readonly string[] {
  return ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id];
}
