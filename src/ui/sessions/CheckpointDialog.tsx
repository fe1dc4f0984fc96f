import { Button, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useEffect } from "react";
import { nameOfSplit } from "../../base/batch.ts";
import { engineText } from "../../engine/engine.ts";
import type { CheckpointEvaluation } from "../../store/library/sessionsState.ts";
import type { CheckpointReport } from "../../train/requests.ts";
import { count, metric } from "../format.ts";
import { ExportedNotice } from "../outputs/ExportedNotice.tsx";
import { ModelOutputs } from "../outputs/ModelOutputs.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { showView } from "../tab.ts";
import classes from "./sessions.module.css";
import { useSessions } from "./useSessions.ts";

/** What a checkpoint is, how it differs from what is set up, and what can be done with it. */
export function CheckpointDialog() {
  useDroppedCheckpoint();
  const { sessions } = useStudio();
  const uploaded = useSessions((state) => state.uploaded);
  // Escape is then the question's.
  const isAsked = useStudioState(({ wanted }) => wanted !== null);
  return (
    <Modal
      opened={uploaded !== null}
      onClose={sessions.dismissUploaded}
      title={uploaded?.name}
      size="lg"
      closeOnEscape={!isAsked}
      closeButtonProps={{ "aria-label": "Cancel" }}
    >
      {uploaded && (
        <Stack gap="sm">
          <Facts report={uploaded.report} />
          <Differences report={uploaded.report} />
          {uploaded.evaluation && <Evaluation {...uploaded.evaluation} />}
          <Choices report={uploaded.report} />
          {uploaded.report.holds !== "curves" && (
            <Group gap={6}>
              <ModelOutputs
                source={{ name: uploaded.name, file: async () => uploaded.file }}
                disabled={false}
              />
            </Group>
          )}
          <ExportedNotice />
        </Stack>
      )}
    </Modal>
  );
}

function Facts({ report }: { report: CheckpointReport }) {
  const { run, config, dataset, engine, progress } = report.summary;
  const ended = { completed: "complete", "early-stopped": "stopped early", stopped: "stopped by hand" };
  return (
    <dl className={classes.facts} data-testid="checkpoint-facts">
      <dt>Run</dt>
      <dd>
        {run.name}, {progress.ended ? ended[progress.ended] : "under way"}
      </dd>
      <dt>Stands at</dt>
      <dd>
        step {count(progress.step)}, epoch {Math.min(progress.epoch, config.epochs)} of {config.epochs}
      </dd>
      <dt>Data set</dt>
      <dd>
        {dataset.name}
        {report.sameData ? ", which is open" : ", which is not the one that is open"}
      </dd>
      <dt>Model</dt>
      <dd>
        {config.branches.length} {config.branches.length === 1 ? "branch" : "branches"},{" "}
        {count(report.parameterCount)} parameters
      </dd>
      <dt>Computed by</dt>
      <dd>{engineText(engine)}</dd>
    </dl>
  );
}

function Differences({ report }: { report: CheckpointReport }) {
  if (!report.comparison) return null;
  const { config, dataset, matching, unmatched } = report.comparison;
  const lines = [...dataset.map((line) => ({ ...line, where: `data set: ${line.where}` })), ...config];
  if (lines.length === 0)
    return <Text size="sm">Configuration and data set are those that are set up here.</Text>;
  return (
    <div>
      <Table.ScrollContainer minWidth={360} mah={220}>
        <Table className={classes.table} verticalSpacing={2} stickyHeader>
          <Table.Caption className={classes.caption}>How it differs from what is set up here</Table.Caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Setting</Table.Th>
              <Table.Th>In the checkpoint</Table.Th>
              <Table.Th>Here</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.map(({ where, checkpoint, current }) => (
              <Table.Tr key={where}>
                <Table.Th scope="row">{where}</Table.Th>
                <Table.Td>
                  <Value text={checkpoint} />
                </Table.Td>
                <Table.Td>
                  <Value text={current} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <details className={classes.tensors}>
        <summary>
          {matching.length} of {matching.length + unmatched.length} tensors fit the configuration here
        </summary>
        <p>Fit: {matching.join(", ") || "none"}</p>
        <p>Begin anew: {unmatched.join(", ") || "none"}</p>
      </details>
    </div>
  );
}

/** A value of one side; a hash by its first digits, whole when it is asked for. */
function Value({ text }: { text: string | null }) {
  if (text === null) return "–";
  if (!/^[0-9a-f]{64}$/.test(text)) return text;
  return (
    <details className={classes.hash}>
      <summary>{text.slice(0, 12)}…</summary>
      {text}
    </details>
  );
}

function Evaluation({ points, weights }: CheckpointEvaluation) {
  return (
    <Text size="sm" role="status">
      {points.length === 0
        ? "The open data set has no rows to evaluate on."
        : `With its ${weights} weights, `}
      {points.map(
        ({ split, auc, logLoss, rows }) =>
          `${nameOfSplit(split)}: AUC ${metric(auc?.fused)}, log loss ${metric(logLoss.fused)} over ${count(rows)} rows. `,
      )}
    </Text>
  );
}

function Choices({ report }: { report: CheckpointReport }) {
  const { sessions, change } = useStudio();
  const busy = useSessions((state) => state.busy);
  const here = useStudioState(({ configuration }) => configuration.config);
  const { config } = report.summary;
  const differs = report.comparison !== null && report.comparison.config.length > 0;
  const fits = report.comparison?.matching.length ?? 0;
  const cannotRead = busy !== null || report.otherVocabulary !== null || report.holds === "curves";
  return (
    <Stack gap={6}>
      {busy && (
        <Text size="xs" c="dimmed" role="status">
          {busy}…
        </Text>
      )}
      <Group gap={6}>
        <Button
          variant="filled"
          disabled={!report.sameData || !report.canResume || busy !== null}
          onClick={() => void change({ type: "checkpoint" })}
        >
          Resume where it was
        </Button>
        <Button disabled={cannotRead} onClick={() => void change({ type: "weights", config })}>
          New run from its weights
        </Button>
        {differs && here && (
          <Button
            disabled={fits === 0 || cannotRead}
            onClick={() => void change({ type: "weights", config: here })}
          >
            New run, configuration here, tensors that fit
          </Button>
        )}
        <Button disabled={cannotRead} onClick={() => void sessions.evaluateUploaded()}>
          Only evaluate it
        </Button>
        {report.holds !== "weights" && (
          <Button
            variant={report.holds === "curves" ? "filled" : "default"}
            disabled={busy !== null}
            onClick={() => void sessions.keepUploadedCurves().then(() => showView("runs"))}
          >
            Keep its curves in Runs
          </Button>
        )}
      </Group>
      {report.notices.map(({ code, sentence, remedy }) => (
        <Text key={code} size="sm">
          {sentence} {remedy}
        </Text>
      ))}
      {!report.sameData && report.canResume && (
        <Text size="xs" c="dimmed">
          To resume where it was, open {report.summary.dataset.name} first.
        </Text>
      )}
      {report.otherVocabulary && (
        <Text size="sm" data-testid="other-vocabulary">
          {report.otherVocabulary.sentence} {report.otherVocabulary.remedy}
        </Text>
      )}
    </Stack>
  );
}

/** A checkpoint may be dropped anywhere on the page; what is dropped beside its place never replaces the page. */
function useDroppedCheckpoint(): void {
  const { sessions } = useStudio();
  useEffect(() => {
    const allow = (event: DragEvent) => event.preventDefault();
    function take(event: DragEvent): void {
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      const checkpoint = files.find(({ name }) => name.endsWith(".safetensors"));
      if (!checkpoint) return;
      // The place for data sets below it must not take it too.
      event.stopPropagation();
      void sessions.inspect(checkpoint);
    }
    window.addEventListener("dragover", allow);
    window.addEventListener("drop", take, { capture: true });
    return () => {
      window.removeEventListener("dragover", allow);
      window.removeEventListener("drop", take, { capture: true });
    };
  }, [sessions]);
}
