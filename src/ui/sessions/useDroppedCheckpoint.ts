import { useEffect } from "react";
import { useStudio } from "../StudioContext.tsx";

/** A checkpoint may be dropped anywhere on the page; what is dropped beside its place never replaces the page. */
export function useDroppedCheckpoint(): void {
  const { sessions } = useStudio();
  useEffect(() => {
    const allow = (event: DragEvent) => event.preventDefault();
    function take(event: DragEvent): void {
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      const checkpoint = files.find(({ name }) => name.endsWith(".safetensors"));
      if (!checkpoint) return;
      // The place for data sets below it must not take it too.
      event.stopPropagation();
      void sessions.inspect(checkpoint);
    }
    window.addEventListener("dragover", allow);
    window.addEventListener("drop", take, { capture: true });
    return () => {
      window.removeEventListener("dragover", allow);
      window.removeEventListener("drop", take, { capture: true });
    };
  }, [sessions]);
}
