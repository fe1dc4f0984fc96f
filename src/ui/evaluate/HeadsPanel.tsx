import { Table, Text } from "@mantine/core";
import { fusedOf, isTrainedOn, overlapWords, type RunEvaluation, rowsOf } from "../../runs/runEvaluation.ts";
import { headLook } from "../branches/heads.ts";
import { Card } from "../Card.tsx";
import { Swatch } from "../charts/Swatch.tsx";
import { Term } from "../explain/Term.tsx";
import { count, metric, percent } from "../format.ts";
import type { PanelProps } from "./EvaluateTab.tsx";
import classes from "./evaluate.module.css";
import type { ShownEvaluation } from "./useEvaluations.ts";

/** Each branch and the fusion of every evaluation on show. */
export function HeadsPanel({ shown }: PanelProps) {
  return (
    <div className={classes.charts}>
      {shown.map((entry) => (
        <Heads key={entry.evaluation.id} {...entry} />
      ))}
    </div>
  );
}

function Heads({ run, evaluation }: ShownEvaluation) {
  const { heads, weights, step, rows, positives } = evaluation;
  // A single branch is the model.
  const lines = heads.length === 2 ? heads.slice(1) : heads;
  return (
    <Card
      title={`${run.name} on ${rowsOf(evaluation)}`}
      isInner
      className={classes.card}
      testId="evaluated-heads"
    >
      <p className={classes.hint}>
        {count(rows)} rows, {count(positives)} clicked ({percent(positives / rows)}). The {weights} weights,
        after step {count(step)}.
      </p>
      <Table.ScrollContainer minWidth={420}>
        <Table className={classes.table} horizontalSpacing={8} verticalSpacing={2}>
          <Table.Thead>
            <Table.Tr>
              <Table.Td />
              <Table.Th ta="end">
                <Term of="logLoss">Log loss</Term>
              </Table.Th>
              <Table.Th ta="end">
                <Term of="interval">95 %</Term>
              </Table.Th>
              <Table.Th ta="end">
                <Term of="auc">AUC</Term>
              </Table.Th>
              <Table.Th ta="end">95 %</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.map(({ logLoss, auc }, h) => {
              const { label, color, dashes } = headLook(h, lines.length);
              return (
                <Table.Tr key={label}>
                  <Table.Th scope="row">
                    <Swatch color={color} dashes={dashes} /> {label}
                  </Table.Th>
                  <Table.Td ta="end">{metric(logLoss.value)}</Table.Td>
                  <Table.Td ta="end">
                    {metric(logLoss.low)} to {metric(logLoss.high)}
                  </Table.Td>
                  <Table.Td ta="end">{metric(auc?.value)}</Table.Td>
                  <Table.Td ta="end">{auc ? `${metric(auc.low)} to ${metric(auc.high)}` : "–"}</Table.Td>
                </Table.Tr>
              );
            })}
            <Alone evaluation={evaluation} />
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Words run={run} evaluation={evaluation} />
    </Card>
  );
}

function Alone({ evaluation: { clickRateAlone } }: { evaluation: RunEvaluation }) {
  return (
    <Table.Tr>
      <Table.Th scope="row">
        <Term of="clickRateAlone">Click rate alone</Term>
      </Table.Th>
      <Table.Td ta="end">{metric(clickRateAlone)}</Table.Td>
      <Table.Td />
      <Table.Td ta="end">0.5000</Table.Td>
      <Table.Td />
    </Table.Tr>
  );
}

/** What the figures come to, in sentences. */
function Words({ run, evaluation }: ShownEvaluation) {
  const { clickRateAlone, positives, rows } = evaluation;
  const { logLoss, auc } = fusedOf(evaluation);
  const overlap = overlapWords(evaluation, run.data);
  return (
    <Text size="sm" component="p" mt={6} mb={0}>
      {overlap && <strong data-testid="overlap">{overlap} Evaluate on rows that it has not seen. </strong>}
      {isTrainedOn(evaluation, run.data) &&
        "The model was trained on these rows, so its figures say nothing of rows that it does not know. "}
      {clickRateAlone !== null &&
        (logLoss.low > clickRateAlone
          ? "The model is worse here than saying the training click rate to every row. "
          : logLoss.high < clickRateAlone
            ? "The model is better here than saying the training click rate to every row. "
            : "So many rows do not show whether the model is better here than saying the training click rate to every row. ")}
      {auc === null &&
        `AUC needs clicked and other rows, two of each; here ${count(positives)} of ${count(rows)} are clicked.`}
    </Text>
  );
}
