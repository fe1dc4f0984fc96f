import { Group, SegmentedControl, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import type { PositionName } from "../../store/runCurves.ts";
import { useStudioState } from "../StudioContext.tsx";
import { CurveChart } from "./CurveChart.tsx";
import classes from "./charts.module.css";
import { chartsOf } from "./definitions.ts";

const X_NAMES: { value: PositionName; label: string }[] = [
  { value: "rowsSeen", label: "rows" },
  { value: "step", label: "steps" },
  { value: "activeSeconds", label: "time" },
];

/** All charts of the run, over a common axis with a common crosshair. */
export function Charts() {
  const [x, setX] = useState<PositionName>("rowsSeen");
  const branches = useStudioState(
    ({ run, configuration }) => run?.config.branches.length ?? configuration.draft.branches.length,
  );
  const summary = useStudioState((state) => state.dataset?.summary ?? null);
  const secondPass = useStudioState(({ run }) => run?.latest?.firstPass === false);
  const charts = useMemo(() => chartsOf(branches, summary), [branches, summary]);
  return (
    <div>
      <Group justify="space-between" gap="xs" mb={8}>
        <Text size="xs" c="dimmed" component="p" m={0}>
          Lines: progressive, in training mode before each update
          {secondPass ? "; from epoch 2 on rows seen before" : ""}. Marks: evaluations of a whole split.
        </Text>
        <SegmentedControl
          aria-label="Horizontal axis"
          data={X_NAMES}
          value={x}
          onChange={(name) => setX(name as PositionName)}
        />
      </Group>
      <div className={classes.grid}>
        {charts.map((definition) => (
          <CurveChart key={definition.id} definition={definition} x={x} />
        ))}
      </div>
    </div>
  );
}
