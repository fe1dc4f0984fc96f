import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Icon } from "../Icon.tsx";

interface SteeringButtonsProps {
  /** What is trained, as the buttons name it; left out for a run. */
  what?: "arena" | "race";
  /** null before one was started. */
  status: string | null;
  /** Whether the worker holds it. */
  isActive: boolean;
  canStart: boolean;
  startLabel: string;
  /** Leaves the first place to another button of the page. */
  isQuiet?: boolean;
  verbs: Record<"start" | "pause" | "resume" | "stop", () => unknown>;
  /** Between the first button and the last. */
  children?: ReactNode;
}

/** Start, or pause, or resume; and stop. */
export function SteeringButtons(props: SteeringButtonsProps) {
  const { what, status, isActive, canStart, startLabel, isQuiet = false, verbs, children } = props;
  const named = (verb: string) => (what ? `${verb} ${what}` : verb);
  return (
    <>
      {status === "paused" ? (
        <Button
          variant="filled"
          size="sm"
          leftSection={<Icon name="play" />}
          onClick={() => void verbs.resume()}
        >
          {named("Resume")}
        </Button>
      ) : isActive ? (
        <Button
          size="sm"
          variant="light"
          leftSection={<Icon name="pause" />}
          disabled={status !== "running"}
          onClick={() => void verbs.pause()}
        >
          {named("Pause")}
        </Button>
      ) : (
        <Button
          size="sm"
          variant={isQuiet ? "light" : "filled"}
          leftSection={<Icon name="play" />}
          disabled={!canStart}
          onClick={() => void verbs.start()}
        >
          {startLabel}
        </Button>
      )}
      {children}
      <Button
        size="sm"
        leftSection={<Icon name="stop" />}
        disabled={!isActive || status === "stopping"}
        onClick={() => void verbs.stop()}
      >
        {named("Stop")}
      </Button>
    </>
  );
}
