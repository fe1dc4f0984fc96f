import { useEffect, useState } from "react";
import classes from "./data.module.css";

/** While files are dragged over the page: that it takes them, and which. */
export function DropPlace() {
  const [isDragged, setIsDragged] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent) => setIsDragged(event.dataTransfer?.types.includes("Files") ?? false);
    // It goes from element to element; with none to go to it left the page.
    const leave = (event: DragEvent) => event.relatedTarget === null && setIsDragged(false);
    const end = () => setIsDragged(false);
    window.addEventListener("dragover", over);
    window.addEventListener("dragleave", leave);
    window.addEventListener("drop", end, { capture: true });
    return () => {
      window.removeEventListener("dragover", over);
      window.removeEventListener("dragleave", leave);
      window.removeEventListener("drop", end, { capture: true });
    };
  }, []);
  if (!isDragged) return null;
  return (
    <div className={classes.dropPlace} data-testid="drop-place">
      <p>Drop a log, a data set’s folder, a checkpoint, a configuration or a report</p>
    </div>
  );
}
