// bench --suite=peers: the studio and PyTorch on the same cores, in turn, with the same model, parameters and batches. Each
// trains for a while, then the other; the first steps' losses must agree, so that both do the same work.

import { spawn } from "node:child_process";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Batch } from "../../base/batch.ts";
import { problemError } from "../../base/result.ts";
import {
  categoricalUniqueShare,
  type StepCase,
  type StepConfigName,
  stepBatches,
  stepCase,
  withEveryValue,
} from "../../check/stepCases.ts";
import { createEngine } from "../../engine/create.ts";
import type { Engine, EngineDescription } from "../../engine/engine.ts";
import type { Config } from "../../model/config.ts";
import { type DeviceOptions, openDevice } from "../device.ts";
import { say } from "../log.ts";

export interface PeersRequest extends DeviceOptions {
  config: StepConfigName;
  /** Rows of a batch, where that is not the configuration's. */
  batchSize: number | null;
  /** Every value has an id, frequent or not. */
  everyValue: boolean;
  /** The Python to start. */
  python: string;
  /** Turns of each, and the seconds that one lasts at least. */
  rounds: number;
  seconds: number;
}

export interface PeersFigures {
  config: StepConfigName;
  batchSize: number;
  tableRows: number;
  /** Unique ids over rows × 26 categorical columns. */
  uniqueShare: number;
  threads: number;
  studio: TurnFigures & { description: EngineDescription };
  pytorch: TurnFigures & { version: string; capability: string };
  /** The studio's rate over PyTorch's, of the median and of the fast steps. */
  ratio: number;
  fastRatio: number;
}

interface TurnFigures {
  /** Of the median step, and of one that nine in ten are slower than: what a machine without other work does. */
  rowsPerSecond: number;
  fastRowsPerSecond: number;
  timedSteps: number;
  /** Log loss of the fused output at the first steps, before each update. */
  firstLosses: number[];
}

interface Turn {
  seconds: number[];
  losses: number[];
}

interface Trainer {
  /** Trains for that long, one step at least. */
  train(seconds: number): Promise<Turn>;
  close(): void;
}

const BATCHES = 3;
/** Relative difference of the first losses; dropout draws other numbers in PyTorch. */
const AGREEMENT = 1e-3;
const AGREEMENT_WITH_DROPOUT = 0.05;

/** Throws a ProblemError where Python or PyTorch is missing, or where the two do not compute the same. */
export async function benchPeers(request: PeersRequest): Promise<PeersFigures> {
  const { threads = 2, simd = "relaxed", python, rounds, seconds } = request;
  await openDevice("WASM", { threads, simd });
  const usual = stepCase(request.config, request.batchSize === null ? {} : { batchSize: request.batchSize });
  const measured = request.everyValue ? withEveryValue(usual) : usual;
  const { config, shape } = measured;
  const batches = stepBatches(measured, BATCHES);
  const engine = await createEngine("fast", config, shape);
  const { trainer: pytorch, ...peer } = await startPeer(python, measured, batches, engine, threads);
  const studio = studioTrainer(engine, batches, config.optimizer.learningRate);
  const trainers = { studio, pytorch };
  const turns = { studio: [] as Turn[], pytorch: [] as Turn[] };
  try {
    for (let round = 0; round <= rounds; round++)
      for (const name of ["studio", "pytorch"] as const) {
        const turn = await trainers[name].train(seconds);
        turns[name].push(turn);
        say(`${name}: ${Math.round(rate(config, [turn]))} rows/s`);
      }
    const figures = { studio: figuresOf(config, turns.studio), pytorch: figuresOf(config, turns.pytorch) };
    checkAgreement(config, figures.studio.firstLosses, figures.pytorch.firstLosses);
    return {
      config: request.config,
      batchSize: config.batchSize,
      tableRows: shape.tableRows,
      uniqueShare: categoricalUniqueShare(batches[0]!),
      threads,
      studio: { ...figures.studio, description: engine.description },
      pytorch: { ...figures.pytorch, ...peer },
      ratio: figures.studio.rowsPerSecond / figures.pytorch.rowsPerSecond,
      fastRatio: figures.studio.fastRowsPerSecond / figures.pytorch.fastRowsPerSecond,
    };
  } finally {
    studio.close();
    pytorch.close();
  }
}

function studioTrainer(engine: Engine, batches: Batch[], learningRate: number): Trainer {
  let position = 0;
  return {
    async train(seconds) {
      const turn: Turn = { seconds: [], losses: [] };
      const started = performance.now();
      while (turn.seconds.length === 0 || performance.now() - started < 1000 * seconds) {
        const before = performance.now();
        await engine.step(batches[position++ % batches.length]!, learningRate);
        const [report] = await engine.drain();
        turn.seconds.push((performance.now() - before) / 1000);
        turn.losses.push(report!.losses.fused);
      }
      return turn;
    },
    close: () => engine.dispose(),
  };
}

/** Starts PyTorch with the engine's parameters and the same batches. */
async function startPeer(
  python: string,
  measured: StepCase,
  batches: Batch[],
  engine: Engine,
  threads: number,
): Promise<{ trainer: Trainer; version: string; capability: string }> {
  const folder = await mkdtemp(join(tmpdir(), "bench-peers-"));
  try {
    await writeCase(folder, measured, batches, engine, threads);
    const script = fileURLToPath(new URL("./peer.py", import.meta.url));
    const child = spawn(python, [script, folder], { stdio: ["pipe", "pipe", "pipe"] });
    let complaint = "";
    child.stderr.on("data", (text) => {
      complaint = `${complaint}${text}`.slice(-2000);
    });
    // Why it cannot be started is in what the lines say: there are none.
    child.on("error", (error) => {
      complaint = error.message;
    });
    child.stdin.on("error", () => {});
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const answer = async <T>(): Promise<T> => {
      const { value, done } = await lines.next();
      if (done) throw problemError("torch-missing", { python, reason: lastLine(complaint) });
      return JSON.parse(value) as T;
    };
    const { torch, capability } = await answer<{ torch: string; capability: string }>();
    const trainer: Trainer = {
      train(seconds) {
        child.stdin.write(`${seconds}\n`);
        return answer<Turn>();
      },
      close: () => child.stdin.end(),
    };
    return { trainer, version: torch, capability };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1) || "it said nothing";
}

/** The files that peer.py reads. */
async function writeCase(
  folder: string,
  { config, shape }: StepCase,
  batches: Batch[],
  engine: Engine,
  threads: number,
): Promise<void> {
  const file = await open(join(folder, "arrays.bin"), "w");
  let offset = 0;
  const write = async (values: Float32Array | Int32Array, dimensions: number[]) => {
    await file.writeFile(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    const place = { type: values instanceof Int32Array ? "int32" : "float32", shape: dimensions, offset };
    offset += values.byteLength;
    return place;
  };
  const parameters: Record<string, unknown> = {};
  for (const [name, { shape: dimensions, values }] of (await engine.read()).parameters)
    parameters[name] = await write(values, dimensions);
  const placed: unknown[] = [];
  for (const { rowCount, fields, ids, weights, labels } of batches)
    placed.push({
      ids: await write(ids, [rowCount, fields]),
      weights: await write(weights, [rowCount, fields]),
      labels: await write(labels, [rowCount]),
    });
  await file.close();
  await writeFile(
    join(folder, "case.json"),
    JSON.stringify({ config, ...shape, threads, parameters, batches: placed }),
  );
}

/** The first turn warms caches up and compiles; it is not timed. */
function figuresOf(config: Config, [first, ...timed]: Turn[]): TurnFigures {
  return {
    rowsPerSecond: Math.round(rate(config, timed)),
    fastRowsPerSecond: Math.round(rate(config, timed, 0.1)),
    timedSteps: timed.reduce((sum, { seconds }) => sum + seconds.length, 0),
    firstLosses: first!.losses.slice(0, BATCHES),
  };
}

/** Rows a second of the median step, or of another quantile of the steps' times. */
function rate({ batchSize }: Config, turns: Turn[], quantile = 0.5): number {
  const all = turns.flatMap(({ seconds }) => seconds).sort((a, b) => a - b);
  return batchSize / all[Math.floor(all.length * quantile)]!;
}

function checkAgreement(config: Config, studio: number[], pytorch: number[]): void {
  const drops = config.branches.some(
    (branch) => branch.kind === "final" && branch.units.some((u) => u.dropout > 0),
  );
  const limit = drops ? AGREEMENT_WITH_DROPOUT : AGREEMENT;
  for (let i = 0; i < Math.min(studio.length, pytorch.length); i++)
    if (Math.abs(studio[i]! - pytorch[i]!) > limit * studio[i]!)
      throw new Error(`at step ${i + 1} the loss is ${studio[i]} here and ${pytorch[i]} in PyTorch`);
}
