// Which control a problem is about, and the way there.

import { useStudioState } from "../StudioContext.tsx";

/** The id of the control of a configuration's field, or of another control that a problem names. */
export function controlId(path: string): string {
  return `control-${path.replaceAll(".", "-")}`;
}

/** What to say at the control of `path`; null while nothing is wrong there. */
export function useFault(path: string): string | null {
  return useStudioState(({ configuration }) => {
    const { problem } = configuration;
    return problem?.control === path ? `${problem.reason ?? problem.sentence} ${problem.remedy}` : null;
  });
}

/** Whether a control below `path` is at fault. */
export function useHasFault(path: string): boolean {
  return useStudioState(({ configuration }) => {
    const control = configuration.problem?.control;
    return control === path || (control?.startsWith(`${path}.`) ?? false);
  });
}

export function focusControl(path: string): void {
  const control = document.getElementById(controlId(path));
  control?.scrollIntoView({ block: "center" });
  control?.focus();
}
