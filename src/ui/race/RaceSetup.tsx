import { ActionIcon, Button, Group, NumberInput, Select, Text, TextInput } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { Result } from "../../base/result.ts";
import type { HALVINGS } from "../../race/halving.ts";
import type { RacePlan } from "../../race/record.ts";
import { settingsIn } from "../../race/settings.ts";
import { METHODS, type Method } from "../../race/trials.ts";
import { suggestedValues } from "../../race/valuesText.ts";
import { planInWords } from "../../race/words.ts";
import { isRacing } from "../../store/race/raceState.ts";
import { canTrain } from "../../store/studio.ts";
import { Card } from "../Card.tsx";
import { Explained } from "../explain/Explained.tsx";
import { meaningOf } from "../explain/glossary.ts";
import { Icon } from "../Icon.tsx";
import { useIsTraining } from "../queue/QueueButtons.tsx";
import { SteeringButtons } from "../run/SteeringButtons.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { OpenRaceReport } from "./OpenRaceReport.tsx";
import { RacePosition } from "./RacePosition.tsx";
import classes from "./race.module.css";
import { useRaceState } from "./useRace.ts";

/** What the page's engines may hold together, as the worker has it (src/train/startRace.ts). */
const PAGE_MEMORY = 1e9;
const METHOD_NAMES: Record<Method, string> = {
  grid: "All combinations (grid)",
  random: "At random",
  sobol: "Sobol’, scrambled",
  "sobol-unscrambled": "Sobol’, unscrambled",
};
const HALVING_NAMES: Record<(typeof HALVINGS)[number], string> = {
  synchronous: "2 of 3 at each look",
  asynchronous: "One after the other",
  none: "Nobody",
};

const NUMBER_TERMS = { count: "trials", finalists: "finalists", seeds: "freshSeeds" } as const;

/** What is varied and how; what it takes; start, pause and stop. */
export function RaceSetup() {
  const plan = usePlan();
  return (
    <Card title="Race">
      <p className={classes.hint}>
        Tries up to 64 variants of the current configuration. The worst by validation log loss are dropped
        early; the last few are trained anew with fresh seeds and judged on the test rows.
      </p>
      <Rows />
      <Choices />
      <Buttons isReady={plan?.ok ?? false} />
      <Plan plan={plan} />
      <RacePosition />
    </Card>
  );
}

/** The plan of what is set up; null without data or a working configuration. */
function usePlan(): Result<RacePlan> | null {
  const { race } = useStudio();
  const config = useStudioState(({ configuration }) => configuration.config);
  useStudioState(({ dataset }) => dataset);
  useRaceState(({ setup }) => setup);
  return race.plan(config);
}

/** One line a setting: which, and its values. */
function Rows() {
  const { race } = useStudio();
  const rows = useRaceState(({ setup }) => setup.rows);
  const config = useStudioState(({ configuration }) => configuration.config);
  const known = config ? settingsIn(config) : new Map<string, unknown>();
  const free = [...known.keys()].filter((path) => !rows.some((row) => row.path === path));
  const change = (index: number, row: { path: string; text: string }) =>
    race.setUp({ rows: rows.with(index, row) });
  return (
    <fieldset className={classes.rows} aria-label="Settings to vary">
      {rows.map(({ path, text }, index) => (
        <div key={path} className={classes.row}>
          <Select
            aria-label={`Setting ${index + 1}`}
            searchable
            data={[path, ...free].toSorted()}
            value={path}
            onChange={(chosen) =>
              chosen && change(index, { path: chosen, text: suggestedValues(chosen, known.get(chosen)) })
            }
          />
          <TextInput
            aria-label={`Values of ${path}`}
            placeholder="4, 8, 16 or 0.001 to 0.02 log"
            value={text}
            onChange={(event) => change(index, { path, text: event.currentTarget.value })}
          />
          <ActionIcon
            variant="subtle"
            aria-label={`Do not vary ${path}`}
            disabled={rows.length === 1}
            onClick={() => race.setUp({ rows: rows.toSpliced(index, 1) })}
          >
            <Icon name="remove" size={14} />
          </ActionIcon>
        </div>
      ))}
      <Group gap="xs">
        <Button
          size="compact-sm"
          leftSection={<Icon name="add" size={14} />}
          disabled={free.length === 0}
          onClick={() => {
            const path = free.find((name) => !name.startsWith("optimizer.beta")) ?? free[0]!;
            race.setUp({ rows: [...rows, { path, text: suggestedValues(path, known.get(path)) }] });
          }}
        >
          Vary another setting
        </Button>
        <Text size="xs" c="dimmed">
          Values: a list (4, 8, 16) or a range (0.001 to 0.02 log)
        </Text>
      </Group>
    </fieldset>
  );
}

function Choices() {
  const { race } = useStudio();
  const setup = useRaceState((state) => state.setup);
  const number = (name: "count" | "finalists" | "seeds", label: string, min: number, max: number) => (
    <NumberInput
      label={label}
      aria-description={meaningOf(NUMBER_TERMS[name])}
      w={104}
      hideControls
      min={min}
      max={max}
      clampBehavior="strict"
      allowDecimal={false}
      value={setup[name]}
      onChange={(value) => {
        if (typeof value === "number" && value >= min && value <= max) race.setUp({ [name]: value });
      }}
    />
  );
  return (
    <Explained>
      <Group align="end" gap="sm">
        <Select
          label="Trials are drawn"
          aria-description={meaningOf("trials")}
          w={200}
          data={METHODS.map((value) => ({ value, label: METHOD_NAMES[value] }))}
          value={setup.method}
          onChange={(method) => method && race.setUp({ method: method as Method })}
        />
        {setup.method !== "grid" && number("count", "Trials", 2, 64)}
        <Select
          label="Dropped"
          aria-description={meaningOf("halving")}
          w={170}
          data={Object.entries(HALVING_NAMES).map(([value, label]) => ({ value, label }))}
          value={setup.halving}
          onChange={(halving) => halving && race.setUp({ halving: halving as (typeof HALVINGS)[number] })}
        />
        {number("finalists", "Finalists", 2, 4)}
        {number("seeds", "Fresh seeds", 1, 20)}
      </Group>
    </Explained>
  );
}

function Buttons({ isReady }: { isReady: boolean }) {
  const studio = useStudio();
  const { race } = studio;
  const status = useRaceState((state) => state.race?.status.type ?? null);
  const active = useRaceState((state) => isRacing(state.race));
  const isTraining = useIsTraining();
  const hasData = useStudioState(canTrain);
  const isResumable = ["stopped", "interrupted", "failed"].includes(status ?? "");
  return (
    <Group gap={6} mt={8}>
      <SteeringButtons
        what="race"
        status={status}
        isActive={active}
        canStart={hasData && isReady}
        startLabel="Start race"
        verbs={{ start: studio.startRace, pause: race.pause, resume: race.resume, stop: studio.stopRace }}
      />
      {isTraining && (
        <Button
          size="sm"
          leftSection={<Icon name="queue" />}
          disabled={!hasData || !isReady}
          onClick={studio.queueRace}
        >
          Add race to queue
        </Button>
      )}
      <OpenRaceReport />
      {isResumable && <ResumeKept isPossible={hasData && !isTraining} />}
    </Group>
  );
}

/** The race on show continues, on its own data. */
function ResumeKept({ isPossible }: { isPossible: boolean }) {
  const { race } = useStudio();
  const identity = useRaceState((state) => state.race?.data?.identity ?? null);
  const open = useStudioState(({ dataset }) => dataset?.summary.identity ?? null);
  return (
    <Button size="sm" disabled={!isPossible || identity !== open} onClick={() => void race.continueKept()}>
      Resume this race
    </Button>
  );
}

const MEASURE_AFTER_MS = 600;

/** What the race will do and take; measured once the person has stopped typing and nothing trains. */
function Plan({ plan }: { plan: Result<RacePlan> | null }) {
  const { race } = useStudio();
  const estimate = useRaceState((state) => state.estimate);
  const rows = useStudioState(({ dataset }) => dataset?.summary.rows ?? null);
  const backend = useStudioState((state) => state.backend);
  const isIdle = !useIsTraining();
  const isReady = useStudioState(canTrain);
  const key = plan?.ok && rows && rows.valid > 0 ? `${JSON.stringify(plan.value)} ${backend}` : null;
  const measured = useRef<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what the plan holds
  useEffect(() => {
    const isMeasured = measured.current === key && race.store.getState().estimate !== null;
    if (key === null || isMeasured || !isIdle || !isReady || !plan?.ok) return;
    const timer = setTimeout(() => {
      measured.current = key;
      void race.measure(plan.value);
    }, MEASURE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [key, isIdle, isReady]);
  if (!plan || !rows) return null;
  if (!plan.ok)
    return (
      <Text size="xs" c="var(--mantine-color-error)" component="p" m={0} mt={8} role="status">
        {plan.problem.sentence} {plan.problem.remedy}
      </Text>
    );
  if (rows.valid === 0)
    return (
      <Text size="xs" c="var(--mantine-color-error)" component="p" m={0} mt={8} role="status">
        This data set has no validation rows, and a race chooses by them.
      </Text>
    );
  const { trials } = plan.value;
  return (
    <p className={classes.plan} data-testid="race-plan">
      {estimate && estimate.bytes.length === trials.length
        ? planInWords(plan.value, { ...estimate, limit: PAGE_MEMORY, testRows: rows.test })
        : `${trials.length} configurations. ${isIdle ? "Measuring memory and time …" : "Memory and time are measured when nothing trains."}`}
    </p>
  );
}
