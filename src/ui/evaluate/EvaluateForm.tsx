import { Button, Checkbox, Group, Progress, SegmentedControl, Select, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { nameOfSplit, SPLITS, type Split } from "../../base/batch.ts";
import type { DatasetLocation } from "../../datasets/requests.ts";
import type { LibraryRun } from "../../library/requests.ts";
import { keepsBest } from "../../model/config.ts";
import type { RunEvaluation } from "../../runs/runEvaluation.ts";
import type { EvaluationsState } from "../../store/outputs/evaluations.ts";
import { Card } from "../Card.tsx";
import { chosenFiles } from "../data/chosenFiles.ts";
import { useDatasets } from "../data/useDatasets.ts";
import { Term } from "../explain/Term.tsx";
import { FileChoice } from "../FileChoice.tsx";
import { count, moment } from "../format.ts";
import { Icon } from "../Icon.tsx";
import { useRunsState } from "../runs/RunsContext.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import classes from "./evaluate.module.css";

/** The choice of a person who wants none. */
const NO_SLICES = "nothing";

/** Which run, with which weights, on which rows. */
export function EvaluateForm() {
  const { evaluations, datasets } = useStudio();
  const records = useRunsState((state) => state.records);
  const runs = records.filter(({ checkpoint }) => checkpoint !== null);
  const live = useStudioState(({ run }) => run?.runId ?? null);
  const [chosenRun, chooseRun] = useState<string | null>(null);
  const [weights, chooseWeights] = useState<RunEvaluation["weights"]>("latest");
  const [split, chooseSplit] = useState<Split>("test");
  const [withInsight, askInsight] = useState(false);
  const [chosenSlices, chooseSlices] = useState(NO_SLICES);
  const rows = useRowsChoices();
  const [chosenRows, chooseRows] = useState<string | null>(null);
  const progress = useStore(evaluations.store, (state) => state.progress);
  useEffect(() => {
    void datasets.refresh();
  }, [datasets]);
  const run =
    runs.find(({ runId }) => runId === chosenRun) ?? runs.find(({ runId }) => runId === live) ?? runs[0];
  const place = rows.find(({ value }) => value === chosenRows) ?? rows[0];
  const hasBest = run !== undefined && hasBestWeights(run);
  const own = hasBest ? weights : "latest";
  const sliceable = [NO_SLICES, "prediction", ...(run?.checkpoint?.summary.dataset.columns ?? [])];
  const slices = sliceable.includes(chosenSlices) ? chosenSlices : NO_SLICES;
  if (!run)
    return (
      <Card title="Evaluate a run" className={classes.card}>
        <Text size="sm" component="p" m={0}>
          Train a run first. Then its model can be tried here on the rows of any data set: on{" "}
          <Term of="test">test rows</Term> that it has never seen, or on a log of another day.
        </Text>
      </Card>
    );
  return (
    <Card title="Evaluate a run" className={classes.card}>
      <p className={classes.hint}>
        Its newest checkpoint on rows of your choice: figures with 95 % intervals for each branch and the
        fusion. The result is kept with the run. A training under way stands still meanwhile.
      </p>
      <div className={classes.form}>
        <Select
          label="Run"
          searchable
          data={runs.map(({ runId, name, startedAt }) => ({
            value: runId,
            label: runs.some((other) => other.runId !== runId && other.name === name)
              ? `${name}, ${moment(startedAt)}`
              : name,
          }))}
          value={run.runId}
          onChange={chooseRun}
        />
        <Select
          label="Data set"
          data={rows.map(({ value, label }) => ({ value, label }))}
          value={place?.value ?? null}
          onChange={chooseRows}
        />
        <LabelledChoice<Split>
          id="evaluate-split"
          label="Rows"
          data={[...SPLITS]}
          value={split}
          onChange={chooseSplit}
        />
        <LabelledChoice<RunEvaluation["weights"]>
          id="evaluate-weights"
          label="Weights"
          data={[
            { value: "latest", label: "latest" },
            { value: "best", label: "best", disabled: !hasBest },
          ]}
          value={own}
          onChange={chooseWeights}
        />
        <Button
          variant="filled"
          size="sm"
          leftSection={<Icon name="play" />}
          disabled={!place || progress !== null}
          onClick={() =>
            void evaluations.evaluate({
              runId: run.runId,
              weights: own,
              location: place!.location,
              split,
              withInsight,
              sliceBy: slices === NO_SLICES ? null : slices,
            })
          }
        >
          Evaluate
        </Button>
      </div>
      <Group gap="sm" mt={6} align="end">
        <Select
          label="Slices by"
          w={180}
          searchable
          data={sliceable}
          value={slices}
          onChange={(chosen) => chooseSlices(chosen ?? NO_SLICES)}
        />
        <Checkbox
          size="xs"
          mb={6}
          label="Also measure which columns it uses and combines on these rows (takes longer)"
          checked={withInsight}
          onChange={({ currentTarget }) => askInsight(currentTarget.checked)}
        />
      </Group>
      <Group gap="xs" mt={6}>
        <AnotherLog run={run} />
        <WhichWeights run={run} weights={own} />
      </Group>
      {progress && <EvaluationProgress progress={progress} />}
    </Card>
  );
}

interface LabelledChoiceProps<T extends string> {
  id: string;
  label: string;
  data: (T | { value: T; label: string; disabled?: boolean })[];
  value: T;
  onChange(value: T): void;
}

function LabelledChoice<T extends string>({ id, label, data, value, onChange }: LabelledChoiceProps<T>) {
  return (
    <div>
      <Text size="xs" c="dimmed" id={id}>
        {label}
      </Text>
      <SegmentedControl<T> aria-labelledby={id} data={data} value={value} onChange={onChange} />
    </div>
  );
}

function EvaluationProgress({ progress }: { progress: NonNullable<EvaluationsState["progress"]> }) {
  const { name, rows, totalRows } = progress;
  return (
    <Group gap="xs" mt={6} role="status">
      <Text size="xs">
        Evaluating {name}
        {totalRows > 0 && `: ${count(rows)} of ${count(totalRows)} rows`}…
      </Text>
      <Progress
        aria-label="Rows evaluated"
        flex={1}
        miw={120}
        value={totalRows > 0 ? (100 * rows) / totalRows : 0}
      />
    </Group>
  );
}

/** A log of another day becomes a data set with the ids of the one that is open. */
function AnotherLog({ run }: { run: LibraryRun }) {
  const { datasets } = useStudio();
  const isOwn = useStudioState(({ dataset }) => dataset?.summary.identity === run.data.identity);
  if (!isOwn)
    return (
      <Text size="xs" c="dimmed">
        To import another log with this run’s ids, open {run.data.name} first.
      </Text>
    );
  return (
    <FileChoice
      multiple
      inputProps={{ "aria-label": "A log to evaluate on" }}
      onChange={(files) =>
        files.length > 0 && void datasets.look(chosenFiles(files), {}, { forEvaluation: true })
      }
    >
      {(props) => (
        <Button {...props} leftSection={<Icon name="upload" size={14} />}>
          Import another log
        </Button>
      )}
    </FileChoice>
  );
}

/** Whether the weights of its best evaluation are there; of an arena's member they are where its schedule puts them back. */
function hasBestWeights({ arenaId, config, checkpoint }: LibraryRun): boolean {
  return checkpoint!.summary.progress.best !== null && (arenaId === null || keepsBest(config));
}

/** What the choice of weights means for this run. */
function WhichWeights({ run, weights }: { run: LibraryRun; weights: RunEvaluation["weights"] }) {
  const { progress, dataset } = run.checkpoint!.summary;
  const { best, step } = progress;
  return (
    <Text size="xs" c="dimmed" component="p" m={0}>
      {weights === "best" && best
        ? `Best: after step ${count(best.step)}, by the AUC on its ${nameOfSplit(best.split)} rows.`
        : `Latest: saved at step ${count(step)}.`}{" "}
      {best === null && "This run chose no best weights: it had no validation rows to choose by. "}
      {best !== null && !hasBestWeights(run) && "Of an arena's member only the final weights are kept. "}
      Trained on {dataset.name}.
    </Text>
  );
}

interface RowsChoice {
  value: string;
  label: string;
  /** null: the open data set. */
  location: DatasetLocation | null;
}

/** The open data set and those that this browser keeps. */
function useRowsChoices(): RowsChoice[] {
  const open = useStudioState((state) => state.dataset);
  const kept = useDatasets((state) => state.kept) ?? [];
  const openId = open?.location.type === "device" ? open.location.id : null;
  return [
    ...(open ? [{ value: "open", label: `${open.summary.name} (open)`, location: null }] : []),
    ...kept
      .filter(({ id, damage }) => id !== openId && damage === null)
      .map(({ id, name, rows, keptAt }) => ({
        value: id,
        label: `${name}, ${count(rows)} rows, ${moment(keptAt)}`,
        location: { type: "device" as const, id },
      })),
  ];
}
