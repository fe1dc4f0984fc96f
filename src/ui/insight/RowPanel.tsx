import { Button, NumberInput, Table } from "@mantine/core";
import { useEffect, useId, useState } from "react";
import type { Insight } from "../../insight/examiner.ts";
import type { RowReport } from "../../insight/oneRow.ts";
import { headLook } from "../branches/heads.ts";
import { count, percent, plusMinus } from "../format.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { BarFigure, barOf } from "./BarFigure.tsx";
import { FigureCard } from "./FigureCard.tsx";
import classes from "./insight.module.css";
import { csvOf, type TableColumn } from "./SortableTable.tsx";

const DRAWN = 12;
/** While training, probabilities follow so often. */
const LIVE_MS = 1000;

interface Effect {
  column: number;
  name: string;
  value: string;
  heads: { mean: number; radius: number }[];
}

/** One held-out row, every value of which can be changed: what each head says of it, and which value moved that. */
export function RowPanel({ insight }: { insight: Insight }) {
  const { columns: names, step } = insight;
  const [row, setRow] = useState(0);
  const [edits, setEdits] = useState<ReadonlyMap<number, string>>(new Map());
  const { report, live } = useRowReport(row, edits, step);

  function choose(next: number): void {
    setRow(Math.max(0, Math.min((report?.rows ?? 1) - 1, next)));
    setEdits(new Map());
  }
  function edit(column: number, text: string | null): void {
    const changed = new Map(edits);
    if (text === null || text === report?.texts[column]) changed.delete(column);
    else changed.set(column, text);
    setEdits(changed);
  }

  const heads = report?.probabilities.length ?? 0;
  const effects = (report?.effects ?? []).map(
    (of, column): Effect => ({
      column,
      name: names[column]!,
      value: edits.get(column) ?? report!.texts[column]!,
      heads: of,
    }),
  );
  const size = ({ heads: of }: Effect) => Math.abs(of.at(-1)!.mean);
  const strongest = effects.toSorted((a, b) => size(b) - size(a)).slice(0, DRAWN);
  const table: TableColumn<Effect>[] = [
    { name: "Column", value: ({ name }) => name },
    { name: "Value", value: ({ value }) => value },
    ...Array.from(
      { length: heads },
      (_, h): TableColumn<Effect> => ({
        name: `Effect on the logit, ${headLook(h, heads).label.toLowerCase()}`,
        value: (effect) => effect.heads[h]!.mean,
      }),
    ),
  ];
  return (
    <FigureCard
      id="row"
      title="One row: what each branch says, and why"
      heads={heads}
      hint="What a value adds to the logit, compared with what other rows have there: to the right it speaks for a click. Change any value and see which branch follows."
      choice={
        <div className={classes.row}>
          <NumberInput
            label="Row of the sample"
            size="xs"
            w={130}
            min={1}
            max={report?.rows ?? 1}
            value={row + 1}
            onChange={(value) => typeof value === "number" && choose(value - 1)}
          />
          <Button onClick={() => choose(Math.floor(Math.random() * (report?.rows ?? 1)))}>Another row</Button>
          <Button disabled={edits.size === 0} onClick={() => setEdits(new Map())}>
            Undo {edits.size} {edits.size === 1 ? "change" : "changes"}
          </Button>
          {report && live && <Probabilities report={report} live={live} isEdited={edits.size > 0} />}
        </div>
      }
      csv={effects.length > 0 ? () => csvOf(table, effects) : null}
      figure={
        effects.length > 0
          ? (svg) => (
              <BarFigure
                svg={svg}
                label={`Effects on the logit, the ${strongest.length} largest`}
                rows={strongest.map(({ name, value, heads: of }) => ({
                  label: `${name}: ${value}`,
                  bars: of.map(barOf),
                }))}
              />
            )
          : null
      }
    >
      {report && <Values report={report} effects={effects} edits={edits} edit={edit} />}
      {report && report.history.length > 1 && <History report={report} />}
    </FigureCard>
  );
}

interface RowReports {
  /** null until it is there. */
  report: RowReport | null;
  /** The probabilities as they follow training. */
  live: Pick<RowReport, "probabilities" | "step"> | null;
}

/** What the model says of a row with these edits, by column; asked anew at each `step`, the last evaluation's. */
function useRowReport(row: number, edits: ReadonlyMap<number, string>, step: number): RowReports {
  const { insights } = useStudio();
  const [report, setReport] = useState<RowReport | null>(null);
  const [live, setLive] = useState<Pick<RowReport, "probabilities" | "step"> | null>(null);
  const isTraining = useStudioState(({ run }) => run?.status.type === "running");
  // A further evaluation is a further model.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    let isCurrent = true;
    void insights.row({ row, edits: [...edits], withEffects: true }).then((found) => {
      if (!isCurrent) return;
      setReport(found);
      setLive(found);
    });
    return () => {
      isCurrent = false;
    };
  }, [insights, row, edits, step]);
  useEffect(() => {
    if (!isTraining) return;
    let isCurrent = true;
    const timer = setInterval(() => {
      void insights.row({ row, edits: [...edits], withEffects: false }).then((found) => {
        if (isCurrent && found) setLive(found);
      });
    }, LIVE_MS);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [insights, row, edits, isTraining]);
  return { report, live };
}

interface ProbabilitiesProps {
  report: RowReport;
  live: Pick<RowReport, "probabilities" | "step">;
  isEdited: boolean;
}

function Probabilities({ report, live, isEdited }: ProbabilitiesProps) {
  const heads = live.probabilities.length;
  return (
    <p className={classes.answers} data-testid="row-answers">
      {live.probabilities.map((probability, h) => (
        <span key={headLook(h, heads).label}>
          {headLook(h, heads).label}: <strong>{percent(probability)}</strong>
        </span>
      ))}
      <span className={classes.old}>
        step {count(live.step)}; {isEdited ? "the unchanged row" : "this row"} was{" "}
        {report.label > 0 ? "clicked" : "not clicked"}
      </span>
    </p>
  );
}

interface ValuesProps {
  report: RowReport;
  effects: Effect[];
  edits: ReadonlyMap<number, string>;
  edit(column: number, text: string | null): void;
}

function Values({ report, effects, edits, edit }: ValuesProps) {
  const { insights } = useStudio();
  const listId = useId();
  const [focused, setFocused] = useState<{ column: number; values: string[] } | null>(null);
  async function suggest(column: number): Promise<void> {
    const values = await insights.vocabulary(column);
    setFocused({ column, values: values ?? [] });
  }
  return (
    <Table.ScrollContainer minWidth={360} maxHeight="60vh">
      {focused && (
        <datalist id={listId}>
          {focused.values.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
      <Table className={classes.table} verticalSpacing={1} stickyHeader aria-label="Values of the row">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Column</Table.Th>
            <Table.Th>Value</Table.Th>
            {effects[0]?.heads.map((_, h, of) => (
              <Table.Th key={headLook(h, of.length).label} ta="end">
                {headLook(h, of.length).label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {effects.map(({ column, name, value, heads }) => (
            <Table.Tr key={column}>
              <Table.Th scope="row">{name}</Table.Th>
              <Table.Td>
                <input
                  className={classes.value}
                  aria-label={`Value of ${name}`}
                  key={value}
                  defaultValue={value}
                  list={focused?.column === column ? listId : undefined}
                  data-changed={edits.has(column) || undefined}
                  onFocus={() => void suggest(column)}
                  onBlur={({ currentTarget }) =>
                    currentTarget.value !== value && edit(column, currentTarget.value)
                  }
                  onKeyDown={({ key, currentTarget }) => {
                    if (key === "Enter" && currentTarget.value !== value) edit(column, currentTarget.value);
                    if (key === "Escape") currentTarget.value = value;
                  }}
                />
                {report.unknown.includes(column) && (
                  <span className={classes.old}> no id of its own, or no number</span>
                )}
              </Table.Td>
              {heads.map(({ mean, radius }, h) => (
                <Table.Td key={headLook(h, heads.length).label} ta="end">
                  {`${mean >= 0 ? "+" : ""}${plusMinus(mean, radius)}`}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** What the evaluations so far said of the row. */
function History({ report: { history } }: { report: RowReport }) {
  return (
    <p className={classes.hint}>
      Fused probability at earlier evaluations:{" "}
      {history
        .slice(-12)
        .map(({ step, probabilities }) => `step ${count(step)}: ${percent(probabilities.at(-1)!)}`)
        .join(", ")}
      .
    </p>
  );
}
