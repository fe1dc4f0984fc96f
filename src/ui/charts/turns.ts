// Charts draw one after another, one a frame: all at once they would hold the page up for longer than a key press may wait.

type Draw = () => void;

const waiting = new Set<Draw>();
let scheduled = false;

/** Calls `draw` in a task of its own, after a frame; asking twice before that draws once. A hidden page draws nothing. */
export function takeTurn(draw: Draw): void {
  waiting.add(draw);
  if (!scheduled) schedule();
}

/** Takes back what `takeTurn` was asked. */
export function leaveTurn(draw: Draw): void {
  waiting.delete(draw);
}

function schedule(): void {
  scheduled = true;
  requestAnimationFrame(() => setTimeout(next));
}

function next(): void {
  scheduled = false;
  const [draw] = waiting;
  if (!draw) return;
  waiting.delete(draw);
  if (waiting.size > 0) schedule();
  draw();
}
