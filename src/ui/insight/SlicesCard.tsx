import { Group, SegmentedControl } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { RunSlice } from "../../runs/runSlices.ts";
import { headLook } from "../branches/heads.ts";
import { Term } from "../explain/Term.tsx";
import { count, metric, percent } from "../format.ts";
import { BarFigure } from "./BarFigure.tsx";
import { FigureCard } from "./FigureCard.tsx";
import { numberColumn, type TableColumn } from "./SortableTable.tsx";

type Interval = RunSlice["heads"][number]["logLoss"];

interface SlicesCardProps {
  /** Of files that are saved. */
  id: string;
  title: string;
  /** The column, or "prediction". */
  by: string;
  slices: RunSlice[];
  /** By what to slice, where that can be chosen. */
  choice?: ReactNode;
  /** Which rows. */
  children?: ReactNode;
}

/** Log loss, AUC and calibration of each branch and the fusion by the values of a column or by predictions. */
export function SlicesCard({ id, title, by, slices, choice, children }: SlicesCardProps) {
  const heads = slices[0]?.heads.length ?? 0;
  const [chosenHead, setHead] = useState<string | null>(null);
  // The fusion stands last.
  const head = Math.min(Number(chosenHead ?? heads), Math.max(0, heads - 1));
  return (
    <FigureCard
      id={id}
      title={title}
      heads={heads}
      hint={
        <>
          Log loss on each <Term of="slice" />, with intervals that hold for all of them together at 95 %. A
          slice is badly calibrated where <Term of="copc" /> is far from 1 and <Term of="holm" /> below 0.05.
        </>
      }
      choice={
        <Group align="end" gap="sm">
          {choice}
          {heads > 1 && (
            <SegmentedControl
              aria-label="Figures of"
              data={Array.from({ length: heads }, (_, h) => ({
                value: String(h),
                label: headLook(h, heads).label,
              }))}
              value={String(head)}
              onChange={setHead}
            />
          )}
        </Group>
      }
      figure={
        heads > 0
          ? (svg) => (
              <BarFigure
                svg={svg}
                label={`Log loss by ${by}`}
                rows={slices.map(({ name, heads: own }) => ({
                  label: name,
                  bars: own.map(({ logLoss: { value, low, high } }) =>
                    high === null ? null : { value, low, high },
                  ),
                }))}
              />
            )
          : null
      }
      table={
        heads > 0
          ? {
              label: "Slices",
              columns: tableColumns(heads, head),
              rows: slices,
              keyOf: ({ name }) => name,
              sortedBy: null,
            }
          : null
      }
    >
      {children}
    </FigureCard>
  );
}

const SIMULTANEOUS = "in brackets the 95 % interval, which holds together with those of all slices";

function within({ value, low, high }: Interval): string {
  return `${metric(value)} (${metric(low)}–${high === null ? "∞" : metric(high)})`;
}

/** Of the heads' columns those of `shown` alone are in the table; the CSV has all. */
function tableColumns(heads: number, shown: number): TableColumn<RunSlice>[] {
  const byHead = (
    name: string,
    hint: string,
    value: (head: RunSlice["heads"][number]) => number | null,
    cell: (head: RunSlice["heads"][number]) => string,
  ) =>
    Array.from({ length: heads }, (_, h): TableColumn<RunSlice> => {
      const { label } = headLook(h, heads);
      return {
        isCsvOnly: h !== shown,
        name: `${name}, ${label.toLowerCase()}`,
        hint: `${label}: ${hint}`,
        value: (slice) => value(slice.heads[h]!),
        cell: (slice) => cell(slice.heads[h]!),
      };
    });
  const ends = (name: string, read: (head: RunSlice["heads"][number]) => Interval | null) =>
    (["low", "high"] as const).flatMap((end) =>
      byHead(
        `${name} ${end}`,
        "",
        (head) => read(head)?.[end] ?? null,
        () => "",
      ).map((column) => ({ ...column, isCsvOnly: true })),
    );
  return [
    { name: "Slice", value: ({ name }) => name },
    numberColumn("Rows", ({ rows }) => rows, count),
    numberColumn("Click rate", ({ clicks, rows }) => clicks / rows, percent),
    ...byHead(
      "Log loss",
      `nats a row, ${SIMULTANEOUS}`,
      ({ logLoss }) => logLoss.value,
      ({ logLoss }) => within(logLoss),
    ),
    ...ends("Log loss", ({ logLoss }) => logLoss),
    ...byHead(
      "AUC",
      SIMULTANEOUS,
      ({ auc }) => auc?.value ?? null,
      ({ auc }) => (auc ? within(auc) : "–"),
    ),
    ...ends("AUC", ({ auc }) => auc),
    ...byHead(
      "COPC",
      "clicks over predicted clicks; in brackets what chance alone leaves around 1",
      ({ copc }) => copc.value,
      ({ copc }) => `${copc.value.toFixed(3)} (${copc.low.toFixed(2)}–${copc.high?.toFixed(2)})`,
    ),
    ...byHead(
      "p",
      "of a true prediction, after Holm",
      ({ p }) => p,
      ({ p }) => (p === null ? "–" : p < 0.001 ? "< 0.001" : p.toFixed(3)),
    ),
  ];
}
