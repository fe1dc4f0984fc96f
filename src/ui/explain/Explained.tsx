import { Tooltip } from "@mantine/core";
import { type ReactNode, type SyntheticEvent, useRef, useState } from "react";

interface ExplainedProps {
  children: ReactNode;
  /** Beside what is wrapped where there is space, so that no control of it is covered; else above the control. */
  isBeside?: boolean;
}

interface Shown {
  control: HTMLElement;
  /** Its label, which may stand some way off. */
  name: string | null;
  words: string;
  /** The part of the page that the control is in, and with it its explanation. */
  landmark: HTMLElement;
  isBeside: boolean;
  offset: number;
}

/** Pixels that an explanation at the side takes. */
const SIDE_WIDTH = 300;
const GAP = 6;
/** A pointer that only passes opens nothing. */
const POINTER_MS = 300;

/**
 * Shows what the controls within say of themselves to a screen reader, their `aria-description`, to everybody: under the pointer,
 * with the focus, at a tap. So a control explains itself without a further place where the keyboard stops.
 */
export function Explained({ children, isBeside = false }: ExplainedProps) {
  const [shown, setShown] = useState<Shown | null>(null);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const region = useRef<HTMLDivElement>(null);

  function show(control: HTMLElement | null, afterMs: number): void {
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => setShown(control && placed(control)), afterMs);
  }
  function placed(control: HTMLElement): Shown | null {
    const words = control.getAttribute("aria-description");
    if (!words) return null;
    const end = region.current!.getBoundingClientRect().right;
    const fitsBeside = isBeside && window.innerWidth - end > SIDE_WIDTH;
    const name = (control as HTMLInputElement).labels?.[0]?.textContent ?? null;
    const offset = fitsBeside ? end - control.getBoundingClientRect().right + GAP : GAP;
    const landmark = control.closest<HTMLElement>("nav, main, [role=dialog]") ?? document.body;
    return { control, name, words, landmark, isBeside: fitsBeside, offset };
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it listens to what bubbles from its controls
    <div
      ref={region}
      onFocus={(event) => show(controlOf(event), 0)}
      onBlur={() => show(null, 0)}
      // What is changed says so in its description.
      onInput={(event) => show(controlOf(event) ?? focusedIn(region.current), 0)}
      onClick={(event) => show(controlOf(event) ?? focusedIn(region.current), 0)}
      onPointerOver={(event) => show(controlOf(event) ?? focusedIn(region.current), POINTER_MS)}
      onPointerLeave={() => show(focusedIn(region.current), POINTER_MS)}
      onKeyDown={({ key }) => key === "Escape" && show(null, 0)}
    >
      {children}
      {shown?.control.isConnected && (
        <Tooltip
          opened
          target={shown.control}
          portalProps={{ target: shown.landmark }}
          label={
            <>
              {shown.name && <strong>{shown.name}. </strong>}
              {shown.words}
            </>
          }
          position={shown.isBeside ? "right" : "top"}
          offset={shown.offset}
        />
      )}
    </div>
  );
}

/** The control that explains itself at an event: at its label, or at a part of it. */
function controlOf({ target }: SyntheticEvent): HTMLElement | null {
  const label = (target as Element).closest("label");
  return (label?.control ?? (target as Element)).closest<HTMLElement>("[aria-description]");
}

function focusedIn(region: HTMLElement | null): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>("[aria-description]") ?? null;
  return region?.contains(focused) ? focused : null;
}
