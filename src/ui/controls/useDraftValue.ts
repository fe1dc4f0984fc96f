import { valueAt } from "../../store/configuration/draft.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";

/** The draft's value at `path`, and how to change it. */
export function useDraftValue<T>(path: string): [T, (value: T) => void] {
  const studio = useStudio();
  const value = useStudioState((state) => valueAt(state.configuration.draft, path)) as T;
  return [value, (changed) => studio.edit(path, changed)];
}
