import { Select } from "@mantine/core";
import { useState } from "react";
import type { ChosenFile, LogLook } from "../../datasets/requests.ts";
import { useStudio } from "../StudioContext.tsx";
import { LookAgainForm } from "./LookAgainForm.tsx";

interface EncodingProps {
  files: ChosenFile[];
  look: Extract<LogLook, { type: "encoding" }>;
}

/** Asks what text is written in that is not UTF-8. */
export function ImportEncoding({ files, look: { problem, encodings } }: EncodingProps) {
  const { datasets } = useStudio();
  const [encoding, setEncoding] = useState<string | null>(null);
  return (
    <LookAgainForm
      problem={problem}
      saysRemedy
      isAnswered={encoding !== null}
      onLookAgain={() => void datasets.look(files, { encoding: encoding! })}
    >
      <Select
        label="The text is written in"
        placeholder="Choose an encoding"
        data={encodings}
        value={encoding}
        onChange={setEncoding}
        data-autofocus
      />
    </LookAgainForm>
  );
}
