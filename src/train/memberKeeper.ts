// Keeps the models of an arena's members in the browser's storage, as far as there is free space for them.

import { memberRun } from "../arena/questions.ts";
import { asProblem, orThrow, problemError } from "../base/result.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { datasetCard } from "../checkpoint/metadata.ts";
import { inputShape } from "../model/config.ts";
import { memoryBytes } from "../model/parameters.ts";
import type { ArenaInputs } from "./arena.ts";
import type { ArenaOptions } from "./requests.ts";
import type { StartContext } from "./training.ts";

/** What keeps a member's model at a seed's end. Where that cannot be, it is reported once until it can again. */
export function createMemberKeeper(
  { platform, dataset, emit }: Pick<StartContext, "platform" | "dataset" | "emit">,
  arena: ArenaOptions & Pick<Checkpoint["run"], "origin">,
): NonNullable<ArenaInputs["keep"]> {
  let isFailing = false;
  return async (seedIndex, member, { config, engine, snapshot }) => {
    const run = memberRun(arena, seedIndex, member);
    try {
      const checkpointStore = await platform.checkpointStore();
      const { byteLength: used, budget } = await checkpointStore.usage();
      const needed = memoryBytes(config, orThrow(inputShape(config, dataset.shape(config.integers)))).state;
      // A large model is not copied in vain.
      if (used + needed > budget) throw problemError("members-not-kept", { name: run.name, needed, budget });
      const taken = await snapshot();
      const { byteLength } = await checkpointStore.saveMember({
        ...taken,
        run: {
          id: run.runId,
          name: run.name,
          evaluateEverySteps: arena.evaluateEverySteps,
          origin: arena.origin,
          savedAt: Date.now(),
        },
        config,
        dataset: datasetCard(dataset, config.integers),
        engine: engine.description,
      });
      emit({ type: "saved", runId: run.runId, step: taken.progress.step, byteLength });
      isFailing = false;
    } catch (cause) {
      if (!isFailing) emit({ type: "notSaved", runId: run.runId, problem: asProblem(cause) });
      isFailing = true;
    }
  };
}
