import { Tabs } from "@mantine/core";
import { type ComponentType, Suspense, useEffect } from "react";
import { isArenaActive } from "../store/arena/arenaState.ts";
import { isRacing } from "../store/race/raceState.ts";
import { useArenaState } from "./arena/useArena.ts";
import { DatasetReady } from "./data/DatasetReady.tsx";
import { DropPlace } from "./data/DropPlace.tsx";
import { FolderAgain } from "./data/FolderAgain.tsx";
import { NarrowDataWork } from "./data/NarrowDataWork.tsx";
import { loadLater } from "./loadLater.ts";
import { NoticeBar } from "./notices/NoticeBar.tsx";
import { UpdateNotice } from "./offline/UpdateNotice.tsx";
import { ScoreDialog } from "./outputs/ScoreDialog.tsx";
import { Overview } from "./overview/Overview.tsx";
import { QueueCard } from "./queue/QueueCard.tsx";
import { useRaceState } from "./race/useRace.ts";
import { Figures } from "./run/Figures.tsx";
import { NoAnswer } from "./run/NoAnswer.tsx";
import { RunBar } from "./run/RunBar.tsx";
import { StopFirst } from "./run/StopFirst.tsx";
import { useStudioState } from "./StudioContext.tsx";
import { CheckpointDialog } from "./sessions/CheckpointDialog.tsx";
import { ResumeOffers } from "./sessions/ResumeOffers.tsx";
import classes from "./studio.module.css";
import {
  followAddress,
  showTab,
  showView,
  TAB_NAMES,
  type TabName,
  tabOf,
  tabTitles,
  useView,
  type ViewName,
  viewsOf,
  viewTitles,
} from "./tab.ts";

// Charts and tables come after the first paint: the page answers before all of it is there.
const views: Record<Exclude<ViewName, "overview">, ComponentType> = {
  data: loadLater(async () => (await import("./data/DataTab.tsx")).DataTab),
  curves: loadLater(async () => (await import("./charts/CurvesView.tsx")).CurvesView),
  branches: loadLater(async () => (await import("./branches/BranchesPanel.tsx")).BranchesPanel),
  insight: loadLater(async () => (await import("./insight/InsightPanel.tsx")).InsightPanel),
  numbers: loadLater(async () => (await import("./numbers/Numbers.tsx")).Numbers),
  runs: loadLater(async () => (await import("./runs/RunsPanel.tsx")).RunsPanel),
  arena: loadLater(async () => (await import("./arena/ArenaPanel.tsx")).ArenaPanel),
  race: loadLater(async () => (await import("./race/RacePanel.tsx")).RacePanel),
  evaluate: loadLater(async () => (await import("./evaluate/EvaluateTab.tsx")).EvaluateTab),
};

/** The right side: the run's controls, and what there is to see. A run that starts brings its curves to the front. */
export function Main() {
  const runId = useStudioState(({ run }) => run?.runId ?? null);
  useEffect(followAddress, []);
  useEffect(() => {
    if (runId !== null) showView("curves");
  }, [runId]);
  const arenaId = useArenaState(({ arena }) => (isArenaActive(arena) ? arena.arenaId : null));
  useEffect(() => {
    if (arenaId !== null) showView("arena");
  }, [arenaId]);
  const raceId = useRaceState(({ race }) => (isRacing(race) ? race.raceId : null));
  useEffect(() => {
    if (raceId !== null) showView("race");
  }, [raceId]);
  return (
    <div className={classes.stack}>
      <DropPlace />
      <UpdateNotice />
      <NoticeBar />
      <NoAnswer />
      <FolderAgain />
      <ResumeOffers />
      <NarrowDataWork />
      <DatasetReady />
      <CheckpointDialog />
      <ScoreDialog />
      <StopFirst />
      <RunBar />
      <QueueCard />
      <Figures />
      <MainTabs />
    </div>
  );
}

function MainTabs() {
  const view = useView();
  return (
    <Tabs
      value={tabOf(view)}
      onChange={(chosen) => showTab(chosen as TabName)}
      keepMounted={false}
      classNames={{ tab: classes.tab }}
    >
      <Tabs.List mb={10} className={classes.tabs}>
        {TAB_NAMES.map((tab) => (
          <Tabs.Tab key={tab} value={tab}>
            {tabTitles[tab]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {TAB_NAMES.map((tab) => (
        <Tabs.Panel key={tab} value={tab}>
          {viewsOf(tab).length > 1 ? <Views tab={tab} view={view} /> : <View name={viewsOf(tab)[0]!} />}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

/** The views of one tab, with tabs of their own. */
function Views({ tab, view }: { tab: TabName; view: ViewName }) {
  return (
    <Tabs
      value={view}
      onChange={(chosen) => showView(chosen as ViewName)}
      keepMounted={false}
      variant="pills"
      classNames={{ tab: classes.view }}
    >
      <Tabs.List mb={10} aria-label={`Views of ${tabTitles[tab]}`}>
        {viewsOf(tab).map((name) => (
          <Tabs.Tab key={name} value={name}>
            {viewTitles[name]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {viewsOf(tab).map((name) => (
        <Tabs.Panel key={name} value={name}>
          <View name={name} />
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

function View({ name }: { name: ViewName }) {
  if (name === "overview") return <Overview />;
  const Content = views[name];
  return (
    <Suspense fallback={<div className={classes.coming} aria-busy="true" data-coming="" />}>
      <Content />
    </Suspense>
  );
}
