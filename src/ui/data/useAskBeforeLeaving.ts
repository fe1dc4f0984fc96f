import { useEffect } from "react";
import { useDatasets } from "./useDatasets.ts";

/** The browser asks before the page is closed or reloaded while it writes a data set. */
export function useAskBeforeLeaving(): void {
  const writes = useDatasets(({ work }) => work?.writes ?? false);
  useEffect(() => {
    if (!writes) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [writes]);
}
