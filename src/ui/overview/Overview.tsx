import { RecordedArena } from "../arena/RecordedArena.tsx";
import { ColumnsTable } from "./ColumnsTable.tsx";
import { Introduction } from "./Introduction.tsx";
import { ModelDiagram } from "./ModelDiagram.tsx";
import classes from "./overview.module.css";
import { Result } from "./Result.tsx";

/** Before a run: what this is, what will be trained, on what. After one: what it came to. */
export function Overview() {
  return (
    <div className={classes.overview}>
      <Introduction />
      <Result />
      <ModelDiagram />
      <RecordedArena />
      <ColumnsTable />
    </div>
  );
}
