// The few icons that the studio needs, drawn with strokes of the text's colour.

const PATHS = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M8 5v14M16 5v14",
  step: "M6 5v14l9-7zM18 5v14",
  stop: "M6 6h12v12H6z",
  up: "M12 19V6M6 11l6-6 6 6",
  down: "M12 5v13M6 13l6 6 6-6",
  remove: "M6 6l12 12M18 6L6 18",
  add: "M12 5v14M5 12h14",
  settings: "M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5",
  moon: "M20 14.5A8 8 0 0 1 9.5 4a8 8 0 1 0 10.5 10.5z",
  info: "M12 11v6M12 7.5v.5M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18",
  upload: "M12 16V5M7 9l5-5 5 5M5 16v4h14v-4",
  download: "M12 4v11M7 11l5 5 5-5M5 16v4h14v-4",
  warning: "M12 4l9 16H3zM12 10v4M12 17v.5",
  device: "M4 5h16v11H4zM9 20h6M12 16v4",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
  hidden:
    "M4 4l16 16M9 5.5A10 10 0 0 1 12 5c6 0 10 7 10 7a17 17 0 0 1-3 3.6M6 7.5A17 17 0 0 0 2 12s4 7 10 7a10 10 0 0 0 4.5-1",
  solo: "M12 3v4M12 17v4M3 12h4M17 12h4M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8",
  pin: "M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v6",
  edit: "M4 20l1-4L16 5l3 3L8 19z",
  fork: "M7 4v6a4 4 0 0 0 4 4h6M7 4v16M14 10l4 4-4 4",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  delete: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  menu: "M4 6h16M4 12h16M4 18h16",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
  queue: "M4 6h16M4 12h10M4 18h10M18 14v7M15 18l3 3 3-3",
} as const;

const FILLED = new Set<IconName>(["play", "stop"]);

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={FILLED.has(name) ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth={2}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
