// How fast a run trains.

/** Rows per second of training alone: the first step (which compiles) and all waiting excluded. */
export function createThroughput(): { add(rows: number, seconds: number): void; rowsPerSecond(): number } {
  let warm = false;
  let rows = 0;
  let seconds = 0;
  return {
    add(moreRows, moreSeconds) {
      if (warm) {
        rows += moreRows;
        seconds += moreSeconds;
      }
      if (moreRows > 0) warm = true;
      // Half of what is long ago is forgotten, so the figure follows the machine.
      if (seconds > 20) {
        rows /= 2;
        seconds /= 2;
      }
    },
    rowsPerSecond: () => (seconds > 0 ? rows / seconds : 0),
  };
}
