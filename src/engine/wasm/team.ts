// Runs kernels on several threads. Each thread has the kernels as an instance of its own over one shared memory, and takes
// the next task that nobody has; tasks do not depend on each other, so results are the same for every number of threads.

import type { KernelHeap } from "./heap.ts";
import type { Call, KernelExports, KernelName } from "./signatures.ts";

export interface KernelTeam {
  /** The leader's and its helpers'. */
  readonly threads: number;
  /** On the leader's own thread. */
  readonly kernels: KernelExports;
  readonly heap: KernelHeap;
  /** Does every task, a sequence of calls each, and returns when all are done. */
  run(tasks: readonly (readonly Call[])[]): void;
}

/** What a helper is started with. */
export interface HelperOrder {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  board: SharedArrayBuffer;
}

// The board: a ticket whose low bits count the tasks left to take and whose high bits change with every call of `run`, so
// that a helper who comes late takes nothing; the number of tasks not done yet; whether a kernel failed; then where each
// task's calls end, and the calls: kernel, how many numbers, the numbers.
const TICKET = 0;
const UNDONE = 1;
const FAILED = 2;
const HEADER = 4;
const TASK_BITS = 12;
const MOST_TASKS = 2 ** TASK_BITS - 1;
const MOST_CALLS = 2 * MOST_TASKS;
const CALL_NUMBERS = 24;
// Looks at the board before a thread goes to sleep: waking up takes longer than most pauses.
const LOOKS = 2000;

interface Board {
  state: Int32Array;
  taskEnds: Int32Array;
  calls: Float64Array;
}

/** A thread's kernels by number: every thread numbers them alike. */
type NumberedKernels = readonly KernelExports[KernelName][];

/** The board of a new team. */
export function createBoard(): SharedArrayBuffer {
  return new SharedArrayBuffer(boardBytes());
}

/** One thread alone: tasks are done in order. */
export function soloTeam(kernels: KernelExports, heap: KernelHeap): KernelTeam {
  return {
    threads: 1,
    kernels,
    heap,
    run(tasks) {
      for (const task of tasks) for (const { kernel, numbers } of task) kernels[kernel](...numbers);
    },
  };
}

/** The leader of a team whose `helpers` helpers work on the same memory and board. */
export function leadTeam(
  kernels: KernelExports,
  heap: KernelHeap,
  buffer: SharedArrayBuffer,
  helpers: number,
): KernelTeam {
  const board = viewBoard(buffer);
  const numbered = numberKernels(kernels);
  const indices = new Map(kernelNames(kernels).map((name, i) => [name, i]));
  const solo = soloTeam(kernels, heap);
  let turn = 0;

  function publish(tasks: readonly (readonly Call[])[]): void {
    let calls = 0;
    // Tasks are taken from the last one on.
    for (const [i, task] of [...tasks].reverse().entries()) {
      for (const { kernel, numbers } of task) {
        const at = calls++ * CALL_NUMBERS;
        board.calls[at] = indices.get(kernel)!;
        board.calls[at + 1] = numbers.length;
        for (let i = 0; i < numbers.length; i++) board.calls[at + 2 + i] = numbers[i]!;
      }
      board.taskEnds[i] = calls;
    }
    turn = (turn + 1) % 2 ** (31 - TASK_BITS);
    Atomics.store(board.state, UNDONE, tasks.length);
    Atomics.store(board.state, TICKET, (turn << TASK_BITS) | tasks.length);
    Atomics.notify(board.state, TICKET);
  }

  function waitForAll(): void {
    for (let look = 0; ; look++) {
      const undone = Atomics.load(board.state, UNDONE);
      if (undone === 0) break;
      if (look > LOOKS) Atomics.wait(board.state, UNDONE, undone);
    }
    if (Atomics.exchange(board.state, FAILED, 0)) throw new Error("a kernel failed");
  }

  return {
    threads: helpers + 1,
    kernels,
    heap,
    run(tasks) {
      if (tasks.length < 2) {
        solo.run(tasks);
        return;
      }
      for (const slice of slices(tasks)) {
        publish(slice);
        while (takeTask(board, numbered));
        waitForAll();
      }
    },
  };
}

/** A helper's whole life: does tasks as they come, and sleeps between them. Never returns. */
export function help({ module, memory, board: buffer }: HelperOrder): never {
  const board = viewBoard(buffer);
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  const numbered = numberKernels(kernels);
  for (;;) {
    let looks = 0;
    while (!takeTask(board, numbered)) {
      const ticket = Atomics.load(board.state, TICKET);
      if (tasksLeft(ticket) === 0 && looks++ > LOOKS) Atomics.wait(board.state, TICKET, ticket);
    }
  }
}

const numbers: number[] = [];

/** Takes a task and does it; false where there is none. */
function takeTask({ state, taskEnds, calls }: Board, kernels: NumberedKernels): boolean {
  const ticket = Atomics.load(state, TICKET);
  const left = tasksLeft(ticket);
  if (left === 0) return false;
  if (Atomics.compareExchange(state, TICKET, ticket, ticket - 1) !== ticket) return true;
  try {
    const task = left - 1;
    for (let call = task > 0 ? taskEnds[task - 1]! : 0; call < taskEnds[task]!; call++) {
      const at = call * CALL_NUMBERS;
      const count = calls[at + 1]!;
      // An ordinary array is spread three times as fast as a typed one.
      numbers.length = count;
      for (let i = 0; i < count; i++) numbers[i] = calls[at + 2 + i]!;
      kernels[calls[at]!]!(...numbers);
    }
  } catch {
    Atomics.store(state, FAILED, 1);
  }
  if (Atomics.sub(state, UNDONE, 1) === 1) Atomics.notify(state, UNDONE);
  return true;
}

function tasksLeft(ticket: number): number {
  return ticket & MOST_TASKS;
}

function numberKernels(kernels: KernelExports): NumberedKernels {
  return kernelNames(kernels).map((name) => kernels[name]);
}

function kernelNames(kernels: KernelExports): KernelName[] {
  return (Object.keys(kernels) as KernelName[]).filter((name) => typeof kernels[name] === "function").sort();
}

/** As many tasks at once as the board holds. */
function* slices(tasks: readonly (readonly Call[])[]): Generator<readonly (readonly Call[])[]> {
  let first = 0;
  let calls = 0;
  for (const [i, task] of tasks.entries()) {
    if (i - first === MOST_TASKS || calls + task.length > MOST_CALLS) {
      yield tasks.slice(first, i);
      first = i;
      calls = 0;
    }
    calls += task.length;
  }
  yield tasks.slice(first);
}

function boardBytes(): number {
  return 4 * (HEADER + MOST_TASKS + 1) + 8 * MOST_CALLS * CALL_NUMBERS;
}

function viewBoard(buffer: SharedArrayBuffer): Board {
  const ends = 4 * HEADER;
  const calls = ends + 4 * (MOST_TASKS + 1);
  return {
    state: new Int32Array(buffer, 0, HEADER),
    taskEnds: new Int32Array(buffer, ends, MOST_TASKS),
    calls: new Float64Array(buffer, calls, MOST_CALLS * CALL_NUMBERS),
  };
}
