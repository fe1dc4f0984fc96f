import { Group, SegmentedControl, Select, Table } from "@mantine/core";
import { useEffect, useState } from "react";
import type { Insight } from "../../insight/examiner.ts";
import type { Slice, SliceHead } from "../../insight/slices.ts";
import type { TrainerRequests } from "../../train/requests.ts";
import { headLook } from "../branches/heads.ts";
import { Card } from "../Card.tsx";
import { Term } from "../explain/Term.tsx";
import { count, metric, percent } from "../format.ts";
import { useStudio } from "../StudioContext.tsx";
import { BarFigure } from "./BarFigure.tsx";
import { FigureCard } from "./FigureCard.tsx";
import classes from "./insight.module.css";
import { numberColumn, type TableColumn } from "./SortableTable.tsx";

type Report = NonNullable<TrainerRequests["slices"]["output"]>;
interface NamedSlice extends Slice {
  name: string;
}

/** How the model does by the values of a column or by its predictions, and where its branches disagree. */
export function SlicesPanel({ insight }: { insight: Insight }) {
  const { insights } = useStudio();
  const [by, setBy] = useState("prediction");
  const [found, setFound] = useState<{ by: string; report: Report | null } | null>(null);
  // What was read of another column says nothing here.
  const report = found?.by === by ? found.report : null;
  const column = insight.columns.indexOf(by);
  const { step } = insight;
  useEffect(() => {
    let isCurrent = true;
    void insights.slices(step, column < 0 ? "prediction" : column).then((next) => {
      if (isCurrent) setFound({ by, report: next });
    });
    return () => {
      isCurrent = false;
    };
  }, [insights, step, column, by]);
  const slices =
    report?.slices.map(
      (slice, s): NamedSlice => ({ ...slice, name: nameOf(slice, report.names[s] ?? null) }),
    ) ?? [];
  const heads = slices[0]?.heads.length ?? 0;
  const [chosenHead, setHead] = useState<string | null>(null);
  // The fusion stands last.
  const head = Math.min(Number(chosenHead ?? heads), Math.max(0, heads - 1));
  return (
    <>
      <FigureCard
        id="slices"
        title="Slices: where the model does well"
        heads={heads}
        hint={
          <>
            Log loss on each <Term of="slice" />, with intervals that hold for all of them together at 95 %. A
            slice is badly calibrated where <Term of="copc" /> is far from 1 and <Term of="holm" /> below
            0.05.
          </>
        }
        choice={
          <Group align="end" gap="sm">
            <Select
              label="Slices by"
              w={240}
              searchable
              data={["prediction", ...insight.columns]}
              value={by}
              onChange={(value) => setBy(value ?? "prediction")}
            />
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
                    bars: own.map(({ logLoss }) => (Number.isFinite(logLoss.high) ? logLoss : null)),
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
        {report && (
          <p className={classes.hint}>
            {count(report.rows)} {report.split} rows at the evaluation after step {count(report.step)}.
          </p>
        )}
      </FigureCard>
      {report && report.disputed.length > 0 && <Disputed report={report} />}
    </>
  );
}

function nameOf({ of }: Slice, name: string | null): string {
  switch (of.kind) {
    case "id":
      return name ?? String(of.id);
    case "weight":
      return name ?? `${metric(of.low)} – ${metric(of.high)}`;
    case "others":
      return `${count(of.ids)} other values`;
    case "prediction":
      return `${percent(of.low)} – ${percent(of.high)}`;
  }
}

/** Of the heads' columns those of `shown` alone are in the table; the CSV has all. */
function tableColumns(heads: number, shown: number): TableColumn<NamedSlice>[] {
  const byHead = (
    name: string,
    hint: string,
    value: (head: SliceHead) => number | null,
    cell: (head: SliceHead) => string,
  ) =>
    Array.from({ length: heads }, (_, h): TableColumn<NamedSlice> => {
      const { label } = headLook(h, heads);
      return {
        isCsvOnly: h !== shown,
        name: `${name}, ${label.toLowerCase()}`,
        hint: `${label}: ${hint}`,
        value: (slice) => value(slice.heads[h]!),
        cell: (slice) => cell(slice.heads[h]!),
      };
    });
  return [
    { name: "Slice", value: ({ name }) => name },
    numberColumn("Rows", ({ rows }) => rows, count),
    numberColumn("Click rate", ({ clicks, rows }) => clicks / rows, percent),
    ...byHead(
      "Log loss",
      "nats a row",
      ({ logLoss }) => logLoss.value,
      ({ logLoss }) => metric(logLoss.value),
    ),
    ...byHead(
      "AUC",
      "with its simultaneous 95 % interval",
      ({ auc }) => auc?.value ?? null,
      ({ auc }) => (auc ? `${metric(auc.value)} (${metric(auc.low)}–${metric(auc.high)})` : "–"),
    ),
    ...byHead(
      "COPC",
      "clicks over predicted clicks; in brackets what chance alone leaves around 1",
      ({ copc }) => copc.value,
      ({ copc }) => `${copc.value.toFixed(3)} (${copc.low.toFixed(2)}–${copc.high.toFixed(2)})`,
    ),
    ...byHead(
      "p",
      "of a true prediction, after Holm",
      ({ p }) => p,
      ({ p }) => (p === null ? "–" : p < 0.001 ? "< 0.001" : p.toFixed(3)),
    ),
  ];
}

function Disputed({ report }: { report: Report }) {
  const heads = report.disputed[0]!.probabilities.length;
  return (
    <Card title="Rows about which the branches disagree most">
      <p className={classes.hint}>
        The largest differences between two branches’ probabilities. If one branch is right more often than
        the other here, it has learned something that the other lacks.
      </p>
      <Table.ScrollContainer minWidth={360}>
        <Table className={classes.table} verticalSpacing={2}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Row of the sample</Table.Th>
              <Table.Th ta="end">Clicked</Table.Th>
              {Array.from({ length: heads }, (_, h) => (
                <Table.Th key={headLook(h, heads).label} ta="end">
                  {headLook(h, heads).label}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {report.disputed.map(({ row, label, probabilities }) => (
              <Table.Tr key={row}>
                <Table.Th scope="row">{count(row + 1)}</Table.Th>
                <Table.Td ta="end">{label > 0 ? "yes" : "no"}</Table.Td>
                {probabilities.map((probability, h) => (
                  <Table.Td key={headLook(h, heads).label} ta="end">
                    {percent(probability)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}
