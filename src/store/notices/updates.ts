// The service worker, which keeps the studio for visits without a network, and new versions of it.

import { createStore, type StoreApi } from "zustand/vanilla";

export interface Updates {
  /** Whether a new version waits for a reload. */
  readonly store: StoreApi<{ isReady: boolean }>;
  /** Keeps the studio on this device, from a page that was built; looks for a new version. */
  keep(address: string): Promise<void>;
  /** Puts the new version in the place of this one, and loads the page again. */
  take(): void;
}

export function createUpdates(): Updates {
  const store = createStore(() => ({ isReady: false }));
  let waiting: ServiceWorker | null = null;

  function found(worker: ServiceWorker | null): void {
    // The first version has nothing to replace.
    if (!worker || !navigator.serviceWorker.controller) return;
    waiting = worker;
    store.setState({ isReady: true });
  }

  return {
    store,
    async keep(address) {
      if (!("serviceWorker" in navigator) || !isSecureContext) return;
      try {
        const registration = await navigator.serviceWorker.register(address);
        found(registration.waiting);
        registration.addEventListener("updatefound", () => {
          const coming = registration.installing;
          coming?.addEventListener("statechange", () => coming.state === "installed" && found(coming));
        });
      } catch {
        // A private window, or a server that has no such file: the page then needs the network each time.
      }
    },
    take() {
      navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
      waiting?.postMessage("take over");
    },
  };
}
