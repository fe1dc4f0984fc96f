import { Button, Group, Text } from "@mantine/core";
import type { Inspection } from "../../preprocess/inspection.ts";
import { bytes, count, percent } from "../format.ts";
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
  if (!summary) return null;
  const inspection = inspected?.identity === summary.identity ? inspected.inspection : null;
  return (
    <div className={overview.overview}>
      <section className={overview.card} aria-labelledby="data-title">
        <Group justify="space-between" align="start">
          <h2 id="data-title" className={overview.title}>
            {summary.name}
          </h2>
          {!inspection && <InspectButton />}
        </Group>
        {inspection ? (
          <Splits inspection={inspection} />
        ) : (
          <Text size="sm" c="dimmed">
            Reading all {bytes(summary.byteLength)} once tells how rare values are, what the test rows have in
            common with the training rows, and how many different ids a batch has.
          </Text>
        )}
      </section>
      {inspection && <ShardClicks shards={inspection.shards} />}
      {inspection && <InspectedColumns {...inspection} />}
    </div>
  );
}

function InspectButton() {
  const { datasets } = useStudio();
  const busy = useDatasets(({ work }) => work !== null);
  return (
    <Button disabled={busy} onClick={() => void datasets.inspect()}>
      Read every row
    </Button>
  );
}

function Splits({ inspection: { splits, uniqueIds, badLines, ...shared } }: { inspection: Inspection }) {
  const facts = (["train", "valid", "test"] as const)
    .filter((split) => splits[split].rows > 0)
    .map((split) => [
      `Rows of ${split}`,
      `${count(splits[split].rows)}, click rate ${percent(splits[split].clickRate)}`,
    ]);
  facts.push([
    `Different ids in a batch of ${count(uniqueIds.batchRows)}`,
    `${count(uniqueIds.ids)}, ${percent(uniqueIds.share)} of its values: the fewer, the faster a step`,
  ]);
  const alike = (rows: number, of: number) =>
    `${count(rows)}, the label and every id alike (${percent(of > 0 ? rows / of : 0)})`;
  const { train, valid, test } = splits;
  facts.push(["Test rows that training has too", alike(shared.testRowsInTraining, test.rows)]);
  if (valid.rows > 0 && train.rows > 0)
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
