import { Button, Group, Progress, Text } from "@mantine/core";
import { useState } from "react";
import { controlId } from "../controls/fault.ts";
import { NumberInput } from "../controls/NumberField.tsx";
import { bytes } from "../format.ts";
import { Icon } from "../Icon.tsx";
import { save } from "../save.ts";
import { useRuns, useRunsState } from "./RunsContext.tsx";
import classes from "./runs.module.css";

/** What the checkpoints of all runs take, of how much; or why this browser keeps none. */
export function RunsStorage() {
  const missing = useRunsState((state) => state.missing);
  const usage = useRunsState((state) => state.usage);
  if (missing)
    return (
      <Text size="xs" c="dimmed" component="p" m={0} mt={8}>
        {missing.sentence} {missing.remedy}
      </Text>
    );
  return usage && <Usage byteLength={usage.byteLength} budget={usage.budget} />;
}

function Usage({ byteLength, budget }: { byteLength: number; budget: number }) {
  const runs = useRuns();
  const [megabytes, setMegabytes] = useState<number | string | null>(null);
  const shown = megabytes ?? Math.round(budget / 1e6);
  const valid = typeof shown === "number" && shown >= 1;
  async function downloadAll(): Promise<void> {
    const file = await runs.checkpoints(null);
    if (file) save(file.name, file.blob);
  }
  return (
    <Group gap="sm" align="end" mt={8}>
      <div className={classes.usage}>
        <Text size="xs">
          Checkpoints: {bytes(byteLength)} of {bytes(budget)}
        </Text>
        <Progress value={(100 * byteLength) / budget} size={6} aria-label="Storage taken by checkpoints" />
      </div>
      <NumberInput
        id={controlId("savedRuns")}
        label="Most for checkpoints, MB"
        value={shown}
        step={100}
        error={valid ? null : "At least 1"}
        onChange={setMegabytes}
      />
      <Button
        disabled={!valid || megabytes === null}
        onClick={() => valid && void runs.setBudget(shown * 1e6).then(() => setMegabytes(null))}
      >
        Set
      </Button>
      <Button
        leftSection={<Icon name="download" size={14} />}
        disabled={byteLength === 0}
        onClick={() => void downloadAll()}
      >
        Download all
      </Button>
    </Group>
  );
}
