import { Anchor, Popover, Text } from "@mantine/core";
import {
  type ReactNode,
  type Ref,
  type RefObject,
  useId,
  useImperativeHandle,
  useRef,
  useState,
} from "react";
import classes from "./explain.module.css";
import { type Entry, entryOf, type TermName } from "./glossary.ts";

/** A term of the glossary that says what it means. */
export function Term({ of, children }: { of: TermName; children?: ReactNode }) {
  return <Meaning {...entryOf(of)}>{children}</Meaning>;
}

/** A word that says what it means, under the pointer, with the keyboard's focus and at a tap. */
export function Meaning({ name, meaning, source, children }: Entry & { children?: ReactNode }) {
  const [opened, setOpened] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  /** Leaving waits a moment, so that the pointer reaches the link. */
  const leaving = useRef<ReturnType<typeof setTimeout>>(undefined);
  function show(): void {
    clearTimeout(leaving.current);
    setOpened(true);
  }
  function hideSoon(): void {
    leaving.current = setTimeout(() => setOpened(false), 150);
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        className={classes.term}
        aria-expanded={opened}
        aria-describedby={opened ? id : undefined}
        onPointerEnter={show}
        onPointerLeave={hideSoon}
        onFocus={show}
        onBlur={hideSoon}
        onClick={show}
        onKeyDown={(event) => event.key === "Escape" && setOpened(false)}
      >
        {children ?? name}
      </button>
      {opened && (
        // Made only now: the page has dozens of terms, and each popover that waited took its part of the time to load.
        <Popover
          opened
          onChange={setOpened}
          withRoles={false}
          width={300}
          position="top"
          withArrow
          shadow="md"
        >
          <Popover.Target>
            <Place of={button} />
          </Popover.Target>
          <Popover.Dropdown
            id={id}
            role="note"
            aria-label={name}
            onPointerEnter={show}
            onPointerLeave={hideSoon}
          >
            <Text size="xs">
              <strong>{name}.</strong> {meaning}
            </Text>
            {source && (
              <Anchor size="xs" underline="always" href={source.href} target="_blank" rel="noreferrer">
                {source.title}
              </Anchor>
            )}
          </Popover.Dropdown>
        </Popover>
      )}
    </>
  );
}

/** Stands for an element that is on the page already. */
function Place({ of, ref }: { of: RefObject<HTMLElement | null>; ref?: Ref<HTMLElement> }) {
  useImperativeHandle(ref, () => of.current!, [of]);
  return null;
}
