import { Alert, Button, Group, Text } from "@mantine/core";
import type { Offer } from "../../store/library/sessionsState.ts";
import { count, duration } from "../format.ts";
import { useStudio } from "../StudioContext.tsx";
import { useSessions } from "./useSessions.ts";

/** Runs that were under way when their session ended: each can be resumed, and says what was lost. */
export function ResumeOffers() {
  const offers = useSessions((state) => state.offers);
  return offers.map((offer) => <ResumeOffer key={offer.run.runId} offer={offer} />);
}

function ResumeOffer({ offer }: { offer: Offer }) {
  const { sessions, change } = useStudio();
  const busy = useSessions((state) => state.busy);
  const { runId, name, checkpoint } = offer.run;
  const { run, progress, dataset } = checkpoint.summary;
  return (
    <Alert color="indigo" p="xs" data-offer={runId}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="var(--mantine-color-text)" flex={1}>
          <strong>
            “{name}” on {dataset.name} was not finished.
          </strong>{" "}
          It was saved at step {count(progress.step)}, {new Date(run.savedAt).toLocaleString("en-GB")};{" "}
          {lossOf(offer)}.
        </Text>
        <Button
          variant="filled"
          loading={busy !== null}
          onClick={() => void change({ type: "saved", runId, name })}
        >
          Resume it
        </Button>
        <Button variant="subtle" onClick={() => sessions.dismissOffer(runId)}>
          Not now
        </Button>
      </Group>
    </Alert>
  );
}

function lossOf({ lost }: Offer): string {
  if (!lost) return "what came after is lost";
  if (lost.steps === 0) return "nothing is lost";
  return `lost: ${count(lost.steps)} ${lost.steps === 1 ? "step" : "steps"}, ${duration(lost.seconds)} of training`;
}
