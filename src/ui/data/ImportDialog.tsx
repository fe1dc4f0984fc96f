import { Alert, Modal, Select } from "@mantine/core";
import { useState } from "react";
import type { ChosenFile, FilesSaid, LogLook } from "../../datasets/requests.ts";
import type { ChosenLog } from "../../store/dataset/datasetsState.ts";
import { useStudio } from "../StudioContext.tsx";
import { ImportColumns } from "./ImportColumns.tsx";
import { ImportForm } from "./ImportForm.tsx";
import { ImportTables } from "./ImportTables.tsx";
import { firstChoices, type ImportChoices } from "./importChoices.ts";
import { LookAgainForm } from "./LookAgainForm.tsx";
import { useDatasets } from "./useDatasets.ts";

/** What a log is and what it will take on the device; how much of it, and which ids it gets. */
export function ImportDialog() {
  const log = useDatasets((state) => state.log);
  return log && <Dialog key={log.id} log={log} />;
}

/** Outlives its window while the log is imported, so that nothing that was chosen is lost when that is refused. */
function Dialog({ log: { files, said, look, forEvaluation, importing, refusal } }: { log: ChosenLog }) {
  const { datasets } = useStudio();
  const [choices, setChoices] = useState<ImportChoices | null>(
    look.type === "log" ? { ...firstChoices(look.report), ids: forEvaluation ? "open" : "own" } : null,
  );
  return (
    <Modal
      opened={!importing}
      size={look.type === "columns" || (look.type === "log" && look.report.table) ? "lg" : "md"}
      onClose={datasets.dismissLog}
      title={`Import ${look.type === "log" ? look.report.name : look.name}`}
      closeButtonProps={{ "aria-label": "Cancel the import" }}
    >
      {refusal && (
        <Alert color="red" mb="sm" p="xs">
          {refusal.sentence} {refusal.remedy}
        </Alert>
      )}
      {look.type === "log" && choices && (
        <ImportForm
          files={files}
          said={said}
          report={look.report}
          choices={choices}
          setChoices={setChoices}
        />
      )}
      {look.type === "columns" && <ImportColumns files={files} said={said} look={look} />}
      {look.type === "encoding" && <ImportEncoding files={files} said={said} look={look} />}
      {look.type === "tables" && <ImportTables files={files} said={said} look={look} />}
    </Modal>
  );
}

interface EncodingProps {
  files: ChosenFile[];
  said: FilesSaid;
  look: Extract<LogLook, { type: "encoding" }>;
}

/** Asks what text is written in that is not UTF-8. */
function ImportEncoding({ files, said, look: { problem, encodings } }: EncodingProps) {
  const { datasets } = useStudio();
  const [encoding, setEncoding] = useState<string | null>(null);
  return (
    <LookAgainForm
      problem={problem}
      saysRemedy
      isAnswered={encoding !== null}
      onLookAgain={() => void datasets.look(files, { ...said, encoding: encoding! })}
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
