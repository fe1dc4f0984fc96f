import { RecordedArena } from "../arena/RecordedArena.tsx";
import { ColumnsTable } from "./ColumnsTable.tsx";
import { ModelDiagram } from "./ModelDiagram.tsx";
import classes from "./overview.module.css";

/** Before a run: what will be trained, on what. */
export function Overview() {
  return (
    <div className={classes.overview}>
      <RecordedArena />
      <ModelDiagram />
      <ColumnsTable />
    </div>
  );
}
