interface SwatchProps {
  color: string;
  dashes?: string | undefined;
  width?: number;
  sign?: string | null;
}

/** A piece of a line, as the charts draw it. */
export function Swatch({ color, dashes, width = 2, sign = null }: SwatchProps) {
  return (
    <svg width="24" height="10" aria-hidden="true">
      <line x2="24" y1="5" y2="5" stroke={color} strokeWidth={width} strokeDasharray={dashes} />
      {sign && <path d={`M12 5${sign}`} fill="var(--surface)" stroke={color} strokeWidth={1.5} />}
    </svg>
  );
}
