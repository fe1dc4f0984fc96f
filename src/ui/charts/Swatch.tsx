/** A piece of a line, as the charts draw it. */
export function Swatch({
  color,
  dashes,
  width = 2,
}: {
  color: string;
  dashes: string | undefined;
  width?: number;
}) {
  return (
    <svg width="24" height="8" aria-hidden="true">
      <line x2="24" y1="4" y2="4" stroke={color} strokeWidth={width} strokeDasharray={dashes} />
    </svg>
  );
}
