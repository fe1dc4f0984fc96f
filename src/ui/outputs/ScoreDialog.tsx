import {
  Alert,
  Button,
  Group,
  Modal,
  Progress,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { useState } from "react";
import { useStore } from "zustand";
import { ENCODINGS } from "../../preprocess/formats/encodings.ts";
import type { Scored, ScoreFormat } from "../../store/outputs/outputs.ts";
import { count, metric, percent } from "../format.ts";
import { NoticeBar } from "../notices/NoticeBar.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { save } from "../save.ts";
import classes from "./outputs.module.css";

/** Takes logs, shows how far they are, and gives the scores as a file with what they say together. */
export function ScoreDialog() {
  const { outputs } = useStudio();
  const source = useStore(outputs.store, (state) => state.scoring);
  return (
    <Modal
      opened={source !== null}
      onClose={outputs.closeScoring}
      title={`Score a log with ${source?.name.replace(/\.safetensors$/, "") ?? ""}`}
      closeButtonProps={{ "aria-label": "Close scoring" }}
    >
      <Stack gap="sm">
        <Choices />
        {/* The page's own lies behind the dialog. */}
        <NoticeBar />
        <Outcome />
      </Stack>
    </Modal>
  );
}

const UTF8 = "utf-8";

function Choices() {
  const { outputs } = useStudio();
  const dataset = useStudioState((state) => state.dataset?.summary.name ?? "");
  const busy = useStore(outputs.store, (state) => state.progress !== null);
  const [idColumn, setIdColumn] = useState("");
  const [encoding, setEncoding] = useState(UTF8);
  const [format, setFormat] = useState<ScoreFormat>("csv");
  return (
    <Stack gap="xs">
      <Text size="sm">
        Each row gets the probability of the fused output and of each branch. Values get the ids of {dataset},
        which must be the data that the model was trained on. Labels are not needed; where there are some, AUC
        and calibration are shown.
      </Text>
      <Group gap="xs" align="end" grow>
        <TextInput
          label="Column that names the rows"
          description="If there is one: its name, or its place"
          value={idColumn}
          disabled={busy}
          onChange={(event) => setIdColumn(event.currentTarget.value)}
        />
        <SegmentedControl
          aria-label="File of scores"
          data={[
            { value: "csv", label: "CSV" },
            { value: "parquet", label: "Parquet" },
          ]}
          value={format}
          disabled={busy}
          onChange={(value) => setFormat(value as ScoreFormat)}
        />
      </Group>
      <Select
        label="Text is written in"
        data={[UTF8, ...ENCODINGS]}
        value={encoding}
        disabled={busy}
        allowDeselect={false}
        onChange={(value) => setEncoding(value ?? UTF8)}
      />
      <Dropzone
        onDrop={(files) =>
          void outputs.score(files, {
            idColumn: idColumn.trim() === "" ? null : idColumn.trim(),
            encoding: encoding === UTF8 ? null : encoding,
            format,
          })
        }
        disabled={busy}
        // What is dropped here is not a data set to open.
        dragEventsBubbling={false}
        className={classes.drop}
        inputProps={{ "aria-label": "Logs to score", hidden: true }}
      >
        <Text size="xs">Drop or choose logs (plain or gzip), with labels or without</Text>
      </Dropzone>
    </Stack>
  );
}

function Outcome() {
  const { outputs } = useStudio();
  const progress = useStore(outputs.store, (state) => state.progress);
  const scored = useStore(outputs.store, (state) => state.scored);
  if (progress)
    return (
      <Stack gap={4} role="status">
        <Progress
          value={progress.totalBytes > 0 ? (100 * progress.bytes) / progress.totalBytes : 0}
          aria-label="Scoring"
        />
        <Text size="xs">{count(progress.rows)} rows scored; training waits meanwhile</Text>
      </Stack>
    );
  return scored && <Summary scored={scored} />;
}

function Summary({ scored: { summary, weights, name, blob } }: { scored: Scored }) {
  const { rows, badLines, meanProbability, unseenShare, labelled, leftOutReasons, warning } = summary;
  return (
    <Stack gap="xs" data-testid="score-summary">
      <dl className={classes.facts}>
        <dt>Rows</dt>
        <dd>
          {count(rows)}
          {badLines > 0 && `; ${count(badLines)} bad lines left out`}
        </dd>
        <dt>Weights</dt>
        <dd>{weights}</dd>
        <dt>Mean probability</dt>
        <dd>{metric(meanProbability)}</dd>
        <dt>Values without an id</dt>
        <dd>{percent(unseenShare)}</dd>
        {labelled && (
          <>
            <dt>Rows with labels</dt>
            <dd>
              {count(labelled.rows)}, {count(labelled.positives)} of them clicks
            </dd>
            <dt>AUC</dt>
            <dd>
              {labelled.auc ? metric(labelled.auc.fused) : "undefined: one class is missing"}
              {labelled.aucErrorBound > 0 && ` ± ${labelled.aucErrorBound.toExponential(1)}`}
            </dd>
            <dt>Log loss</dt>
            <dd>{metric(labelled.logLoss.fused)}</dd>
            {labelled.calibration && (
              <>
                <dt>Clicks over predicted clicks</dt>
                <dd>{metric(labelled.calibration.copc)}</dd>
                <dt>Calibration error</dt>
                <dd>{metric(labelled.calibration.ece)}</dd>
              </>
            )}
          </>
        )}
      </dl>
      {warning && (
        <Alert color="yellow" p="xs">
          {warning.sentence} {warning.remedy}
        </Alert>
      )}
      {leftOutReasons.map((reason) => (
        <Text key={reason} size="xs">
          Left out: {reason}.
        </Text>
      ))}
      <Button variant="filled" onClick={() => save(name, blob)}>
        Download {name}
      </Button>
    </Stack>
  );
}
