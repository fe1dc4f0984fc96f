// What happens when the browser takes the GPU away.

import { problemError } from "../base/result.ts";
import { countDeviceLosses } from "./deviceLosses.ts";
import type { TrainerPlatform } from "./platform.ts";
import type { BackendReport } from "./requests.ts";
import type { StartContext } from "./training.ts";

/** How much later than its consequences a busy browser may report the loss of a GPU. */
const LOSS_NEWS_MS = 5000;

/** `report` is called with each loss, unless something was just starting: that is done again on another GPU. */
export function watchGpu(
  platform: TrainerPlatform,
  report: (reason: string) => void,
): Pick<StartContext, "takeLoss" | "onDevice"> {
  let lost: string | null = null;
  let onLoss: (() => void) | null = null;
  let isStarting = false;
  platform.onDeviceLost((reason) => {
    lost = reason;
    onLoss?.();
    if (!isStarting) report(reason);
  });

  async function takeLoss({ chosen }: BackendReport): Promise<string | null> {
    if (chosen !== "webgpu") return null;
    if (lost === null)
      await new Promise<void>((resolve) => {
        onLoss = resolve;
        setTimeout(resolve, LOSS_NEWS_MS);
      });
    const reason = lost;
    lost = null;
    return reason;
  }

  const onDevice: StartContext["onDevice"] = async (backend, work, discard) => {
    const deviceLosses = countDeviceLosses();
    for (;;) {
      lost = null;
      isStarting = true;
      const [made] = await Promise.allSettled([platform.useBackend(backend.chosen).then(work)]);
      const reason = made.status === "fulfilled" && lost === null ? null : await takeLoss(backend);
      isStarting = false;
      if (reason !== null) {
        if (made.status === "fulfilled") discard(made.value);
        const { losses, tooMany } = deviceLosses.add();
        if (tooMany) throw problemError("device-unreliable", { reason, losses });
      } else if (made.status === "fulfilled") return made.value;
      else throw made.reason;
    }
  };

  return { takeLoss, onDevice };
}
