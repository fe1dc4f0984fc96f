// "Check this device": runs the check in a worker of its own, keeps what it found, and lets training follow it.

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Problem } from "../../base/problem.ts";
import { asProblem } from "../../base/result.ts";
import type { Client } from "../../base/rpc/client.ts";
import { type DeviceReport, recommend } from "../../check/report.ts";
import type { CheckEvent, CheckRequests } from "../../check/requests.ts";
import { clientName, keepCheck, keptCheck } from "./keptCheck.ts";

export interface DeviceCheckState {
  /** What is being done; null while no check runs. */
  progress: CheckEvent | null;
  /** Why the last check found nothing. */
  problem: Problem | null;
  /** The last one that came to its end, of this visit or of one before. */
  report: DeviceReport | null;
}

export interface DeviceCheck {
  readonly store: StoreApi<DeviceCheckState>;
  /** Resolves when the check has ended, whatever it found. */
  start(): Promise<void>;
  /** Ends it at once; the report before stays. */
  cancel(): void;
}

/** Starts the worker that checks. */
export type ConnectCheck = (listeners: { onEvent(event: CheckEvent): void }) => Client<CheckRequests>;

/** `onReport` is called with each new report. */
export function createDeviceCheck(connect: ConnectCheck, onReport: () => void): DeviceCheck {
  const store = createStore<DeviceCheckState>(() => ({ progress: null, problem: null, report: keptCheck() }));
  const { setState: set } = store;
  let worker: Client<CheckRequests> | null = null;

  function end(): void {
    worker?.close();
    worker = null;
    set({ progress: null });
  }

  return {
    store,
    async start() {
      if (worker) return;
      const mine = connect({ onEvent: (progress) => worker === mine && set({ progress }) });
      worker = mine;
      set({ progress: { backend: "wasm", stage: "starting", share: 0 }, problem: null });
      const started = performance.now();
      try {
        const found = await mine.call("check", {});
        const report = reportOf(found, (performance.now() - started) / 1000);
        keepCheck(report);
        set({ report });
        end();
        onReport();
      } catch (cause) {
        if (worker !== mine) return;
        end();
        set({ problem: asProblem(cause) });
      }
    },
    cancel: end,
  };
}

function reportOf(found: CheckRequests["check"]["output"], seconds: number): DeviceReport {
  const gpu = found.backends.find(({ adapter }) => adapter && !adapter.isFallback)?.adapter;
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
  return {
    format: "final-studio device check",
    version: 1,
    date: new Date().toISOString(),
    device:
      [gpu?.description, `${gpu?.vendor ?? ""} ${gpu?.architecture ?? ""}`.trim()].find(Boolean) ??
      `a processor of ${cores} cores`,
    client: clientName(),
    seconds,
    ...found,
    ...recommend(found.backends),
  };
}
