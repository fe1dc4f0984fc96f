import { Alert, Button, Group } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import type { Problem } from "../../base/problem.ts";
import { configDifference } from "../../runs/configDifference.ts";
import { dataOf, type RunData } from "../../runs/record.ts";
import { parseHash, type Shared, toHash } from "../../store/configuration/share.ts";
import { useArenaState } from "../arena/useArena.ts";
import { Icon } from "../Icon.tsx";
import { useRaceState } from "../race/useRace.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { showView } from "../tab.ts";
import { useRuns } from "./RunsContext.tsx";

/** Puts the settings, their data and the charts' view into the page's address, and copies it. */
export function ShareButton() {
  const studio = useStudio();
  const runs = useRuns();
  const config = useStudioState((state) => state.configuration.config);
  return (
    <CopyLink
      label="Share settings"
      disabled={!config}
      make={() => {
        const { dataset } = studio.store.getState();
        return { config: config!, data: dataset && dataOf(dataset), view: runs.store.getState().view };
      }}
    />
  );
}

interface CopyLinkProps {
  label: string;
  disabled: boolean;
  make(): Shared;
}

/** Puts what `make` gives into the page's address, and copies it. */
export function CopyLink({ label, disabled, make }: CopyLinkProps) {
  const [said, setSaid] = useState<string | null>(null);
  async function share(): Promise<void> {
    const hash = await toHash(make());
    if (!hash.ok) {
      setSaid(`${hash.problem.sentence} ${hash.problem.remedy}`);
      return;
    }
    history.replaceState(null, "", hash.value);
    const copied = await navigator.clipboard?.writeText(location.href).then(
      () => true,
      () => false,
    );
    setSaid(copied ? "Link copied" : "The link is in the address bar");
  }
  return (
    <>
      <Button leftSection={<Icon name="link" size={14} />} disabled={disabled} onClick={() => void share()}>
        {label}
      </Button>
      <span role="status">{said}</span>
    </>
  );
}

/** What a link brought, to look at; nothing changes until the person says so. */
export function SharedPreview() {
  const [shared, setShared] = useState<Shared | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    async function read(): Promise<void> {
      const parsed = await parseHash(location.hash);
      setShared(parsed.ok ? parsed.value : null);
      setProblem(parsed.ok ? null : parsed.problem);
    }
    void read();
    window.addEventListener("hashchange", read);
    return () => window.removeEventListener("hashchange", read);
  }, []);
  function close(): void {
    history.replaceState(null, "", location.pathname + location.search);
    setShared(null);
    setProblem(null);
  }
  if (problem)
    return (
      <Alert color="red" mb={10} withCloseButton onClose={close}>
        {problem.sentence} {problem.remedy}
      </Alert>
    );
  if (!shared) return null;
  if ("config" in shared) return <SharedSettings shared={shared} onClose={close} />;
  if ("setup" in shared) return <SharedRace shared={shared} onClose={close} />;
  return <SharedArena shared={shared} onClose={close} />;
}

interface PreviewProps<Kind> {
  shared: Kind;
  onClose(): void;
}

function SharedSettings({ shared, onClose }: PreviewProps<Extract<Shared, { config: unknown }>>) {
  const studio = useStudio();
  const runs = useRuns();
  const config = useStudioState((state) => state.configuration.config);
  const isSame =
    config !== null &&
    configDifference(config, shared.config) === "the same" &&
    config.seed === shared.config.seed;
  function use(): void {
    studio.importConfiguration(JSON.stringify(shared.config), "the link");
    runs.setView(shared.view);
  }
  return (
    <Preview
      title="The link carries a configuration"
      onClose={onClose}
      use={use}
      data={shared.data}
      accept={isSame ? "Use its view" : "Use it"}
    >
      {config && `Against your settings: ${configDifference(config, shared.config)}. `}
      Seed {shared.config.seed}.
    </Preview>
  );
}

function SharedArena({ shared, onClose }: PreviewProps<Extract<Shared, { members: unknown }>>) {
  const { arena } = useStudio();
  const { members, seeds, data } = shared;
  const [first] = members;
  const isSame = useArenaState(
    ({ setup }) => setup.seeds === seeds && JSON.stringify(setup.members) === JSON.stringify(members),
  );
  function use(): void {
    if (!isSame) arena.setUp(members, seeds);
    showView("arena");
  }
  const described = members.map(({ name, config }, m) =>
    m === 0 ? name : `${name} (${configDifference(first!.config, config)})`,
  );
  return (
    <Preview
      title="The link carries an arena"
      onClose={onClose}
      use={use}
      data={data}
      {...(isSame && { accept: "Show it" })}
    >
      {isSame && "It is the one that is set up here: "}
      {described.join(", ")}. {seeds === 1 ? "One seed" : `${seeds} seeds`}, from {first!.config.seed}.
      {shared.found && (
        <>
          <br />
          Found by who shared it, at the end on held-out rows: {shared.found.atTheEnd}
          <br />
          While learning, on the first pass: {shared.found.whileLearning}
        </>
      )}
    </Preview>
  );
}

function SharedRace({ shared, onClose }: PreviewProps<Extract<Shared, { setup: unknown }>>) {
  const studio = useStudio();
  const { base, setup, data, found } = shared;
  const config = useStudioState((state) => state.configuration.config);
  const isSetUp = useRaceState((race) => JSON.stringify(race.setup) === JSON.stringify(setup));
  const isSame = isSetUp && config !== null && JSON.stringify(config) === JSON.stringify(base);
  function use(): void {
    if (!isSame) {
      studio.importConfiguration(JSON.stringify(base), "the link");
      studio.race.setUp(setup);
    }
    showView("race");
  }
  return (
    <Preview
      title="The link carries a race"
      onClose={onClose}
      use={use}
      data={data}
      {...(isSame && { accept: "Show it" })}
    >
      {isSame && "It is the one that is set up here: "}
      {setup.rows.map(({ path, text }) => `${path}: ${text}`).join("; ")}.
      {found && (
        <>
          <br />
          Found by who shared it: {found.chosen} {found.verdict !== null && `On test rows: ${found.verdict}`}
        </>
      )}
    </Preview>
  );
}

interface PreviewFrameProps {
  title: string;
  data: RunData | null;
  /** The words of the button that takes it over. */
  accept?: string;
  /** Takes over what the link carries, but for its data. */
  use(): void;
  onClose(): void;
  children: ReactNode;
}

function Preview({ title, data, accept: words = "Use it", use, onClose, children }: PreviewFrameProps) {
  const studio = useStudio();
  const identity = useStudioState((state) => state.dataset?.summary.identity ?? null);
  const otherData = data !== null && data.identity !== identity;
  function accept(): void {
    use();
    if (otherData && data.location) void studio.openDataset(data.location);
    onClose();
  }
  return (
    <Alert mb={10} title={title} data-testid="shared">
      {children}{" "}
      {data &&
        (otherData ? `Its data set is another one, ${data.name}` : `Its data set is open: ${data.name}`)}
      {otherData && (data.location ? "; using the link opens it." : ", which was picked from files.")}
      {data && !otherData && "."}
      <Group gap="xs" mt={8}>
        <Button variant="filled" onClick={accept}>
          {words}
        </Button>
        <Button onClick={onClose}>Leave my settings</Button>
      </Group>
    </Alert>
  );
}
