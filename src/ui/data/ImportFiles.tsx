import { Text } from "@mantine/core";
import type { LogReport } from "../../datasets/requests.ts";
import { leftOutText } from "../../preprocess/formats/setAside.ts";
import { count } from "../format.ts";
import classes from "./data.module.css";

const ROWS_OF = { train: "training rows", valid: "validation rows", test: "test rows" };
/** Of more files only their number is said. */
const MOST_SHOWN = 12;

/** Which of several files are read, and what becomes of the rows of each. */
export function ImportFiles({
  report: { files, splitsUnclear, leftOut },
  named,
}: {
  report: LogReport;
  /** Their names decide. */
  named: boolean;
}) {
  if (files.length < 2 && leftOut.length === 0) return null;
  const hidden = files.length - MOST_SHOWN;
  return (
    <div>
      <ul className={classes.files} aria-label="Files that are read">
        {files.slice(0, MOST_SHOWN).map((file) => (
          <li key={file.name}>
            <span>{file.name}</span>
            {named && file.split !== null && <span>{ROWS_OF[file.split]}</span>}
          </li>
        ))}
        {hidden > 0 && <li>and {count(hidden)} more</li>}
      </ul>
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
