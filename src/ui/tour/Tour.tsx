import { Button, CloseButton, Group, Text } from "@mantine/core";
import { useEffect } from "react";
import { useStore } from "zustand";
import { canTrain } from "../../store/studio.ts";
import { isActive } from "../../store/training/runState.ts";
import { Term } from "../explain/Term.tsx";
import { Icon } from "../Icon.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { showView } from "../tab.ts";
import classes from "./tour.module.css";
import { tour } from "./tourState.ts";
import { TOUR } from "./tourSteps.ts";

/** A card in the corner that leads through the studio, and never in the way: the page stays usable beside it. */
export function Tour() {
  const step = useStore(tour, (state) => state.step);
  return step === null ? null : <Step key={step} index={step} />;
}

function Step({ index }: { index: number }) {
  const { title, text, view, terms, trains } = TOUR[index]!;
  const hasRun = useStudioState(({ run }) => run !== null);
  useEffect(() => showView(view), [view]);
  useEffect(() => {
    const leave = (event: KeyboardEvent) => event.key === "Escape" && tour.setState({ step: null });
    window.addEventListener("keydown", leave);
    return () => window.removeEventListener("keydown", leave);
  }, []);
  const isLast = index === TOUR.length - 1;
  const go = (to: number | null) => tour.setState({ step: to });
  return (
    <aside className={classes.card} aria-label="Tour" data-testid="tour">
      <Group justify="space-between" wrap="nowrap">
        <Text size="xs" c="dimmed">
          Tour, {index + 1} of {TOUR.length}
        </Text>
        <CloseButton size="sm" aria-label="Leave the tour" onClick={() => go(null)} />
      </Group>
      <h2 className={classes.title}>{title}</h2>
      <Text size="sm" component="p" m={0} aria-live="polite">
        {text}
      </Text>
      <Text size="xs" component="p" mt={6} mb={8}>
        In other words:{" "}
        {terms.map((term, i) => (
          <span key={term}>
            {i > 0 && " · "}
            <Term of={term} />
          </span>
        ))}
      </Text>
      <Group justify="space-between" gap="xs">
        <Button disabled={index === 0} onClick={() => go(index - 1)}>
          Back
        </Button>
        {trains && <TrainNow />}
        <Button variant="filled" disabled={trains && !hasRun} onClick={() => go(isLast ? null : index + 1)}>
          {isLast ? "Finish" : "Next"}
        </Button>
      </Group>
    </aside>
  );
}

function TrainNow() {
  const studio = useStudio();
  const ready = useStudioState((state) => canTrain(state) && state.configuration.config !== null);
  const active = useStudioState(({ run }) => isActive(run));
  if (active) return null;
  return (
    <Button
      variant="filled"
      leftSection={<Icon name="play" />}
      disabled={!ready}
      onClick={() => void studio.train()}
    >
      Train now
    </Button>
  );
}
