import { Button, Group, Progress, SegmentedControl, Select, Text } from "@mantine/core";
import { LEAST_MEMBERS, MOST_MEMBERS, QUESTIONS } from "../../arena/questions.ts";
import { planArena, planInWords } from "../../metrics/plan.ts";
import { arenaExtent } from "../../runs/arenaCurves.ts";
import { type ArenaStatus, isArenaActive } from "../../store/arena/arenaState.ts";
import { Card } from "../Card.tsx";
import { count } from "../format.ts";
import { Icon } from "../Icon.tsx";
import { ArenaQueueButtons } from "../queue/QueueButtons.tsx";
import { SteeringButtons } from "../run/SteeringButtons.tsx";
import { useRunsState } from "../runs/RunsContext.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { ArenaFiles } from "./ArenaFiles.tsx";
import { ArenaMembers } from "./ArenaMembers.tsx";
import classes from "./arena.module.css";
import { useArenaState, useReady } from "./useArena.ts";

/** Who competes, over how many seeds; and the arena's own start, pause and stop. */
export function ArenaSetup() {
  return (
    <Card title="Arena">
      <p className={classes.hint}>
        Two to six configurations train on the same batches in the same order from the same seed. At the end
        they are compared on held-out rows.
      </p>
      <Group align="end" gap="sm">
        <QuestionChoice />
        <AddButton />
        <SeedsChoice />
        <Buttons />
      </Group>
      <ArenaMembers />
      <Plan />
      <ArenaFiles />
      <Position />
    </Card>
  );
}

function QuestionChoice() {
  const { arena, store } = useStudio();
  const question = useArenaState(({ setup }) => setup.question);
  const config = useStudioState(({ configuration }) => configuration.config);
  return (
    <Select
      label="Ready question"
      placeholder="Choose a question"
      w={260}
      data={QUESTIONS.map(({ id, title }) => ({ value: id, label: title }))}
      value={question}
      disabled={config === null}
      onChange={(id) => {
        const { config } = store.getState().configuration;
        if (id !== null && config) arena.ask(id, config);
      }}
    />
  );
}

function AddButton() {
  const { arena, store } = useStudio();
  const config = useStudioState(({ configuration }) => configuration.config);
  const full = useArenaState(({ setup }) => setup.members.length >= MOST_MEMBERS);
  return (
    <Button
      size="sm"
      leftSection={<Icon name="add" />}
      disabled={config === null || full}
      onClick={() => {
        const { config } = store.getState().configuration;
        if (config) arena.add(config);
      }}
    >
      Add this configuration
    </Button>
  );
}

function SeedsChoice() {
  const { arena } = useStudio();
  const seeds = useArenaState(({ setup }) => setup.seeds);
  return (
    <SegmentedControl
      aria-label="Seeds"
      size="sm"
      data={[
        { value: "1", label: "1 seed" },
        { value: "3", label: "× 3 seeds" },
        { value: "5", label: "× 5 seeds" },
      ]}
      value={String(seeds)}
      onChange={(value) => arena.chooseSeeds(Number(value))}
    />
  );
}

function Buttons() {
  const studio = useStudio();
  const { arena } = studio;
  const active = useArenaState((state) => isArenaActive(state.arena));
  const status = useArenaState((state) => state.arena?.status.type ?? null);
  const enough = useArenaState(({ setup }) => setup.members.length >= LEAST_MEMBERS);
  const ready = useReady();
  return (
    <Group gap={6}>
      <SteeringButtons
        what="arena"
        status={status}
        isActive={active}
        canStart={ready && enough}
        startLabel="Start arena"
        verbs={{ start: studio.startArena, pause: arena.pause, resume: arena.resume, stop: studio.stopArena }}
      />
      <ArenaQueueButtons isReady={ready && enough} />
    </Group>
  );
}

/** What the arena can show, before it starts. */
function Plan() {
  const members = useArenaState(({ setup }) => setup.members.length);
  const seeds = useArenaState(({ setup }) => setup.seeds);
  const dataset = useStudioState((state) => state.dataset);
  const kept = useRunsState((state) => state.arenas);
  if (!dataset || members < LEAST_MEMBERS) return null;
  const { rows, identity } = dataset.summary;
  const size = { testRows: rows.test, seeds, members };
  const earlier = kept.flatMap(({ record }) =>
    record.heldOut && record.data?.identity === identity ? [record.heldOut] : [],
  );
  const plan = planArena({ ...size, earlier });
  return (
    <p className={classes.plan} data-testid="plan">
      {plan
        ? `Plan: ${planInWords(size, plan)}`
        : "This data set has no test split, so there will be no verdict at the end."}
    </p>
  );
}

/** Which seed, how far. */
function Position() {
  const seeds = useArenaState(({ arena }) => arena?.seeds.length ?? 0);
  const seedIndex = useArenaState(({ arena }) => arena?.seedIndex ?? 0);
  const step = useArenaState(({ arena }) => arena?.step ?? 0);
  const totalSteps = useArenaState(({ arena }) => arena?.totalSteps ?? 0);
  const status = useArenaState(({ arena }) => arena?.status ?? null);
  const recorded = useArenaState(({ arena }) => arena?.recorded ?? null);
  if (status === null || recorded) return null;
  if (status.type === "interrupted") return <Interrupted />;
  if (status.type === "failed")
    return (
      <Text size="xs" c="var(--mantine-color-error)" component="p" m={0} mt={8} role="alert">
        {status.problem.sentence} {status.problem.remedy}
      </Text>
    );
  const share = totalSteps > 0 ? (100 * (seedIndex + step / totalSteps)) / seeds : 0;
  const words = { starting: "Starting", running: "Training", pausing: "Pausing", paused: "Paused" };
  const state = status.type in words ? words[status.type as keyof typeof words] : null;
  return (
    <div className={classes.position}>
      <Progress value={status.type === "finished" ? 100 : share} size={4} aria-label="Arena done" />
      <Text size="xs" c="dimmed" component="p" m={0} mt={4} data-testid="arena-state">
        {state ?? WORDS_AFTER[status.type] ?? "Done"}: seed {seedIndex + 1} of {seeds}, step{" "}
        {step.toLocaleString("en-US")} of {totalSteps.toLocaleString("en-US")}
      </Text>
    </div>
  );
}

const WORDS_AFTER: Partial<Record<ArenaStatus["type"], string>> = {
  stopping: "Stopping",
  stopped: "Stopped",
};

/** An arena whose page was closed: what there is stays on show, and the members can start again. */
function Interrupted() {
  const studio = useStudio();
  const { arena } = studio;
  const seeds = useArenaState((state) => state.arena?.seeds.length ?? 0);
  const seedIndex = useArenaState((state) => state.arena?.seedIndex ?? 0);
  const ready = useReady();
  const rows = count(arenaExtent(arena.curves)[1]);
  return (
    <Group gap="xs" mt={8}>
      <Text size="xs" component="p" m={0} data-testid="arena-state">
        Interrupted at row {rows} of seed {seedIndex + 1} of {seeds}, before its end. What was found until
        then is below.
      </Text>
      <Button
        size="compact-sm"
        disabled={!ready}
        onClick={() => {
          arena.takeMembers();
          void studio.startArena();
        }}
      >
        Start again
      </Button>
    </Group>
  );
}
