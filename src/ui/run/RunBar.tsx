import { Anchor, Button, Group, Progress, Select, Text, Tooltip } from "@mantine/core";
import { problem } from "../../base/problem.ts";
import type { BackendName } from "../../engine/engine.ts";
import { canonical } from "../../store/configuration/draft.ts";
import { canTrain, isForTraining } from "../../store/studio.ts";
import { isActive } from "../../store/training/runState.ts";
import { controlId, focusControl } from "../controls/fault.ts";
import { Icon } from "../Icon.tsx";
import { ModelFacts } from "../model/ModelFacts.tsx";
import { ExportedNotice } from "../outputs/ExportedNotice.tsx";
import { useIsFirstVisit } from "../overview/Result.tsx";
import { RunQueueButton } from "../queue/QueueButtons.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { CheckpointButtons } from "../sessions/CheckpointButtons.tsx";
import { useView } from "../tab.ts";
import { BackendReason } from "./BackendReason.tsx";
import classes from "./run.module.css";
import { RUN_BUTTONS } from "./SkipLink.tsx";
import { SteeringButtons } from "./SteeringButtons.tsx";

/** Train, pause, step, stop; which backend; how far. */
export function RunBar() {
  return (
    <section className={classes.bar} aria-label="Run">
      <div className={classes.row}>
        <div className={classes.controls} id={RUN_BUTTONS} tabIndex={-1}>
          <Buttons />
          <RunProgress />
        </div>
        <div className={classes.rest}>
          <RunQueueButton />
          <BackendChoice />
          <CheckpointButtons />
          <div className={classes.sentences}>
            <Blocked />
            <ModelFacts />
            <BackendReason />
          </div>
        </div>
      </div>
      <ExportedNotice />
    </section>
  );
}

function Buttons() {
  const studio = useStudio();
  const ready = useStudioState((state) => canTrain(state) && state.configuration.config !== null);
  const status = useStudioState(({ run }) => run?.status.type ?? null);
  const active = useStudioState(({ run }) => isActive(run));
  const isFirstVisit = useIsFirstVisit();
  const isIntroduced = useView() === "overview" && isFirstVisit;
  const stepping = status === "running" || status === "starting" || status === "stopping";
  return (
    <Group gap={6} wrap="nowrap">
      <SteeringButtons
        status={status}
        isActive={active}
        canStart={ready}
        startLabel="Train"
        // The overview has its own first button then.
        isQuiet={isIntroduced}
        verbs={{ start: studio.train, pause: studio.pause, resume: studio.resume, stop: () => studio.stop() }}
      >
        <Tooltip label="Trains one batch, then waits">
          <Button
            size="sm"
            leftSection={<Icon name="step" />}
            disabled={active ? stepping : !ready}
            onClick={() => void studio.stepOnce()}
          >
            Step once
          </Button>
        </Tooltip>
      </SteeringButtons>
    </Group>
  );
}

function BackendChoice() {
  const studio = useStudio();
  const backend = useStudioState((state) => state.backend);
  const backends = useStudioState((state) => state.backends);
  const names: Record<BackendName, string> = { webgpu: "WebGPU", wasm: "WASM", cpu: "CPU (slow)" };
  return (
    <Select
      id={controlId("backend")}
      aria-label="Backend"
      w={140}
      size="sm"
      data={[
        { value: "auto", label: backends ? `Auto: ${names[backends.chosen]}` : "Auto" },
        ...(Object.keys(names) as BackendName[]).map((value) => ({
          value,
          label: names[value],
          disabled: backends !== null && !backends.available.includes(value),
        })),
      ]}
      value={backend}
      onChange={(chosen) => chosen && studio.chooseBackend(chosen as BackendName | "auto")}
    />
  );
}

/** Why Train cannot be pressed, or what pressing it would change. */
function Blocked() {
  const atFault = useStudioState((state) => state.configuration.problem);
  const onlyEvaluated = useStudioState(({ dataset }) =>
    dataset && !isForTraining(dataset.summary) ? dataset.summary.name : null,
  );
  const found =
    atFault ?? (onlyEvaluated === null ? null : problem("nothing-to-train-on", { name: onlyEvaluated }));
  const changed = useStudioState(
    ({ run, configuration }) =>
      isActive(run) &&
      configuration.config !== null &&
      canonical(configuration.config) !== canonical(run.config),
  );
  if (found)
    return (
      <Text
        size="xs"
        c={atFault ? "var(--mantine-color-error)" : undefined}
        component="p"
        m={0}
        role="status"
      >
        {found.sentence} {found.remedy}{" "}
        {found.control && (
          <Anchor component="button" type="button" size="xs" onClick={() => focusControl(found.control!)}>
            Show the control
          </Anchor>
        )}
      </Text>
    );
  if (changed)
    return (
      <Text size="xs" component="p" m={0}>
        The configuration was changed; the next run uses it.
      </Text>
    );
  return null;
}

function RunProgress() {
  const share = useStudioState(({ run }) =>
    run && run.totalSteps > 0 ? (100 * run.position.step) / run.totalSteps : null,
  );
  if (share === null) return null;
  return <Progress value={share} size={4} mt={8} aria-label="Steps done" />;
}
