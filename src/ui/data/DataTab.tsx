import { Button, Group, Text } from "@mantine/core";
import { nameOfSplit } from "../../base/batch.ts";
import type { Finding } from "../../preprocess/findings/findings.ts";
import type { Inspection } from "../../preprocess/inspection.ts";
import type { RecommendedMode } from "../../preprocess/recommendedMode.ts";
import { Card } from "../Card.tsx";
import { bytes, count, percent } from "../format.ts";
import { ColumnsTable } from "../overview/ColumnsTable.tsx";
import overview from "../overview/overview.module.css";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import classes from "./data.module.css";
import { InspectedColumns } from "./InspectedColumns.tsx";
import { ShardClicks } from "./ShardClicks.tsx";
import { useDatasets } from "./useDatasets.ts";

/** What the open data set holds, row by row: to be seen before training. */
export function DataTab() {
  const summary = useStudioState((state) => state.dataset?.summary);
  const inspected = useDatasets((state) => state.inspection);
  const imported = useDatasets((state) => state.imported);
  const location = useStudioState((state) => state.dataset?.location);
  if (!summary) return null;
  const isImported = location?.type === "device" && location.id === imported?.id;
  const ofImport = isImported ? imported!.findings : null;
  const inspection = inspected?.identity === summary.identity ? inspected.inspection : null;
  return (
    <div className={overview.overview}>
      <section className={overview.card} aria-labelledby="data-title">
        <Group justify="space-between" align="start" mb={inspection ? 0 : 8}>
          <h2 id="data-title" className={overview.title}>
            {summary.name}
          </h2>
          {!inspection && <InspectButton />}
        </Group>
        {inspection ? (
          <Splits inspection={inspection} />
        ) : (
          <Text size="sm" c="dimmed">
            Reading all {bytes(summary.byteLength)} once shows how rare values are, what the test rows have in
            common with the training rows, and how many different ids a batch has.
          </Text>
        )}
      </section>
      {inspection && <Findings findings={inspection.findings} recommended={inspection.recommended} />}
      {!inspection && ofImport && <Findings findings={ofImport} />}
      {inspection && <ShardClicks shards={inspection.shards} />}
      {!inspection && <ColumnsTable isInData />}
      {inspection && <InspectedColumns inspection={inspection} />}
    </div>
  );
}

function InspectButton() {
  const { datasets } = useStudio();
  const busy = useDatasets(({ work }) => work !== null);
  return (
    <Button variant="filled" disabled={busy} onClick={() => void datasets.inspect()}>
      Read every row
    </Button>
  );
}

function Splits({ inspection: { splits, uniqueIds, badLines, ...shared } }: { inspection: Inspection }) {
  const facts = (["train", "valid", "test"] as const)
    .filter((split) => splits[split].rows > 0)
    .map((split) => [
      `Rows of ${nameOfSplit(split)}`,
      `${count(splits[split].rows)}, click rate ${percent(splits[split].clickRate)}`,
    ]);
  const { train, valid, test } = splits;
  const hasTrain = train.rows > 0;
  if (hasTrain)
    facts.push([
      `Different ids in a batch of ${count(uniqueIds.batchRows)}`,
      `${count(uniqueIds.ids)}, ${percent(uniqueIds.share)} of its values: the fewer, the faster a step`,
    ]);
  const alike = (rows: number, of: number) =>
    `${count(rows)}, the label and every id alike (${percent(rows / of)})`;
  if (hasTrain && test.rows > 0)
    facts.push(["Test rows that training has too", alike(shared.testRowsInTraining, test.rows)]);
  if (hasTrain && valid.rows > 0)
    facts.push(["Validation rows that training has too", alike(shared.validRowsInTraining, valid.rows)]);
  if (valid.rows > 0 && test.rows > 0)
    facts.push(["Test rows that validation has too", alike(shared.testRowsInValid, test.rows)]);
  if (badLines > 0) facts.push(["Lines of the log that could not be read", count(badLines)]);
  return (
    <dl className={classes.inspected} data-testid="inspected">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What is odd in the data set, the worst first, and how its numbers should enter. */
function Findings({
  findings,
  recommended = {},
}: {
  findings: Finding[];
  recommended?: Record<string, RecommendedMode>;
}) {
  const otherwise = Object.entries(recommended).filter(([, { mode }]) => mode !== "bucket");
  return (
    <Card
      title={findings.length === 0 ? "Nothing odd was found" : `Odd, the worst first (${findings.length})`}
      className={overview.card}
      testId="findings"
    >
      {findings.length > 0 && (
        <ol className={classes.findings}>
          {findings.map(({ code, sentence, remedy }) => (
            <li key={`${code} ${sentence}`}>
              <strong>{sentence}</strong> {remedy}
            </li>
          ))}
        </ol>
      )}
      {otherwise.length > 0 && (
        <Text size="sm">
          Recommended for numbers:{" "}
          {otherwise.map(([name, { mode, reason }]) => `${name} as ${mode}, since ${reason}`).join("; ")}.
        </Text>
      )}
    </Card>
  );
}
