import { Button } from "@mantine/core";
import { type ReactNode, type RefObject, useId, useRef } from "react";
import { headLook, headNames } from "../branches/heads.ts";
import { pngOf, svgPicture } from "../charts/chartPicture.ts";
import { Swatch } from "../charts/Swatch.tsx";
import { save } from "../save.ts";
import classes from "./insight.module.css";
import { csvOf, SortableTable, type SortableTableProps } from "./SortableTable.tsx";

interface FigureCardProps<R> {
  /** Of files that are saved. */
  id: string;
  title: string;
  /** What one should see here, in a sentence. */
  hint: ReactNode;
  /** Heads whose colours are to be named. */
  heads: number;
  /** What is drawn, to be chosen. */
  choice?: ReactNode;
  /** The numbers, in the card and as CSV. */
  table?: SortableTableProps<R> | null;
  /** The CSV where it is not that of the table; null while there is none. */
  csv?: (() => string) | null;
  /** The figure, where there is one to save. */
  figure?: ((svg: RefObject<SVGSVGElement | null>) => ReactNode) | null;
  children?: ReactNode;
}

/** A card with a figure and its numbers, which can be saved as picture and as table. */
export function FigureCard<R>(props: FigureCardProps<R>) {
  const { id, title, hint, heads, choice, table, figure, children } = props;
  const { csv = table && (() => csvOf(table.columns, table.rows)) } = props;
  const svg = useRef<SVGSVGElement>(null);
  const titleId = useId();
  const picture = () => svgPicture(svg.current!, title, headNames(heads));
  const button = (name: string, about: string, onClick: (() => void) | null | undefined) => (
    <Button
      size="compact-xs"
      variant="subtle"
      color="gray"
      disabled={!onClick}
      aria-label={`${title}: ${about}`}
      title={about}
      onClick={onClick ?? undefined}
    >
      {name}
    </Button>
  );
  return (
    <section className={classes.card} aria-labelledby={titleId} data-insight={id}>
      <div className={classes.head}>
        <h2 id={titleId} className={classes.title}>
          {title}
        </h2>
        <div>
          {button(
            "CSV",
            "save the numbers as CSV",
            csv && (() => save(`${id}.csv`, new Blob([csv()], { type: "text/csv" }))),
          )}
          {button(
            "SVG",
            "save as SVG",
            figure && (() => save(`${id}.svg`, new Blob([picture().text], { type: "image/svg+xml" }))),
          )}
          {button(
            "PNG",
            "save as PNG",
            figure && (() => void pngOf(picture()).then((png) => save(`${id}.png`, png))),
          )}
        </div>
      </div>
      <p className={classes.hint}>{hint}</p>
      {choice}
      {heads > 0 && (
        <p className={classes.heads}>
          {Array.from({ length: heads }, (_, h) => {
            const { label, color, dashes } = headLook(h, heads);
            return (
              <span key={label}>
                <Swatch color={color} dashes={dashes} /> {label}
              </span>
            );
          })}
        </p>
      )}
      {figure?.(svg)}
      {children}
      {table && <SortableTable {...table} />}
    </section>
  );
}
