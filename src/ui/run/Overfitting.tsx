import { Alert, Button, Group, Text } from "@mantine/core";
import { nameOfSplit } from "../../base/batch.ts";
import { heldOutTurn } from "../../metrics/heldOutTurn.ts";
import { keepsBest } from "../../model/config.ts";
import { EVALUATED_SPLITS } from "../../runs/curves.ts";
import { isActive } from "../../store/training/runState.ts";
import { Term } from "../explain/Term.tsx";
import { count, metric } from "../format.ts";
import { Icon } from "../Icon.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";

/** Says at the curves that held-out rows have turned, while training figures keep improving. */
export function Overfitting() {
  const studio = useStudio();
  const run = useStudioState((state) => state.run);
  const rows = useStudioState(({ dataset }) => dataset?.summary.rows ?? null);
  if (!run) return null;
  const split = EVALUATED_SPLITS.find((name) => run.heldOut[name].length > 0);
  const turn = split && heldOutTurn(run.heldOut[split]);
  if (!turn) return null;
  // The best weights are those of an epoch's end, chosen on validation; a schedule that keeps its best may choose on test.
  const keeps = keepsBest(run.config) || (run.heldOut.valid.length > 0 && run.position.epoch > 1);
  return (
    <Alert color="yellow" p="xs" mb={10} icon={<Icon name="warning" />} data-testid="overfitting">
      <Group justify="space-between" gap="xs">
        <Text size="sm" flex={1} miw={240} c="var(--mantine-color-text)">
          <Term of="overfitting">Overfitting</Term>: the {nameOfSplit(split)} log loss was lowest at step{" "}
          {count(turn.best.step)} ({metric(turn.best.logLoss)}) and has been worse in the {turn.worse}{" "}
          evaluations since; it is {metric(turn.last.logLoss)}
          {rows && ` over ${count(rows[split])} rows`}. Training figures do not show this.
        </Text>
        {isActive(run) && (
          <Button onClick={() => void studio.stop(keeps)}>
            {keeps ? "Stop and keep the best" : "Stop here"}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
