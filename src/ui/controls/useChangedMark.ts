import { useMemo } from "react";
import { preset } from "../../model/presets.ts";
import { valueAt } from "../../store/configuration/draft.ts";
import { useStudioState } from "../StudioContext.tsx";
import classes from "./controls.module.css";

/** What marks a label whose value at `path` is not the preset's; nothing where it is. */
export function useChangedMark(path: string): { labelProps?: { className: string; title: string } } {
  const base = useStudioState((state) => state.basePreset);
  const value = useStudioState((state) => valueAt(state.configuration.draft, path));
  const before = useMemo(() => valueAt(preset(base), path), [base, path]);
  if (JSON.stringify(value) === JSON.stringify(before)) return {};
  const was = before === undefined ? "has none" : `has ${JSON.stringify(before).replaceAll('"', "")}`;
  return { labelProps: { className: classes.changed!, title: `Changed: ${base} ${was}` } };
}
