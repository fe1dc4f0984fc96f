import { Button, Group, Stack, Text } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ChosenFile, LogLook } from "../../datasets/requests.ts";
import { faultOfLayout } from "../../preprocess/rules.ts";
import { controlId } from "../controls/fault.ts";
import { NumberInput } from "../controls/NumberField.tsx";
import { useStudio } from "../StudioContext.tsx";
import classes from "./data.module.css";

/** Asks how many columns of each kind files have that do not have Criteo's. */
export function ImportColumns({
  files,
  look: { problem, likely },
}: {
  files: ChosenFile[];
  look: Extract<LogLook, { type: "columns" }>;
}) {
  const { datasets } = useStudio();
  const [integers, setIntegers] = useState<number | string>(likely.integers);
  const [categories, setCategories] = useState<number | string>(likely.categories);
  const layout = { integers: asNumber(integers), categories: asNumber(categories) };
  const fault = faultOfLayout(layout);
  const errorAt = (control: string) => (fault?.control === control ? fault.sentence : null);

  function lookAgain(event: SubmitEvent): void {
    event.preventDefault();
    if (!fault) void datasets.look(files, layout);
  }
  return (
    <form onSubmit={lookAgain} noValidate>
      <Stack gap="sm">
        <Text size="sm" className={classes.size} role="status" data-problem={problem.code}>
          {problem.sentence}
        </Text>
        <Text size="sm">
          A line must begin with its label; then come the integers, then the categories. How many of each are
          there?
        </Text>
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
        <Group justify="end" gap="xs">
          <Button variant="default" onClick={datasets.dismissLog}>
            Not now
          </Button>
          <Button type="submit" disabled={fault !== null}>
            Look again
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function asNumber(typed: number | string): number {
  return typeof typed === "number" ? typed : Number.NaN;
}
