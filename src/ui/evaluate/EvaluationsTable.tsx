import { ActionIcon, Checkbox, Table } from "@mantine/core";
import { useStore } from "zustand";
import { nameOfSplit } from "../../base/batch.ts";
import type { Figure } from "../../metrics/headFigures.ts";
import { fusedOf, isTrainedOn, overlapWords } from "../../runs/runEvaluation.ts";
import { Card } from "../Card.tsx";
import { Term } from "../explain/Term.tsx";
import { count, metric, moment, percent } from "../format.ts";
import { Icon } from "../Icon.tsx";
import { useStudio } from "../StudioContext.tsx";
import classes from "./evaluate.module.css";
import type { ShownEvaluation } from "./useEvaluations.ts";

/** Every evaluation that is kept: what was evaluated on which rows, and its figures. */
export function EvaluationsTable({ all }: { all: ShownEvaluation[] }) {
  return (
    <Card title="Evaluations" className={classes.card}>
      <Table.ScrollContainer minWidth={760} maxHeight={320}>
        <Table className={classes.table} horizontalSpacing={8} verticalSpacing={2} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Show</Table.Th>
              <Table.Th>Run</Table.Th>
              <Table.Th>Evaluated on</Table.Th>
              <Table.Th ta="end">Rows</Table.Th>
              <Table.Th ta="end">
                <Term of="logLoss">Log loss</Term>, <Term of="interval">95 %</Term>
              </Table.Th>
              <Table.Th ta="end">
                <Term of="auc">AUC</Term>, 95 %
              </Table.Th>
              <Table.Th ta="end">
                <Term of="copc">COPC</Term>
              </Table.Th>
              <Table.Th ta="end">
                <Term of="ece">ECE</Term>
              </Table.Th>
              <Table.Th>When</Table.Th>
              <Table.Td />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {all.map((entry) => (
              <Row key={entry.evaluation.id} {...entry} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <p className={classes.note}>
        Figures of the fused output. Intervals say what other rows like these would give; two rows of this
        table on the same data share their rows, so a difference can be clear though intervals overlap: the
        arena tests that.
      </p>
    </Card>
  );
}

function Row({ run, evaluation }: ShownEvaluation) {
  const { evaluations } = useStudio();
  const isShown = useStore(evaluations.store, (state) => state.shown.includes(evaluation.id));
  const { id, weights, step, data, split, rows, evaluatedAt } = evaluation;
  const { logLoss, auc, calibration } = fusedOf(evaluation);
  const what = `${run.name} on ${nameOfSplit(split)} rows of ${data.name}`;
  return (
    <Table.Tr data-evaluation={id}>
      <Table.Td>
        <Checkbox
          size="24px"
          aria-label={`Show ${what}`}
          checked={isShown}
          onChange={() => evaluations.toggle(id)}
        />
      </Table.Td>
      <Table.Th scope="row">
        {run.name}
        <span className={classes.detail}>
          {weights}, step {count(step)}
        </span>
      </Table.Th>
      <Table.Td>
        {nameOfSplit(split)} of {data.name}
        {isTrainedOn(evaluation, run.data) && <span className={classes.detail}>rows it was trained on</span>}
        {overlapWords(evaluation, run.data) && (
          <span className={classes.detail}>
            {percent((evaluation.inTraining ?? 0) / rows)} of them trained on
          </span>
        )}
      </Table.Td>
      <Table.Td ta="end">{count(rows)}</Table.Td>
      <FigureCell figure={logLoss} />
      <FigureCell figure={auc} />
      <Table.Td ta="end">{calibration ? calibration.copc.toFixed(3) : "–"}</Table.Td>
      <Table.Td ta="end">{metric(calibration?.ece)}</Table.Td>
      <Table.Td>{moment(evaluatedAt)}</Table.Td>
      <Table.Td>
        <ActionIcon
          size={24}
          variant="subtle"
          color="gray"
          aria-label={`Delete the evaluation of ${what}`}
          onClick={() => evaluations.remove(run.runId, id)}
        >
          <Icon name="delete" size={14} />
        </ActionIcon>
      </Table.Td>
    </Table.Tr>
  );
}

function FigureCell({ figure }: { figure: Figure | null }) {
  return (
    <Table.Td ta="end">
      {metric(figure?.value)}
      {figure && (
        <span
          className={classes.interval}
          title={`95 % interval ${metric(figure.low)} to ${metric(figure.high)}`}
        >
          {" "}
          ± {((figure.high - figure.low) / 2).toFixed(4)}
        </span>
      )}
    </Table.Td>
  );
}
