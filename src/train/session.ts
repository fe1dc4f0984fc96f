// A session: one to six members, each trained on every seed, side by side on the same batches. A run is a session of one
// member and one seed, an arena one of several members.

import type { RunSnapshot } from "../checkpoint/snapshot.ts";
import type { Engine, ModelState } from "../engine/engine.ts";
import type { Config } from "../model/config.ts";
import type { TrainEvent } from "../runs/events.ts";
import { createLearner, type Learner, type LearnerInputs } from "./learner.ts";
import { type LoopInputs, trainLoop } from "./loop.ts";
import { createSteering, type Steered } from "./steering.ts";

/** A member under one seed. */
export interface SeedMember extends Omit<LearnerInputs, "dataset" | "engine"> {
  /** Where a resumed run stands: it continues as if it had never been interrupted. */
  from?: RunSnapshot | undefined;
}

export interface SessionInputs extends Omit<LoopInputs, "config" | "emit"> {
  seeds: number[];
  /** The members under the seed with that index; all share batch size, epochs and how integers enter. */
  membersOf(seedIndex: number): SeedMember[];
  createEngine(config: Config): Promise<Engine>;
  emit(seedIndex: number, member: number, event: TrainEvent): void | Promise<void>;
  /** A seed begins; after a lost device the same one may begin again. */
  onSeedStart?(seedIndex: number): void | Promise<void>;
  /** A seed is over, or was stopped; its engines hold the final models. */
  onSeedEnd?(seedIndex: number, engines: Engine[]): Promise<void>;
  /** All seeds are over, or the session was stopped. */
  onEnd?(): void | Promise<void>;
  /** Mends what stopped a seed: true where the seed can begin again. Left out, nothing is mended. */
  mend?(cause: unknown, seedIndex: number): Promise<boolean>;
}

export interface Session extends Steered {
  /** Updates done in the seed under way. */
  readonly step: number;
  /**
   * A member as it stands between two steps, without pausing it; holds until `dispose`. `into`: the state of an earlier
   * snapshot that nobody needs any more.
   */
  snapshot(member: number, into?: ModelState): Promise<RunSnapshot>;
  /** Does work with a member's engine between two steps, or after the last one; its time does not count as training. */
  use<T>(member: number, work: (engine: Engine) => Promise<T>): Promise<T>;
  /** Seconds that a member has been trained. */
  trainedSeconds(member: number): number;
  /** Frees the engines of the last seed. */
  dispose(): void;
}

/** Makes a session; it begins with `train`. */
export function createSession(inputs: SessionInputs): Session {
  const { seeds, membersOf, createEngine, dataset, control } = inputs;
  const engines: Engine[] = [];
  let learners: Learner[] = [];
  /** Learners that have come to their end, or met a problem. */
  const gone = new Set<Learner>();
  const { notePaused, steered } = createSteering(control, trainAll);

  function dispose(): void {
    for (const engine of engines.splice(0)) engine.dispose();
  }

  async function emit(seedIndex: number, member: number, event: TrainEvent): Promise<void> {
    await inputs.emit(seedIndex, member, event);
    if (event.type === "resumed") notePaused(false);
    if (event.type === "paused" && isLastToPause(member)) notePaused(true);
  }

  /** All members that still train pause after the same step, in their order. */
  function isLastToPause(member: number): boolean {
    return !learners.some((learner, index) => index > member && !gone.has(learner));
  }

  /** Makes the learners of a seed, and gives what decides their batches. */
  async function startSeed(seedIndex: number): Promise<LoopInputs["config"]> {
    const members = membersOf(seedIndex);
    for (const { config } of members) engines.push(await createEngine(config));
    learners = members.map(({ from, ...member }, index) =>
      createLearner({ ...member, dataset, engine: engines[index]! }, from),
    );
    return { ...members[0]!.config, seed: seeds[seedIndex]! };
  }

  async function trainSeed(seedIndex: number): Promise<void> {
    dispose();
    gone.clear();
    await inputs.onSeedStart?.(seedIndex);
    const config = await startSeed(seedIndex);
    const { evaluateEverySteps, evaluated } = inputs;
    await trainLoop(learners, {
      config,
      dataset,
      control,
      evaluateEverySteps,
      ...(evaluated && { evaluated }),
      emit(member, event) {
        if (event.type === "failed" || event.type === "finished") gone.add(learners[member]!);
        return emit(seedIndex, member, event);
      },
    });
    await inputs.onSeedEnd?.(seedIndex, engines);
  }

  async function trainAll(): Promise<void> {
    let seedIndex = 0;
    while (seedIndex < seeds.length && !control.stopping) {
      try {
        await trainSeed(seedIndex);
        seedIndex++;
      } catch (cause) {
        dispose();
        if (!(await inputs.mend?.(cause, seedIndex))) throw cause;
      }
    }
    await inputs.onEnd?.();
  }

  return {
    ...steered,
    get step() {
      return learners[0]?.progress.step ?? 0;
    },
    snapshot: (member, into) => learners[member]!.snapshot(into),
    use: (member, work) => learners[member]!.use(work),
    trainedSeconds: (member) => learners[member]?.progress.activeSeconds ?? 0,
    dispose,
  };
}
