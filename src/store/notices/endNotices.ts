// A notification of the browser when training has ended while the person was elsewhere.

import { createStore, type StoreApi } from "zustand/vanilla";
import { note, noted } from "../noted.ts";

export interface EndNoticesState {
  /** "missing": this browser has no notifications; "refused": the person or the browser does not allow them. */
  status: "missing" | "off" | "on" | "refused";
}

export interface EndNotices {
  readonly store: StoreApi<EndNoticesState>;
  /** Asks the person where that has not been answered yet; to be called from a click. */
  turnOn(): Promise<void>;
  turnOff(): void;
  /** Shows a notification, if they are on and the person is elsewhere: another tab or another window is in front. */
  show(text: string): void;
}

const KEY = "final-studio/notify-at-end";

/** `notifications` is the browser's; undefined where it has none. */
export function createEndNotices(
  notifications: typeof Notification | undefined = globalThis.Notification,
): EndNotices {
  const store = createStore<EndNoticesState>(() => ({ status: statusNow() }));

  function statusNow(): EndNoticesState["status"] {
    if (!notifications) return "missing";
    if (notifications.permission === "denied") return "refused";
    return notifications.permission === "granted" && noted(KEY, (value) => value === true, false)
      ? "on"
      : "off";
  }
  return {
    store,
    async turnOn() {
      if (!notifications) return;
      const answer = await notifications.requestPermission();
      note(KEY, answer === "granted");
      store.setState({ status: answer === "granted" ? "on" : answer === "denied" ? "refused" : "off" });
    },
    turnOff() {
      note(KEY, false);
      store.setState({ status: "off" });
    },
    show(text) {
      if (!notifications || store.getState().status !== "on" || isInFront()) return;
      try {
        // A tag of its own for each: one that is already on show would be replaced without a sound.
        const tag = `end-${Date.now()}`;
        const shown = new notifications("FINAL Studio", { body: text, icon: "./icon.svg", tag });
        shown.onclick = () => {
          globalThis.focus();
          shown.close();
        };
      } catch {
        // Some browsers of phones allow them to service workers only.
        store.setState({ status: "missing" });
      }
    },
  };
}

/** A page beside another window is not hidden, and still nobody may look at it. */
function isInFront(): boolean {
  return !document.hidden && document.hasFocus();
}
