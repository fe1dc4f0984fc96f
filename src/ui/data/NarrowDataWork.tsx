import { Card, em, getBreakpointValue, useMantineTheme } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { DataWork } from "./DataWork.tsx";
import { useDatasets } from "./useDatasets.ts";

/** Work on data above the tabs, while the settings, where it stands otherwise, are in a drawer. */
export function NarrowDataWork() {
  const { breakpoints } = useMantineTheme();
  const isNarrow = useMediaQuery(`(max-width: ${em(getBreakpointValue("md", breakpoints) - 0.1)})`);
  const isArenaActive = useDatasets(({ work }) => work !== null);
  if (!isNarrow || !isArenaActive) return null;
  return (
    <Card withBorder padding="xs">
      <DataWork />
    </Card>
  );
}
