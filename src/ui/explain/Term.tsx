import { Anchor, Popover, Text } from "@mantine/core";
import { type ReactNode, useRef, useState } from "react";
import classes from "./explain.module.css";
import { entryOf, type TermName } from "./glossary.ts";

/** A term that says what it means, under the pointer, with the keyboard's focus and at a tap. */
export function Term({ of, children }: { of: TermName; children?: ReactNode }) {
  const [opened, setOpened] = useState(false);
  /** Leaving waits a moment, so that the pointer reaches the link. */
  const leaving = useRef<ReturnType<typeof setTimeout>>(undefined);
  const { name, meaning, source } = entryOf(of);
  function show(): void {
    clearTimeout(leaving.current);
    setOpened(true);
  }
  function hideSoon(): void {
    leaving.current = setTimeout(() => setOpened(false), 150);
  }
  return (
    <Popover opened={opened} onChange={setOpened} width={300} position="top" withArrow shadow="md">
      <Popover.Target>
        <button
          type="button"
          className={classes.term}
          onPointerEnter={show}
          onPointerLeave={hideSoon}
          onFocus={show}
          onBlur={hideSoon}
          onClick={show}
          onKeyDown={(event) => event.key === "Escape" && setOpened(false)}
        >
          {children ?? name}
        </button>
      </Popover.Target>
      <Popover.Dropdown role="note" aria-label={name} onPointerEnter={show} onPointerLeave={hideSoon}>
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
  );
}
