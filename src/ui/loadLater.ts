// Parts of the page whose script is loaded when they are first shown, or when the browser has nothing else to do.

import { type ComponentType, lazy } from "react";

const waiting: (() => Promise<unknown>)[] = [];

/** A component that is loaded by `load`; it needs a Suspense around it. */
export function loadLater<P extends object = object>(
  load: () => Promise<ComponentType<P>>,
): ComponentType<P> {
  waiting.push(load);
  return lazy(async () => ({ default: await load() }));
}

/** Loads what nobody has asked for yet, one after the other: the first click on a tab then waits for nothing. */
export async function loadTheRest(): Promise<void> {
  for (const load of waiting.splice(0)) {
    await new Promise<void>((idle) => {
      if ("requestIdleCallback" in globalThis) requestIdleCallback(() => idle(), { timeout: 5000 });
      else setTimeout(idle, 200);
    });
    // Where it cannot be had now, the tab asks again and says so.
    await load().catch(() => {});
  }
}
