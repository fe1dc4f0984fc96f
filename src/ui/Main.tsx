import { Tabs } from "@mantine/core";
import { useEffect } from "react";
import { isGoingOn } from "../store/arena.ts";
import { ArenaPanel } from "./arena/ArenaPanel.tsx";
import { useArenaState } from "./arena/useArena.ts";
import { BranchesPanel } from "./branches/BranchesPanel.tsx";
import { Charts } from "./charts/Charts.tsx";
import { DatasetReady } from "./data/DatasetReady.tsx";
import { DataTab } from "./data/DataTab.tsx";
import { FolderAgain } from "./data/FolderAgain.tsx";
import { NarrowDataWork } from "./data/NarrowDataWork.tsx";
import { NoticeBar } from "./notices/NoticeBar.tsx";
import { Numbers } from "./numbers/Numbers.tsx";
import { ScoreDialog } from "./outputs/ScoreDialog.tsx";
import { Overview } from "./overview/Overview.tsx";
import { QueueCard } from "./queue/QueueCard.tsx";
import { CostStrip } from "./run/CostStrip.tsx";
import { Figures } from "./run/Figures.tsx";
import { RunBar } from "./run/RunBar.tsx";
import { StopFirst } from "./run/StopFirst.tsx";
import { RunsPanel } from "./runs/RunsPanel.tsx";
import { useStudioState } from "./StudioContext.tsx";
import { CheckpointDialog } from "./sessions/CheckpointDialog.tsx";
import { ResumeOffers } from "./sessions/ResumeOffers.tsx";
import classes from "./studio.module.css";
import { showTab, type TabName, useTab } from "./tab.ts";

/** The right side: the run's controls, and what there is to see. A run that starts brings its curves to the front. */
export function Main() {
  const runId = useStudioState(({ run }) => run?.runId ?? null);
  const tab = useTab();
  useEffect(() => {
    if (runId !== null) showTab("curves");
  }, [runId]);
  const arenaId = useArenaState(({ arena }) => (isGoingOn(arena) ? arena.arenaId : null));
  useEffect(() => {
    if (arenaId !== null) showTab("arena");
  }, [arenaId]);
  return (
    <div className={classes.stack}>
      <NoticeBar />
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
      <Tabs
        value={tab}
        onChange={(chosen) => showTab(chosen as TabName)}
        keepMounted={false}
        classNames={{ tab: classes.tab }}
      >
        <Tabs.List mb={10}>
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          <Tabs.Tab value="data">Data</Tabs.Tab>
          <Tabs.Tab value="curves">Curves</Tabs.Tab>
          <Tabs.Tab value="branches">Branches</Tabs.Tab>
          <Tabs.Tab value="numbers">Numbers</Tabs.Tab>
          <Tabs.Tab value="runs">Runs</Tabs.Tab>
          <Tabs.Tab value="arena">Arena</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <Overview />
        </Tabs.Panel>
        <Tabs.Panel value="data">
          <DataTab />
        </Tabs.Panel>
        <Tabs.Panel value="curves">
          <Charts />
          <CostStrip />
        </Tabs.Panel>
        <Tabs.Panel value="branches">
          <BranchesPanel />
        </Tabs.Panel>
        <Tabs.Panel value="numbers">
          <Numbers />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <RunsPanel />
        </Tabs.Panel>
        <Tabs.Panel value="arena">
          <ArenaPanel />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}
