import { useHotkeys } from "@mantine/hooks";
import { Spotlight, type SpotlightActionData, spotlight } from "@mantine/spotlight";
import { useState } from "react";
import { PRESET_NAMES } from "../../model/presets.ts";
import { canTrain } from "../../store/studio.ts";
import { isActive } from "../../store/training/runState.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { showView, VIEW_NAMES, viewTitles } from "../tab.ts";
import { startTour } from "../tour/tourState.ts";
import "@mantine/spotlight/styles.css";
import { useShortcuts } from "./shortcuts.ts";

const MOST_FOUND = 12;
/** Digits 1 to 9 show these; 0 is the charts' key for all they have. */
const WITH_KEY = VIEW_NAMES.slice(0, 9);

/** Every view, preset and verb by a few letters, and keys for the commonest. The glossary's dialog switches the keys off. */
export function Palette() {
  const studio = useStudio();
  const isOn = useShortcuts();
  const [query, setQuery] = useState("");
  const run = useStudioState((state) => state.run);
  const ready = useStudioState((state) => canTrain(state) && state.configuration.config !== null);
  const active = isActive(run);
  const isPaused = run?.status.type === "paused";
  function trainOrPause(): void {
    if (isPaused) void studio.resume();
    else if (active) void studio.pause();
    else if (ready) void studio.train();
  }
  const whenOn = (work: () => void) => () => isOn && work();
  useHotkeys([
    ["mod+K", whenOn(spotlight.open)],
    ["T", whenOn(trainOrPause)],
    ...WITH_KEY.map((view, i): [string, () => void] => [String(i + 1), whenOn(() => showView(view))]),
  ]);
  const actions: SpotlightActionData[] = [
    {
      id: "train",
      label: isPaused ? "Resume training" : active ? "Pause training" : "Train",
      description: "T",
      onClick: trainOrPause,
    },
    ...(active ? [{ id: "stop", label: "Stop training", onClick: () => void studio.stop() }] : []),
    ...VIEW_NAMES.map((view, i) => ({
      id: view,
      label: `Show ${viewTitles[view]}`,
      description: i < WITH_KEY.length ? String(i + 1) : undefined,
      onClick: () => showView(view),
    })),
    { id: "tour", label: "Five-minute tour", onClick: startTour },
    ...PRESET_NAMES.map((name) => ({
      id: `preset-${name}`,
      label: `Preset ${name}`,
      onClick: () => studio.choosePreset(name),
    })),
  ];
  const wanted = query.trim().toLowerCase();
  const found = actions.filter(({ label }) => label!.toLowerCase().includes(wanted)).slice(0, MOST_FOUND);
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      transitionProps={{ duration: 0 }}
      attributes={{ content: { "aria-label": "Commands" } }}
    >
      <Spotlight.Search placeholder="A view, a preset, or what to do" aria-label="Commands" />
      <Spotlight.ActionsList ref={makeReachable}>
        {found.map((action) => (
          <Spotlight.Action key={action.id} {...action} />
        ))}
        {found.length === 0 && <Spotlight.Empty>Nothing of that name</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** A part that scrolls must be reachable by keyboard; Mantine leaves its own out. */
function makeReachable(list: HTMLElement | null): void {
  list?.querySelector("[data-scrollarea-viewport]")?.setAttribute("tabindex", "0");
}
