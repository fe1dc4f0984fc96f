import classes from "./charts.module.css";
import type { Scales } from "./scales.ts";

/** A place on x where a run was cut off and went on, and what happened. */
export interface Cut {
  at: number;
  word: string;
}

interface CutLinesProps {
  cuts: readonly Cut[];
  scales: Scales;
  width: number;
  height: number;
}

/** What a word takes of the width. */
const WORD_WIDTH = 48;

/** A line at each cut, named on the side that has space: of several close to each other the first. */
export function CutLines({ cuts, scales, width, height }: CutLinesProps) {
  let free = 0;
  return cuts.map(({ at, word }, i) => {
    const left = scales.left(at);
    if (left < 0 || left > width) return null;
    const isLeft = left + WORD_WIDTH > width;
    const isNamed = isLeft ? left - WORD_WIDTH >= free : left >= free;
    if (isNamed) free = left + (isLeft ? 0 : WORD_WIDTH);
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: a run may be cut off twice at one place
      <g key={i} className={classes.level} data-cut={word}>
        <line x1={left} x2={left} y2={height} strokeDasharray="5 3" />
        {isNamed && (
          <text x={left + (isLeft ? -3 : 3)} y={height - 4} textAnchor={isLeft ? "end" : "start"}>
            {word}
          </text>
        )}
      </g>
    );
  });
}
