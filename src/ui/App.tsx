import { AppShell, MantineProvider, ScrollArea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Suspense, useEffect } from "react";
import type { Runs } from "../store/library/runs.ts";
import type { Studio } from "../store/studio.ts";
import { useDroppedData } from "./data/useDroppedData.ts";
import { Header } from "./Header.tsx";
import { loadLater } from "./loadLater.ts";
import { Main } from "./Main.tsx";
import { ErrorBoundary } from "./notices/ErrorBoundary.tsx";
import { useJobTitle } from "./run/JobPill.tsx";
import { SkipLink } from "./run/SkipLink.tsx";
import { RunsProvider } from "./runs/RunsContext.tsx";
import { SharedPreview } from "./runs/ShareLink.tsx";
import { Settings } from "./Settings.tsx";
import { StudioProvider } from "./StudioContext.tsx";
import classes from "./studio.module.css";
import { theme } from "./theme.ts";

/** What nobody needs at the first sight. */
const Later = loadLater(async () => {
  const [{ Tour }, { Palette }] = await Promise.all([
    import("./tour/Tour.tsx"),
    import("./palette/Palette.tsx"),
  ]);
  return () => (
    <>
      <Tour />
      <Palette />
    </>
  );
});

export function App({ studio, runs }: { studio: Studio; runs: Runs }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <ErrorBoundary>
        <StudioProvider studio={studio}>
          <RunsProvider runs={runs}>
            <Page />
          </RunsProvider>
          <DocumentTitle />
        </StudioProvider>
      </ErrorBoundary>
    </MantineProvider>
  );
}

function Page() {
  // Here, since what is dropped while the settings are still to come would be lost.
  useDroppedData();
  const [settingsOpen, { toggle }] = useDisclosure(false);
  return (
    <>
      <SkipLink />
      <AppShell
        header={{ height: 52 }}
        navbar={{ width: 348, breakpoint: "md", collapsed: { mobile: !settingsOpen } }}
        padding="sm"
        transitionDuration={0}
      >
        <AppShell.Header>
          <Header settingsOpen={settingsOpen} onToggleSettings={toggle} />
        </AppShell.Header>
        <AppShell.Navbar aria-label="Settings">
          <ScrollArea type="auto" scrollbarSize={8} flex={1}>
            <Settings />
          </ScrollArea>
        </AppShell.Navbar>
        <AppShell.Main className={classes.main}>
          <SharedPreview />
          <Main />
          <Suspense fallback={null}>
            <Later />
          </Suspense>
        </AppShell.Main>
      </AppShell>
    </>
  );
}

/** What runs is readable while another tab is in front. A component of its own: the page need not draw again. */
function DocumentTitle() {
  const title = useJobTitle();
  useEffect(() => {
    document.title = `${title} · FINAL Studio`;
  }, [title]);
  return null;
}
