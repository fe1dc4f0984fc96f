import { Select, Stack, Text } from "@mantine/core";
import { type SubmitEvent, useState } from "react";
import type { ChosenFile, LogLook } from "../../datasets/requests.ts";
import { useStudio } from "../StudioContext.tsx";
import classes from "./data.module.css";
import { LookAgain } from "./ImportColumns.tsx";

interface EncodingProps {
  files: ChosenFile[];
  look: Extract<LogLook, { type: "encoding" }>;
}

/** Asks what text is written in that is not UTF-8. */
export function ImportEncoding({ files, look: { problem, encodings } }: EncodingProps) {
  const { datasets } = useStudio();
  const [encoding, setEncoding] = useState<string | null>(null);
  function lookAgain(event: SubmitEvent): void {
    event.preventDefault();
    if (encoding) void datasets.look(files, { encoding });
  }
  return (
    <form onSubmit={lookAgain} noValidate>
      <Stack gap="sm">
        <Text size="sm" className={classes.size} role="status" data-problem={problem.code}>
          {problem.sentence} {problem.remedy}
        </Text>
        <Select
          label="The text is written in"
          placeholder="Choose an encoding"
          data={encodings}
          value={encoding}
          onChange={setEncoding}
          data-autofocus
        />
        <LookAgain disabled={encoding === null} />
      </Stack>
    </form>
  );
}
