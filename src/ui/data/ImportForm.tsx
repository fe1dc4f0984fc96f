import { Button, Group, Radio, Stack, Text, TextInput } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ChosenFile, FilesSaid, LogReport } from "../../datasets/requests.ts";
import type { DatasetSummary } from "../../train/requests.ts";
import { controlId } from "../controls/fault.ts";
import { NumberInput } from "../controls/NumberField.tsx";
import { bytes, count, percent, roughly } from "../format.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { ColumnTable } from "./ColumnTable.tsx";
import classes from "./data.module.css";
import { ImportFiles } from "./ImportFiles.tsx";
import { ImportSettings } from "./ImportSettings.tsx";
import {
  countsValues,
  faultOf,
  hasNamedSplits,
  type ImportChoices,
  misfitOf,
  optionsOf,
} from "./importChoices.ts";
import { useDatasets } from "./useDatasets.ts";

interface ImportFormProps {
  files: ChosenFile[];
  report: LogReport;
  said: FilesSaid;
  choices: ImportChoices;
  setChoices(choices: ImportChoices): void;
}

/** How much of a log is taken, and how its values get ids; the other rules on request. */
export function ImportForm({ files, report, said, choices: chosen, setChoices }: ImportFormProps) {
  const { datasets } = useStudio();
  const busy = useDatasets(({ work }) => work !== null);
  const open = useStudioState((state) => state.dataset);
  // Another data set may have been opened since its ids were chosen.
  const fits = open !== null && misfitOf(report, open.summary) === null;
  const choices: ImportChoices = fits ? chosen : { ...chosen, ids: "own" };
  const options = optionsOf(choices, report, said, open?.location);
  const fault = faultOf(options, report);
  const named = hasNamedSplits(report) && options.rules.split === undefined;
  const { name, part, rows, ids, threshold, rule } = choices;
  const errorAt = (control: string) =>
    fault?.control === control ? `${fault.sentence} ${fault.remedy}` : null;

  function choose<K extends keyof ImportChoices>(key: K, value: ImportChoices[K]): void {
    setChoices({ ...chosen, [key]: value });
  }
  function start(event: SubmitEvent): void {
    event.preventDefault();
    if (!fault && !busy) void datasets.importLog(options);
  }
  return (
    <form onSubmit={start} noValidate>
      <Stack gap="sm">
        <LogFacts report={report} />
        <BadLines report={report} />
        <Recommended report={report} />
        <ImportFiles report={report} named={named} files={files} said={said} />
        {choices.columns && ids === "own" && (
          <Columns
            columns={choices.columns}
            error={errorAt("import.columns")}
            onChange={(columns) => choose("columns", columns)}
          />
        )}
        <TextInput
          id={controlId("import.name")}
          label="Name"
          data-autofocus
          value={name}
          placeholder={report.name}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => choose("name", event.currentTarget.value)}
        />
        <Radio.Group
          label="Rows"
          value={part}
          onChange={(chosen) => choose("part", chosen as ImportChoices["part"])}
        >
          <Stack gap={6} mt={4}>
            <Radio value="all" label={`All, ${rowsOf(report)}`} />
            <Radio
              value="first"
              label="The first rows only"
              description={named ? "The first ones of each split, in proportion." : null}
            />
          </Stack>
        </Radio.Group>
        {part === "first" && (
          <NumberInput
            id={controlId("import.rows")}
            label="First rows"
            value={rows}
            step={100_000}
            error={errorAt("import.rows")}
            onChange={(typed) => choose("rows", typed)}
          />
        )}
        {open && (
          <IdsOf open={open.summary} report={report} ids={ids} onChange={(chosen) => choose("ids", chosen)} />
        )}
        {countsValues(choices, report) && (
          <NumberInput
            id={controlId("import.threshold")}
            label="Threshold"
            description={`A value in ${
              rule === "over" ? "more rows than this" : "at least so many rows"
            } has an id of its own; rarer ones share one.`}
            value={threshold}
            step={1}
            error={errorAt("import.threshold")}
            onChange={(typed) => choose("threshold", typed)}
          />
        )}
        <ImportSettings
          report={report}
          choices={choices}
          choose={choose}
          chooseAll={setChoices}
          errorAt={errorAt}
        />
        {busy && (
          <Text size="sm" role="status">
            Another data set is being read or written: this one can be imported when that is done or
            cancelled.
          </Text>
        )}
        <Size rows={options.rows ?? report.rows} report={report} />
        <Group justify="end" gap="xs">
          <Button onClick={datasets.dismissLog}>Not now</Button>
          <Button variant="filled" type="submit" disabled={fault !== null || busy}>
            Import
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function IdsOf({
  open,
  report,
  ids,
  onChange,
}: {
  open: DatasetSummary;
  report: LogReport;
  ids: ImportChoices["ids"];
  onChange(chosen: ImportChoices["ids"]): void;
}) {
  const misfit = misfitOf(report, open);
  return (
    <Radio.Group
      label="Ids of the values"
      value={ids}
      onChange={(chosen) => onChange(chosen as ImportChoices["ids"])}
    >
      <Stack gap={6} mt={4}>
        <Radio value="own" label={report.hasIds ? "Those in the file" : "Counted in this log"} />
        <Radio
          value="open"
          label={`Those of ${open.name}`}
          disabled={misfit !== null}
          description={misfit ?? "Its models can then be evaluated on these rows; they cannot be trained on."}
        />
      </Stack>
    </Radio.Group>
  );
}

/** "about 97,000", or "1,000" where a look came to the end. */
function rowsOf({ rows, isCounted }: LogReport): string {
  return isCounted ? count(rows) : `about ${roughly(rows)}`;
}

function LogFacts({ report }: { report: LogReport }) {
  const { integers, categories } = report.columns;
  return (
    <Text size="sm">
      {report.format.charAt(0).toUpperCase()}
      {report.format.slice(1)}
      {report.layout !== null && ` with the columns of ${report.layout}`}, {bytes(report.byteLength)}:{" "}
      {integers === 1 ? "1 column" : `${integers} columns`} of numbers, {categories} of categories,{" "}
      {rowsOf(report)} rows.
    </Text>
  );
}

/** What each column is, folded away unless somebody wants to see or change it. */
function Columns(props: Parameters<typeof ColumnTable>[0]) {
  const [open, setOpen] = useState(false);
  const shown = open || props.error !== null;
  const label = props.columns.find(({ role }) => role === "label");
  return (
    <div>
      <Text size="sm">
        {label
          ? `The label is ${label.name}; ${label.click ?? "1"} is a click. `
          : "No column is the label. "}
        <Button size="compact-xs" aria-expanded={shown} onClick={() => setOpen(!open)}>
          What each column is
        </Button>
      </Text>
      {shown && <ColumnTable {...props} />}
    </div>
  );
}

/** How numbers should enter a model, where counts in buckets do not suit them. */
function Recommended({ report: { recommended } }: { report: LogReport }) {
  const otherwise = Object.entries(recommended).filter(([, { mode }]) => mode !== "bucket");
  if (otherwise.length === 0) return null;
  const some = otherwise.slice(0, 3).map(([name, { mode, reason }]) => `${name} as ${mode}, since ${reason}`);
  return (
    <Text size="sm" data-testid="recommended-modes">
      Recommended by the first rows, to be chosen with the model: {some.join("; ")}
      {otherwise.length > 3 && `; and ${otherwise.length - 3} more`}.
    </Text>
  );
}

function BadLines({ report: { bad } }: { report: LogReport }) {
  if (bad.lines === 0) return null;
  const share = bad.lines / bad.of;
  return (
    <Text size="sm" className={classes.size} data-testid="bad-lines" role="status">
      {count(bad.lines)} of the first {count(bad.of)} lines (
      {share < 0.001 ? "less than 0.1 %" : percent(share)}) cannot be read and will be left out: {bad.example}
      .
    </Text>
  );
}

/** What it will take of what is free; nothing while no number of rows is typed. */
function Size({ rows, report }: { rows: number; report: LogReport }) {
  const { bytesPerRow, freeBytes } = report;
  const expected = Math.min(Number.isNaN(rows) ? 0 : rows, report.rows) * bytesPerRow;
  const tooLarge = freeBytes !== null && expected > freeBytes;
  return (
    <Text size="sm" className={classes.size} data-testid="expected-size" role="status">
      It will take about {bytes(expected)} on this device
      {freeBytes !== null && `; the browser says that ${bytes(freeBytes)} are free`}.
      {tooLarge && " It may not fit: take fewer rows, or free some space."}
    </Text>
  );
}
