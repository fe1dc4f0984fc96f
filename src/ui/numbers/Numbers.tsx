import { Table, Text } from "@mantine/core";
import { useCallback, useRef, useState } from "react";
import { EVALUATED_SPLITS, type RunCurves } from "../../runs/curves.ts";
import { labelOfColumn } from "../../runs/points.ts";
import { type DrawnPoint, thin } from "../../runs/table.ts";
import { useRedraw } from "../charts/useRedraw.ts";
import type { TermName } from "../explain/glossary.ts";
import { Term } from "../explain/Term.tsx";
import { TermsIn } from "../explain/TermsIn.tsx";
import { count, metric } from "../format.ts";
import { useStudio } from "../StudioContext.tsx";
import classes from "./numbers.module.css";

/** Rows of the progressive table: more are not read. */
const MOST_ROWS = 40;

/** The curves as tables: the last evaluations, and the progressive metrics in at most forty equal stretches. */
export function Numbers() {
  const section = useRef<HTMLDivElement>(null);
  const studio = useStudio();
  const [, setVersion] = useState(0);
  const subscribe = useCallback(
    (listener: () => void) =>
      studio.store.subscribe((state, before) => {
        if (state.run !== before.run) listener();
      }),
    [studio],
  );
  const draw = useCallback(() => setVersion((version) => version + 1), []);
  useRedraw(section, subscribe, draw);
  const { curves } = studio;
  return (
    <div ref={section} className={classes.numbers}>
      {curves ? (
        <>
          <Evaluations curves={curves} />
          <Progress curves={curves} />
        </>
      ) : (
        <Text size="sm" c="dimmed" component="p" className={classes.card}>
          The numbers behind the curves will be listed here once a run trains.
        </Text>
      )}
    </div>
  );
}

function Evaluations({ curves }: { curves: RunCurves }) {
  const rows = EVALUATED_SPLITS.flatMap((split) => {
    const curve = curves.evaluations[split];
    return thin(curve, { positions: [], most: curve.length }).map((point) => ({ split, point }));
  })
    .sort((a, b) => a.point.step! - b.point.step!)
    .slice(-MOST_ROWS);
  return (
    <NumbersTable
      caption={`Evaluations of a whole split, the last ${MOST_ROWS}`}
      empty="No split has been evaluated yet."
      heads={headColumns(curves.branches, ["logLoss", "auc"])}
      rows={rows.map(({ split, point }) => ({ label: `${count(point.step!)} (${split})`, point }))}
    />
  );
}

function Progress({ curves }: { curves: RunCurves }) {
  const { run } = useStudio().store.getState();
  const points = thin(curves.progress, { positions: ["step", "rowsSeen", "activeSeconds"], most: MOST_ROWS });
  const fusion =
    curves.branches > 1 && run?.config.fusion !== "sum"
      ? [
          {
            column: "fusionGain",
            label: labelOfColumn("fusionGain", curves.branches),
            term: "fusionGain" as const,
          },
        ]
      : [];
  return (
    <NumbersTable
      caption="Progressive: means over equal stretches of steps, before each update"
      empty="No step has been reported yet."
      heads={[...headColumns(curves.branches, ["logLoss", "auc"]), ...fusion]}
      rows={points.map((point) => ({ label: count(point.step!), point }))}
    />
  );
}

interface HeadColumn {
  column: string;
  label: string;
  /** At the first column of a figure alone. */
  term?: TermName | undefined;
}

interface NumbersTableProps {
  caption: string;
  empty: string;
  heads: HeadColumn[];
  rows: { label: string; point: DrawnPoint }[];
}

function NumbersTable({ caption, empty, heads, rows }: NumbersTableProps) {
  return (
    <div className={classes.card}>
      <Table className={classes.table} captionSide="top" horizontalSpacing="sm" verticalSpacing={2}>
        <Table.Caption>
          <TermsIn text={rows.length === 0 ? `${caption}: ${empty}` : caption} />
        </Table.Caption>
        {rows.length > 0 && (
          <>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Step</Table.Th>
                {heads.map(({ column, label, term }) => (
                  <Table.Th key={column} ta="end">
                    {term ? <Term of={term}>{label}</Term> : label}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map(({ label, point }) => (
                <Table.Tr key={label}>
                  <Table.Th scope="row">{label}</Table.Th>
                  {heads.map(({ column }) => (
                    <Table.Td key={column} ta="end" data-column={column}>
                      {metric(point[column])}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </>
        )}
      </Table>
    </div>
  );
}

/** Columns of each branch and of the fused output; with one branch these are the same. */
function headColumns(branches: number, metrics: ("logLoss" | "auc")[]): HeadColumn[] {
  const parts = [...(branches > 1 ? Array.from({ length: branches }, (_, b) => b) : []), "Fused"];
  return metrics.flatMap((name) =>
    parts.map((part, place) => ({
      column: `${name}${part}`,
      label: labelOfColumn(`${name}${part}`, branches),
      term: place === 0 ? name : undefined,
    })),
  );
}
