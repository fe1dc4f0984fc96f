import { useMemo } from "react";
import { preset } from "../../model/presets.ts";
import { valueAt } from "../../store/configuration/draft.ts";
import { meaningOfField } from "../explain/fieldTerms.ts";
import { useStudioState } from "../StudioContext.tsx";
import classes from "./controls.module.css";

interface FieldLabel {
  labelProps?: { className: string };
  "aria-description"?: string;
}

/** What a field says of itself: its meaning, and what the preset has instead. */
export function useFieldLabel(path: string): FieldLabel {
  const base = useStudioState((state) => state.basePreset);
  const value = useStudioState((state) => valueAt(state.configuration.draft, path));
  const before = useMemo(() => valueAt(preset(base), path), [base, path]);
  const meaning = meaningOfField(path);
  const isChanged = JSON.stringify(value) !== JSON.stringify(before);
  const was =
    before === undefined || before === null
      ? "has none"
      : `has ${JSON.stringify(before).replaceAll('"', "")}`;
  const change = isChanged ? `Changed: ${base} ${was}.` : null;
  const said = [meaning, change].filter((sentence) => sentence !== null).join(" ");
  return {
    ...(isChanged && { labelProps: { className: classes.changed! } }),
    ...(said && { "aria-description": said }),
  };
}
