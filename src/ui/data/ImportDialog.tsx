import { Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { LogReport } from "../../protocol/dataMessages.ts";
import { controlId } from "../controls/fault.ts";
import { NumberInput } from "../controls/NumberField.tsx";
import { bytes, count } from "../format.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import classes from "./data.module.css";
import { useDatasets } from "./useDatasets.ts";

/** Of larger logs the first rows are offered first. */
const MANY_ROWS = 5_000_000;
const FIRST_ROWS = 1_000_000;
/** MindSpore's threshold is meant for tens of millions of rows. */
const THRESHOLDS = { few: 10, many: 100 };

/** What a log is and what it will take on the device; how much of it, and which ids it gets. */
export function ImportDialog() {
  const { datasets } = useStudio();
  const log = useDatasets((state) => state.log);
  return (
    <Modal
      opened={log !== null}
      onClose={datasets.dismissLog}
      title={log && `Import ${log.report.name}`}
      closeButtonProps={{ "aria-label": "Cancel the import" }}
      transitionProps={{ duration: 0 }}
    >
      {log && <Choices report={log.report} />}
    </Modal>
  );
}

function Choices({ report }: { report: LogReport }) {
  const { datasets } = useStudio();
  const open = useStudioState((state) => state.dataset);
  const [part, setPart] = useState(report.rows > MANY_ROWS ? "first" : "all");
  const [first, setFirst] = useState<number | string>(Math.min(FIRST_ROWS, report.rows));
  const [threshold, setThreshold] = useState<number | string>(
    report.rows > MANY_ROWS ? THRESHOLDS.many : THRESHOLDS.few,
  );
  const [ids, setIds] = useState("own");
  const isCount = (value: number | string): value is number => Number.isInteger(value) && Number(value) >= 0;
  const valid = (part === "all" || (isCount(first) && first > 0)) && isCount(threshold);
  const rows = part === "first" && isCount(first) ? Math.min(first, report.rows) : report.rows;
  const counts = ids === "own" && !report.hasIds;

  function start(): void {
    void datasets.importLog({
      rows: part === "first" ? Number(first) : null,
      threshold: counts ? Number(threshold) : null,
      vocabularyOf: ids === "open" && open ? open.location : null,
    });
  }
  return (
    <Stack gap="sm">
      <LogFacts report={report} />
      <Radio.Group label="Rows" value={part} onChange={setPart}>
        <Stack gap={6} mt={4}>
          <Radio value="all" label={`All, about ${count(report.rows)}`} />
          <Radio value="first" label="The first rows only" />
        </Stack>
      </Radio.Group>
      {part === "first" && (
        <NumberInput
          id={controlId("import.rows")}
          label="First rows"
          value={first}
          step={100_000}
          error={isCount(first) && first > 0 ? null : "A whole number, at least 1"}
          onChange={setFirst}
        />
      )}
      {open && (
        <Radio.Group label="Ids of the values" value={ids} onChange={setIds}>
          <Stack gap={6} mt={4}>
            <Radio value="own" label={report.hasIds ? "Those in the file" : "Counted in this log"} />
            <Radio
              value="open"
              label={`Those of ${open.summary.name}`}
              description="Its models can then be evaluated on these rows; they cannot be trained on."
            />
          </Stack>
        </Radio.Group>
      )}
      {counts && (
        <NumberInput
          id={controlId("import.threshold")}
          label="Threshold"
          description="A value in more rows than this has an id of its own; rarer ones share one."
          value={threshold}
          step={1}
          error={isCount(threshold) ? null : "A whole number, at least 0"}
          onChange={setThreshold}
        />
      )}
      <Size rows={rows} report={report} />
      <Group justify="end" gap="xs">
        <Button variant="default" onClick={datasets.dismissLog}>
          Not now
        </Button>
        <Button disabled={!valid} onClick={start}>
          Import
        </Button>
      </Group>
    </Stack>
  );
}

function LogFacts({ report }: { report: LogReport }) {
  const { integers, categories } = report.columns;
  return (
    <Text size="sm">
      {report.format}, {bytes(report.byteLength)}: {integers} columns of integers, {categories} of categories,
      about {count(report.rows)} rows.
    </Text>
  );
}

/** What it will take of what is free. */
function Size({ rows, report: { bytesPerRow, freeBytes } }: { rows: number; report: LogReport }) {
  const expected = rows * bytesPerRow;
  const tooLarge = freeBytes !== null && expected > freeBytes;
  return (
    <Text size="sm" className={classes.size} data-testid="expected-size" role="status">
      It will take about {bytes(expected)} on this device
      {freeBytes !== null && `; the browser says that ${bytes(freeBytes)} are free`}.
      {tooLarge && " It may not fit: take fewer rows, or free some room."}
    </Text>
  );
}
