import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { TermName } from "../explain/glossary.ts";
import { Term } from "../explain/Term.tsx";
import { save } from "../save.ts";
import { type Picture, pngOf } from "./chartPicture.ts";
import classes from "./charts.module.css";

interface FigureHeadProps {
  /** Of the title's element. */
  titleId: string;
  title: string;
  /** What the title's words mean. */
  term?: TermName | undefined;
  /** Of files that are saved. */
  file: string;
  /** A heading below that of a card of its own. */
  isInner?: boolean;
  asTable: boolean;
  onTable(): void;
  /** The figure as a picture; null while there is none to save. */
  picture: (() => Picture) | null;
  /** Further buttons, before these. */
  children?: ReactNode;
}

/** A figure's title, and what can be had of it: its numbers as a table, its picture as a file. */
export function FigureHead({
  titleId,
  title,
  term,
  file,
  isInner = false,
  picture,
  ...props
}: FigureHeadProps) {
  const Heading = isInner ? "h3" : "h2";
  return (
    <div className={classes.head}>
      <Heading id={titleId} className={classes.title} title={title}>
        {term ? <Term of={term}>{title}</Term> : title}
      </Heading>
      <div>
        {props.children}
        <HeadButton
          label="Table"
          about={`${title}: as a table`}
          pressed={props.asTable}
          onClick={props.onTable}
        />
        <HeadButton
          label="SVG"
          about={`${title}: save as SVG`}
          disabled={picture === null}
          onClick={() => save(`${file}.svg`, new Blob([picture!().text], { type: "image/svg+xml" }))}
        />
        <HeadButton
          label="PNG"
          about={`${title}: save as PNG`}
          disabled={picture === null}
          onClick={() => void pngOf(picture!()).then((png) => save(`${file}.png`, png))}
        />
      </div>
    </div>
  );
}

interface HeadButtonProps {
  label: string;
  about: string;
  pressed?: boolean;
  disabled?: boolean;
  onClick(): void;
}

export function HeadButton({ label, about, pressed, disabled, onClick }: HeadButtonProps) {
  return (
    <Button
      size="compact-xs"
      variant={pressed ? "filled" : "subtle"}
      color={pressed ? undefined : "gray"}
      aria-label={about}
      title={about}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      {label}
    </Button>
  );
}
