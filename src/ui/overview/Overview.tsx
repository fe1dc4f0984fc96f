import { RecordedArena } from "../arena/RecordedArena.tsx";
import { ColumnsTable } from "./ColumnsTable.tsx";
import { ModelDiagram } from "./ModelDiagram.tsx";
import classes from "./overview.module.css";
import { Result, useIsFirstVisit } from "./Result.tsx";

/** Before anything was trained: what this is, what will be trained, on what. After that: what was found last. */
export function Overview() {
  const isFirstVisit = useIsFirstVisit();
  return (
    <div className={classes.overview}>
      <Result />
      <ModelDiagram />
      {isFirstVisit && <RecordedArena />}
      <ColumnsTable />
    </div>
  );
}
