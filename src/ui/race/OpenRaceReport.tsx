import { Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { parsedFile } from "../../base/fileText.ts";
import type { Problem } from "../../base/problem.ts";
import { parseRaceFile } from "../../race/raceFile.ts";
import { FileChoice } from "../FileChoice.tsx";
import { moment } from "../format.ts";
import { Icon } from "../Icon.tsx";
import { useStudio } from "../StudioContext.tsx";
import classes from "./race.module.css";
import { useRaceState } from "./useRace.ts";

/** Shows the race of a report or of the command line's folder, in place of the page's own until it is closed. */
export function OpenRaceReport() {
  const { race } = useStudio();
  const [problem, setProblem] = useState<Problem | null>(null);
  async function open(file: File | null): Promise<void> {
    if (!file) return;
    const parsed = await parsedFile(file, parseRaceFile);
    setProblem(parsed.ok ? null : parsed.problem);
    if (parsed.ok) race.open(parsed.value, file.name);
  }
  return (
    <>
      <FileChoice
        accept=".html,text/html,.json"
        onChange={open}
        inputProps={{ "aria-label": "Race to open" }}
      >
        {(props) => (
          <Button {...props} size="sm" leftSection={<Icon name="upload" size={14} />}>
            Open a race
          </Button>
        )}
      </FileChoice>
      {problem && (
        <Text size="xs" c="var(--mantine-color-error)" component="p" m={0} w="100%" role="alert">
          {problem.sentence} {problem.remedy}
        </Text>
      )}
    </>
  );
}

/** Whose race is on show, and the way back to the page's own. */
export function OpenedRace() {
  const { race } = useStudio();
  const opened = useRaceState((state) => state.opened);
  if (!opened) return null;
  const { fileName, startedAt, data, progress } = opened;
  const begun = startedAt === null ? "" : `, begun ${moment(startedAt)}`;
  const end = progress.outcome ? "" : " It did not come to its end.";
  return (
    <section className={classes.card} aria-label="Opened race" data-testid="opened-race">
      <Group justify="space-between" gap="xs">
        <Text size="sm" component="p" m={0}>
          A race from {fileName}
          {begun} on {data?.name ?? "data that it does not name"}.{end} It can be looked at; what this page
          races stays as it is.
        </Text>
        <Button size="compact-sm" onClick={race.closeOpened}>
          Close this race
        </Button>
      </Group>
    </section>
  );
}
