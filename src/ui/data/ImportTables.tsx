import { Checkbox, Stack } from "@mantine/core";
import { useState } from "react";
import type { ChosenFile, FilesSaid, LogLook } from "../../datasets/requests.ts";
import { useStudio } from "../StudioContext.tsx";
import { LookAgainForm } from "./LookAgainForm.tsx";

interface TablesProps {
  files: ChosenFile[];
  said: FilesSaid;
  look: Extract<LogLook, { type: "tables" }>;
}

/** Asks which of several tables are meant, where they are not one data set. */
export function ImportTables({ files, said, look: { problem, tables } }: TablesProps) {
  const { datasets } = useStudio();
  const [chosen, setChosen] = useState(() => tables.filter(({ fits }) => fits).map(({ name }) => name));
  return (
    <LookAgainForm
      problem={problem}
      isAnswered={chosen.length > 0}
      onLookAgain={() => void datasets.look(files, { ...said, only: chosen })}
    >
      <Checkbox.Group label="Which of them are read?" value={chosen} onChange={setChosen}>
        <Stack gap={6} mt={4}>
          {tables.map(({ name, about }) => (
            <Checkbox key={name} value={name} label={name} description={about} />
          ))}
        </Stack>
      </Checkbox.Group>
    </LookAgainForm>
  );
}
