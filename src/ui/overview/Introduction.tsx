import { Button, Group, Text } from "@mantine/core";
import { canTrain } from "../../store/studio.ts";
import { Term } from "../explain/Term.tsx";
import { Icon } from "../Icon.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { startTour } from "../tour/tourState.ts";
import classes from "./overview.module.css";

/** What this is, and the one thing to do first. */
export function Introduction() {
  const studio = useStudio();
  const ready = useStudioState((state) => canTrain(state) && state.configuration.config !== null);
  const data = useStudioState(({ dataset }) => dataset?.summary.name ?? null);
  return (
    <section className={classes.introduction} aria-labelledby="introduction-title">
      <div>
        <h2 id="introduction-title" className={classes.title}>
          Train a click model here, and watch it learn
        </h2>
        <Text size="sm" component="p" m={0}>
          <Term of="final">FINAL</Term> estimates how likely a click is. Several{" "}
          <Term of="branch">branches</Term> read the same row and their <Term of="fusion">fusion</Term>{" "}
          answers; you see each of them learn, in this browser, and your data stay on this device.
        </Text>
      </div>
      <Group gap="xs">
        <Button size="md" onClick={startTour}>
          Five-minute tour
        </Button>
        <Button
          variant="filled"
          size="md"
          leftSection={<Icon name="play" />}
          disabled={!ready}
          onClick={() => void studio.train()}
        >
          {data === null || data === "synthetic demo" ? "Start on the demo data" : "Start training"}
        </Button>
      </Group>
    </section>
  );
}
