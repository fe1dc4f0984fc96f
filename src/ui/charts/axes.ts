// What the charts of the arena and of the branches have in common.

export const MARGIN = { top: 6, right: 10, bottom: 0, left: 0 };

export const AXIS = {
  tick: { fontSize: 11, fill: "var(--mantine-color-dimmed)" },
  tickLine: false,
  stroke: "var(--hairline)",
  niceTicks: "none",
  interval: 0,
} as const;
