import { Button, Group, Progress, Stack, Text } from "@mantine/core";
import { isForTraining } from "../../store/studio.ts";
import type { DatasetSummary } from "../../train/requests.ts";
import type { TermName } from "../explain/glossary.ts";
import { Term } from "../explain/Term.tsx";
import { bytes, count, metric, percent } from "../format.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { DatasetLoader } from "./DatasetLoader.tsx";
import { DataWork } from "./DataWork.tsx";
import classes from "./data.module.css";
import { ImportDialog } from "./ImportDialog.tsx";
import { KeptDatasets } from "./KeptDatasets.tsx";
import { useAskBeforeLeaving } from "./useAskBeforeLeaving.ts";
import { useDatasets } from "./useDatasets.ts";

/** The open data set in a few numbers, and ways to open another one. */
export function DataPanel() {
  useAskBeforeLeaving();
  const summary = useStudioState((state) => state.dataset?.summary);
  return (
    <Stack gap="sm">
      {summary && <Opening />}
      <DataWork />
      {summary ? (
        <Summary summary={summary} />
      ) : (
        <div className={classes.summaryComing}>
          <Opening />
        </div>
      )}
      <KeepButton />
      <DatasetLoader />
      <KeptDatasets />
      <ImportDialog />
    </Stack>
  );
}

function Opening() {
  const opening = useStudioState((state) => state.opening);
  if (!opening) return null;
  const { stage, done, total } = opening;
  return (
    <div>
      <Text size="xs" mb={4}>
        {stage}
        {total > 0 ? ` ${percent(done / total)}` : " …"}
      </Text>
      <Progress value={total > 0 ? (100 * done) / total : 100} aria-label={stage} />
    </div>
  );
}

/** Offers a copy on the device, of what is not there already or made anew at once. */
function KeepButton() {
  const { datasets } = useStudio();
  const type = useStudioState(({ dataset }) => dataset?.location.type);
  const hasWayBack = useStudioState(
    ({ dataset }) => dataset?.location.type === "files" && dataset.location.folder !== undefined,
  );
  const busy = useDatasets(({ work }) => work !== null);
  if (type !== "url" && type !== "files") return null;
  return (
    <>
      <Button disabled={busy} onClick={() => void datasets.keepOpen()}>
        Keep on this device
      </Button>
      {type === "files" && (
        <Text size="xs" c="dimmed">
          {hasWayBack
            ? "After a reload one click opens this folder again."
            : "A reload closes these files: keep them on this device, or choose them again then."}
        </Text>
      )}
    </>
  );
}

function Summary({ summary }: { summary: DatasetSummary }) {
  const { rows, positives } = summary;
  const allRows = rows.train + rows.valid + rows.test;
  const clicks = positives.train + positives.valid + positives.test;
  return (
    <div data-testid="dataset-summary">
      <Group justify="space-between" gap={4} mb={6} wrap="nowrap">
        <Text size="sm" fw={600} truncate title={summary.name}>
          {summary.name}
        </Text>
        <span className={classes.ready}>{isForTraining(summary) ? "ready to train" : "for evaluation"}</span>
      </Group>
      <dl className={classes.facts}>
        <Fact name="Rows" value={count(allRows)} />
        <Fact name="Click rate" term="clickThroughRate" value={percent(clicks / allRows)} />
        <Fact name="Train" value={count(rows.train)} />
        {rows.valid > 0 && <Fact name="Valid" term="validation" value={count(rows.valid)} />}
        <Fact name="Test" term="test" value={count(rows.test)} />
        <Fact name="Size" value={bytes(summary.byteLength)} />
        <Fact name="Columns" value={columnKinds(summary)} wide />
        {summary.bestReachableAuc !== null && (
          <Fact
            name="Best reachable AUC (planted signal)"
            term="bestReachable"
            value={metric(summary.bestReachableAuc)}
            wide
          />
        )}
      </dl>
      {summary.badLines > 0 && <BadLines summary={summary} />}
    </div>
  );
}

function BadLines({ summary: { badLines, badLineExamples } }: { summary: DatasetSummary }) {
  return (
    <details className={classes.details}>
      <summary>Lines left out, since they cannot be read: {count(badLines)}</summary>
      <ul>
        {badLineExamples.map(({ line, reason }) => (
          <li key={line}>
            Line {count(line + 1)} {reason}.
          </li>
        ))}
      </ul>
    </details>
  );
}

function columnKinds({ columns }: DatasetSummary): string {
  const integers = columns.filter(({ kind }) => kind === "integer").length;
  return `${integers} of numbers, ${columns.length - integers} of categories`;
}

interface FactProps {
  name: string;
  term?: TermName;
  value: string;
  wide?: boolean;
}

function Fact({ name, term, value, wide = false }: FactProps) {
  return (
    <div className={classes.fact} data-wide={wide || undefined}>
      <dt>{term ? <Term of={term}>{name}</Term> : name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
