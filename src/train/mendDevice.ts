// An arena and a race continue by themselves after a lost GPU, in the same worker.

import { problemError } from "../base/result.ts";
import { countDeviceLosses } from "./deviceLosses.ts";
import type { BackendReport } from "./requests.ts";
import type { StartContext } from "./training.ts";

/**
 * Makes what is called when training failed: where a GPU was lost, it makes another one current, says why to `report` and gives
 * true; then what was under way can begin again. Throws a ProblemError where that happens too often.
 */
export function createDeviceMender(
  { platform, takeLoss }: StartContext,
  backend: BackendReport,
): (report: (reason: string) => void) => Promise<boolean> {
  const deviceLosses = countDeviceLosses();
  return async (report) => {
    const reason = await takeLoss(backend);
    if (reason === null) return false;
    const { losses, tooMany } = deviceLosses.add();
    if (tooMany) throw problemError("arena-device-unreliable", { reason, losses });
    await platform.useBackend(backend.chosen);
    report(reason);
    return true;
  };
}
