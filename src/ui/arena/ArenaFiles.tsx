import { Button, Group, Select, Text } from "@mantine/core";
import { useState } from "react";
import { parsedFile } from "../../base/fileText.ts";
import type { Problem } from "../../base/problem.ts";
import { arenaToCsv } from "../../runs/arenaCsv.ts";
import { parseArenaFile } from "../../runs/arenaRecord.ts";
import { arenaReport } from "../../runs/arenaReport.ts";
import { dataOf, type RunData } from "../../runs/record.ts";
import { type ArenaSetup, type ArenaState, isArenaActive } from "../../store/arena/arenaState.ts";
import { linkTo, type SharedArena } from "../../store/configuration/share.ts";
import { recordOf, shownArena } from "../../store/library/keptArena.ts";
import { allChartSvgs } from "../charts/chartPicture.ts";
import { FileChoice } from "../FileChoice.tsx";
import { moment } from "../format.ts";
import { Icon } from "../Icon.tsx";
import { useRuns, useRunsState } from "../runs/RunsContext.tsx";
import { CopyLink } from "../runs/ShareLink.tsx";
import { useStudio } from "../StudioContext.tsx";
import { save } from "../save.ts";
import { showView } from "../tab.ts";
import { useArenaState } from "./useArena.ts";

/** The arena as a report, out and in; its link, its runs, and those of before. */
export function ArenaFiles() {
  const [problem, setProblem] = useState<Problem | null>(null);
  return (
    <>
      <Group gap="xs" mt={8}>
        <Earlier />
        <SaveReport />
        <SaveCsv />
        <OpenReport onProblem={setProblem} />
        <ShowRuns />
        <ShareArena />
      </Group>
      <Text size="xs" c="var(--mantine-color-error)" component="p" m={0} role="alert">
        {problem && `${problem.sentence} ${problem.remedy}`}
      </Text>
    </>
  );
}

/** Arenas that this browser keeps. */
function Earlier() {
  const { arena } = useStudio();
  const kept = useRunsState((state) => state.arenas);
  const shownId = useArenaState((state) => state.arena?.arenaId ?? null);
  const active = useArenaState((state) => isArenaActive(state.arena));
  if (kept.length < 2) return null;
  return (
    <Select
      aria-label="Arena on show"
      w={300}
      data={kept.map(({ record }) => ({
        value: record.arenaId,
        label: `${moment(record.startedAt)}: ${record.members.map(({ name }) => name).join(", ")}`,
      }))}
      value={shownId}
      disabled={active}
      onChange={(id) => {
        const chosen = kept.find(({ record }) => record.arenaId === id);
        if (chosen) arena.show(shownArena(chosen));
      }}
    />
  );
}

function SaveReport() {
  const { arena } = useStudio();
  const hasArena = useArenaState((state) => state.arena !== null && state.arena.recorded === null);
  async function saveReport(): Promise<void> {
    const { arena: state } = arena.store.getState();
    if (!state || !arena.curves) return;
    const record = recordOf(state);
    const { curves } = arena;
    const charts = allChartSvgs();
    const { members, seeds, data } = record;
    const link = await linkTo({ members, seeds: seeds.length, data }, location.href);
    const parts = arenaReport({ record, curves }, charts, link);
    save("final-arena.html", new Blob(parts, { type: "text/html" }));
  }
  return (
    <Button
      leftSection={<Icon name="download" size={14} />}
      disabled={!hasArena}
      onClick={() => void saveReport()}
    >
      Arena report
    </Button>
  );
}

/** Both verdicts, pair by pair. */
function SaveCsv() {
  const { arena } = useStudio();
  const hasVerdict = useArenaState(
    ({ arena: shown }) => shown?.recorded === null && shown.verdicts.length > 0,
  );
  function saveCsv(): void {
    const { arena: state } = arena.store.getState();
    if (state) save("final-arena.csv", new Blob([arenaToCsv(recordOf(state))], { type: "text/csv" }));
  }
  return (
    <Button leftSection={<Icon name="download" size={14} />} disabled={!hasVerdict} onClick={saveCsv}>
      Arena CSV
    </Button>
  );
}

function OpenReport({ onProblem }: { onProblem(problem: Problem | null): void }) {
  const { arena } = useStudio();
  const runs = useRuns();
  const active = useArenaState((state) => isArenaActive(state.arena));
  async function open(file: File | null): Promise<void> {
    if (!file) return;
    const parsed = await parsedFile(file, parseArenaFile);
    onProblem(parsed.ok ? null : parsed.problem);
    if (!parsed.ok) return;
    runs.keepArena(parsed.value);
    arena.show(shownArena(parsed.value));
  }
  return (
    <FileChoice
      accept=".html,text/html"
      disabled={active}
      onChange={open}
      inputProps={{ "aria-label": "Arena report to open" }}
    >
      {(props) => (
        <Button {...props} disabled={active} leftSection={<Icon name="upload" size={14} />}>
          Open report
        </Button>
      )}
    </FileChoice>
  );
}

/** Draws the members' runs, and only these, among all that are kept. */
function ShowRuns() {
  const runs = useRuns();
  const arenaId = useArenaState((state) => state.arena?.arenaId ?? null);
  const count = useRunsState(({ records }) => records.filter((record) => record.arenaId === arenaId).length);
  function show(): void {
    const { records } = runs.store.getState();
    const isMember = (record: (typeof records)[number]) => record.arenaId === arenaId;
    runs.show(
      records.filter((record) => !isMember(record)).map(({ runId }) => runId),
      false,
    );
    runs.show(
      records.filter(isMember).map(({ runId }) => runId),
      true,
    );
    showView("runs");
  }
  return (
    <Button
      leftSection={<Icon name="eye" size={14} />}
      disabled={arenaId === null || count === 0}
      onClick={show}
    >
      Its runs
    </Button>
  );
}

/** Both verdicts of the arena on show, where it is the one that is set up, on the same data. */
function foundOf(
  shown: ArenaState,
  { members, seeds }: ArenaSetup,
  data: RunData | null,
): SharedArena["found"] | null {
  const { heldOut, overview, verdicts } = shown;
  const isSame =
    shown.data !== null &&
    shown.data.identity === data?.identity &&
    JSON.stringify(shown.members) === JSON.stringify(members) &&
    shown.seeds.length === seeds;
  if (!isSame || !heldOut || overview === null) return null;
  const [only, another] = verdicts;
  const whileLearning = only && !another ? only.verdict.sentence : overview;
  return { atTheEnd: heldOut.overview.slice(0, 500), whileLearning: whileLearning.slice(0, 500) };
}

/** A link that carries the members, as they are set up, and what was found of them. */
function ShareArena() {
  const { arena, store } = useStudio();
  const enough = useArenaState(({ setup }) => setup.members.length >= 2);
  return (
    <CopyLink
      label="Share arena"
      disabled={!enough}
      make={() => {
        const { setup, arena: shown } = arena.store.getState();
        const { members, seeds } = setup;
        const { dataset } = store.getState();
        const data = dataset && dataOf(dataset);
        const found = shown && foundOf(shown, setup, data);
        return { members, seeds, data, ...(found && { found }) };
      }}
    />
  );
}
