import { Group, SegmentedControl, Slider, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import type { PositionName } from "../../store/runCurves.ts";
import { useStudioState } from "../StudioContext.tsx";
import { CurveChart } from "./CurveChart.tsx";
import classes from "./charts.module.css";
import { chartsOf } from "./definitions.ts";
import type { View } from "./useCurvePoints.ts";

const X_NAMES: { value: PositionName; label: string }[] = [
  { value: "rowsSeen", label: "rows" },
  { value: "step", label: "steps" },
  { value: "activeSeconds", label: "time" },
];

/** All charts of the run, over a common axis with a common crosshair. */
export function Charts() {
  const [view, setView] = useState<View>({ x: "rowsSeen", smoothing: 0.8 });
  const branches = useStudioState(
    ({ run, configuration }) => run?.config.branches.length ?? configuration.draft.branches.length,
  );
  const summary = useStudioState((state) => state.dataset?.summary ?? null);
  const charts = useMemo(() => chartsOf(branches, summary), [branches, summary]);
  return (
    <div>
      <Group justify="space-between" gap="sm" mb={8}>
        <Explanation />
        <Group gap="sm" wrap="nowrap">
          <Text size="xs" c="dimmed" aria-hidden="true">
            Smoothing
          </Text>
          <Slider
            thumbLabel="Smoothing"
            w={110}
            size="xs"
            min={0}
            max={0.99}
            step={0.01}
            value={view.smoothing}
            onChange={(smoothing) => setView({ ...view, smoothing })}
          />
          <SegmentedControl
            aria-label="Horizontal axis"
            data={X_NAMES}
            value={view.x}
            onChange={(x) => setView({ ...view, x: x as PositionName })}
          />
        </Group>
      </Group>
      <div className={classes.grid}>
        {charts.map((definition) => (
          <CurveChart key={definition.id} definition={definition} view={view} />
        ))}
      </div>
    </div>
  );
}

/** What lines and marks are; progressive values mean less once rows come again. */
function Explanation() {
  const seenBefore = useStudioState(({ run }) => run?.latest?.firstPass === false);
  return (
    <Text size="xs" c="dimmed" component="p" m={0} flex={1} miw={280}>
      Lines: progressive, before each update{seenBefore ? "; from epoch 2 on rows seen before" : ""}. Marks: a
      whole split.
    </Text>
  );
}
