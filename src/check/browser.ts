// The check as a browser's worker does it. It has a worker of its own: whoever cancels ends that, whatever a driver does.

import { asProblem } from "../base/result.ts";
import type { Handlers, Outlet } from "../base/rpc/serve.ts";
import { probeBackends, useBrowserBackend } from "../engine/backend.ts";
import { checkBackend } from "./check.ts";
import type { BackendOutcome } from "./report.ts";
import type { CheckEvent, CheckRequests } from "./requests.ts";
import { STEP_CONFIGS } from "./stepCases.ts";

/**
 * `goldenUrls`: addresses of all JSON files of `test/golden`; those that are no models are passed over. The page starts the
 * workers `kernels`.
 */
export function browserCheck(
  goldenUrls: Record<string, string>,
  { emit, startWorker }: Outlet<CheckEvent>,
): Handlers<CheckRequests> {
  return {
    async check() {
      const { available, adapter } = await probeBackends();
      const candidates = (["wasm", "webgpu"] as const).filter((name) => available.includes(name));
      const golden = await goldenFiles(goldenUrls);
      const backends: BackendOutcome[] = [];
      const missing: CheckRequests["check"]["output"]["missing"] = [];
      for (const [i, backend] of candidates.entries()) {
        try {
          await useBrowserBackend(backend, (order) => startWorker("kernels", order));
          const outcome = await checkBackend({
            backend,
            adapter: backend === "webgpu" ? adapter : null,
            golden,
            configs: STEP_CONFIGS,
            onProgress: (stage, share) => emit({ backend, stage, share: (i + share) / candidates.length }),
            signal: new AbortController().signal,
          });
          backends.push(outcome);
        } catch (cause) {
          missing.push({ backend, reason: asProblem(cause).sentence });
        }
      }
      return { backends, missing };
    },
  };
}

async function goldenFiles(urls: Record<string, string>): Promise<{ name: string; text: string }[]> {
  const files = await Promise.all(
    Object.entries(urls).map(async ([name, url]) => ({ name, text: await (await fetch(url)).text() })),
  );
  return files.filter(({ text }) => "config" in JSON.parse(text));
}
