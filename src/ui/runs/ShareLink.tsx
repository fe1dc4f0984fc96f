import { Alert, Button, Group } from "@mantine/core";
import { useEffect, useState } from "react";
import type { Problem } from "../../base/problem.ts";
import { configDifference } from "../../store/configDifference.ts";
import { lastingLocation } from "../../store/runsRecord.ts";
import { parseHash, type Shared, toHash } from "../../store/share.ts";
import { Icon } from "../Icon.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { useRuns } from "./RunsContext.tsx";

/** Puts the settings, their data and the charts' view into the page's address, and copies it. */
export function ShareButton() {
  const studio = useStudio();
  const runs = useRuns();
  const config = useStudioState((state) => state.configuration.config);
  const [said, setSaid] = useState<string | null>(null);
  async function share(): Promise<void> {
    const { dataset } = studio.store.getState();
    const data = dataset && {
      ...{ name: dataset.summary.name, identity: dataset.summary.identity },
      location: lastingLocation(dataset.location),
    };
    const hash = await toHash({ config: config!, data, view: runs.store.getState().view });
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
      <Button
        variant="default"
        leftSection={<Icon name="link" size={14} />}
        disabled={!config}
        onClick={() => void share()}
      >
        Share settings
      </Button>
      <span role="status">{said}</span>
    </>
  );
}

/** What a link brought, to look at; nothing changes until the person says so. */
export function SharedPreview() {
  const studio = useStudio();
  const runs = useRuns();
  const [shared, setShared] = useState<Shared | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const config = useStudioState((state) => state.configuration.config);
  const identity = useStudioState((state) => state.dataset?.summary.identity ?? null);
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
      <Alert color="red" variant="light" mb={10} withCloseButton closeButtonLabel="Dismiss" onClose={close}>
        {problem.sentence} {problem.remedy}
      </Alert>
    );
  if (!shared) return null;
  const { data, view } = shared;
  const otherData = data !== null && data.identity !== identity;
  function use(): void {
    studio.importConfiguration(JSON.stringify(shared!.config), "the link");
    runs.setView(view);
    if (otherData && data.location) void studio.openDataset(data.location);
    close();
  }
  return (
    <Alert variant="light" mb={10} title="The link carries a configuration" data-testid="shared">
      {config && `Against your settings: ${configDifference(config, shared.config)}. `}
      Seed {shared.config.seed}.{" "}
      {data &&
        (otherData ? `Its data set is another one, ${data.name}` : `Its data set is open: ${data.name}`)}
      {otherData && (data.location ? "; using the link opens it." : ", which was picked from files.")}
      {data && !otherData && "."}
      <Group gap="xs" mt={8}>
        <Button onClick={use}>Use it</Button>
        <Button variant="default" onClick={close}>
          Leave my settings
        </Button>
      </Group>
    </Alert>
  );
}
