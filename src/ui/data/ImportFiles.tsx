import { Button, Checkbox, Group, Text } from "@mantine/core";
import { useState } from "react";
import type { ChosenFile, FilesSaid, LogReport } from "../../datasets/requests.ts";
import { leftOutText } from "../../preprocess/formats/setAside.ts";
import { count } from "../format.ts";
import { useStudio } from "../StudioContext.tsx";
import classes from "./data.module.css";

const ROWS_OF = { train: "training rows", valid: "validation rows", test: "test rows" };
/** Of more files only their number is said. */
const MOST_SHOWN = 12;

interface ImportFilesProps {
  report: LogReport;
  /** Their names decide. */
  named: boolean;
  files: ChosenFile[];
  said: FilesSaid;
}

/** Which of several files are read, and what becomes of the rows of each; they can be unticked. */
export function ImportFiles({ report, named, files: chosen, said }: ImportFilesProps) {
  const { files, splitsUnclear, leftOut } = report;
  if (files.length < 2 && leftOut.length === 0 && !said.only) return null;
  const splits = new Map(named ? files.map(({ name, split }) => [name, split]) : []);
  const nameOf = (name: string) => {
    const split = splits.get(name);
    return split ? `${name} (${ROWS_OF[split]})` : name;
  };
  return (
    <div>
      <ReadFiles names={files.map(({ name }) => name)} nameOf={nameOf} chosen={chosen} said={said} />
      {leftOut.length > 0 && (
        <ul className={classes.files} aria-label="Files that are left out">
          {leftOut.slice(0, MOST_SHOWN).map((file) => (
            <li key={file.name}>Left out: {leftOutText(file)}.</li>
          ))}
          {leftOut.length > MOST_SHOWN && <li>and {count(leftOut.length - MOST_SHOWN)} more</li>}
        </ul>
      )}
      {splitsUnclear && (
        <Text size="xs" mt={4}>
          {splitsUnclear.sentence} So all rows are dealt anew.
        </Text>
      )}
    </div>
  );
}

/** The files that are read. Where some are unticked the rest is looked at anew: columns and rows may be others. */
function ReadFiles({
  names,
  nameOf,
  chosen,
  said,
}: {
  names: string[];
  nameOf(name: string): string;
  chosen: ChosenFile[];
  said: FilesSaid;
}) {
  const { datasets } = useStudio();
  const [kept, setKept] = useState(names);
  const lookAgain = (only?: string[]) => {
    const { only: _, ...rest } = said;
    void datasets.look(chosen, only ? { ...rest, only } : rest);
  };
  const hidden = names.length - MOST_SHOWN;
  return (
    <>
      <Checkbox.Group aria-label="Files that are read" value={kept} onChange={setKept}>
        <ul className={classes.files}>
          {names.slice(0, MOST_SHOWN).map((name) => (
            <li key={name}>
              <Checkbox size="xs" value={name} label={nameOf(name)} disabled={names.length === 1} />
            </li>
          ))}
          {hidden > 0 && <li>and {count(hidden)} more</li>}
        </ul>
      </Checkbox.Group>
      <Group gap="xs" mt={4}>
        {kept.length < names.length && (
          <Button size="compact-xs" disabled={kept.length === 0} onClick={() => lookAgain(kept)}>
            Look again, at these alone
          </Button>
        )}
        {said.only && (
          <Button size="compact-xs" onClick={() => lookAgain()}>
            Look again, at all files
          </Button>
        )}
      </Group>
    </>
  );
}
