import { Group, Text } from "@mantine/core";
import { useState } from "react";
import type { ChosenFile, FilesSaid, LogLook } from "../../datasets/requests.ts";
import type { TableColumn } from "../../preprocess/formats/columns.ts";
import { faultOfColumns, faultOfLayout } from "../../preprocess/rules.ts";
import { controlId } from "../controls/fault.ts";
import { NumberInput } from "../controls/NumberField.tsx";
import { useStudio } from "../StudioContext.tsx";
import { ColumnTable } from "./ColumnTable.tsx";
import { choicesOf } from "./importChoices.ts";
import { LookAgainForm } from "./LookAgainForm.tsx";

interface ColumnsProps {
  files: ChosenFile[];
  said: FilesSaid;
  look: Extract<LogLook, { type: "columns" }>;
}

/** Asks what the columns of files are where that is not certain. */
export function ImportColumns(props: ColumnsProps) {
  const { table } = props.look;
  return table ? <TableColumns {...props} table={table} /> : <CountedColumns {...props} />;
}

function TableColumns({ files, said, look: { problem }, table }: ColumnsProps & { table: TableColumn[] }) {
  const { datasets } = useStudio();
  const [columns, setColumns] = useState(table);
  const fault = faultOfColumns(columns);
  return (
    <LookAgainForm
      problem={problem}
      isAnswered={fault === null}
      onLookAgain={() => void datasets.look(files, { ...said, columns: choicesOf(columns) })}
    >
      <Text size="sm">What is each column? One of them is the label, which says if a row was clicked.</Text>
      <ColumnTable columns={columns} error={fault?.sentence ?? null} onChange={setColumns} />
    </LookAgainForm>
  );
}

/** Of rows that are ids there are only so many columns of each kind. */
function CountedColumns({ files, said, look: { problem, likely } }: ColumnsProps) {
  const { datasets } = useStudio();
  const [integers, setIntegers] = useState<number | string>(likely.integers);
  const [categories, setCategories] = useState<number | string>(likely.categories);
  const layout = { integers: asNumber(integers), categories: asNumber(categories) };
  const fault = faultOfLayout(layout);
  const errorAt = (control: string) => (fault?.control === control ? fault.sentence : null);
  return (
    <LookAgainForm
      problem={problem}
      isAnswered={fault === null}
      onLookAgain={() => void datasets.look(files, { ...said, layout })}
    >
      <Text size="sm">How many columns of each kind are there?</Text>
      <Group gap="xs" grow align="start">
        <NumberInput
          id={controlId("import.integers")}
          label="Integer columns"
          focusFirst
          value={integers}
          step={1}
          error={errorAt("import.integers")}
          onChange={setIntegers}
        />
        <NumberInput
          id={controlId("import.categories")}
          label="Category columns"
          value={categories}
          step={1}
          error={errorAt("import.categories")}
          onChange={setCategories}
        />
      </Group>
    </LookAgainForm>
  );
}

function asNumber(typed: number | string): number {
  return typeof typed === "number" ? typed : Number.NaN;
}
