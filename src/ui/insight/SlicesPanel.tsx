import { Select, Table } from "@mantine/core";
import { useEffect, useState } from "react";
import { nameOfSplit } from "../../base/batch.ts";
import type { Insight } from "../../insight/examiner.ts";
import type { TrainerRequests } from "../../train/requests.ts";
import { headLook } from "../branches/heads.ts";
import { Card } from "../Card.tsx";
import { count, percent } from "../format.ts";
import { useStudio } from "../StudioContext.tsx";
import classes from "./insight.module.css";
import { SlicesCard } from "./SlicesCard.tsx";

type Report = NonNullable<TrainerRequests["slices"]["output"]>;

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
  return (
    <>
      <SlicesCard
        id="slices"
        title="Slices: where the model does well"
        by={by}
        slices={report?.slices ?? []}
        choice={
          <Select
            label="Slices by"
            w={240}
            searchable
            data={["prediction", ...insight.columns]}
            value={by}
            onChange={(value) => setBy(value ?? "prediction")}
          />
        }
      >
        {report && (
          <p className={classes.hint}>
            {count(report.rows)} {nameOfSplit(report.split)} rows at the evaluation after step{" "}
            {count(report.step)}.
          </p>
        )}
      </SlicesCard>
      {report && report.disputed.length > 0 && <Disputed report={report} />}
    </>
  );
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
