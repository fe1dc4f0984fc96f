import { type ReactNode, useId } from "react";
import cards from "./card.module.css";

interface CardProps {
  title: ReactNode;
  /** Its heading is below that of another card. */
  isInner?: boolean;
  className?: string;
  testId?: string;
  /** What can be done with it, beside the heading. */
  actions?: ReactNode;
  children: ReactNode;
}

/** A part of a page with its heading. */
export function Card({ title, isInner, className = cards.card, testId, actions, children }: CardProps) {
  const titleId = useId();
  const Heading = isInner ? "h3" : "h2";
  const heading = (
    <Heading id={titleId} className={cards.title}>
      {title}
    </Heading>
  );
  return (
    <section className={className} aria-labelledby={titleId} data-testid={testId}>
      {actions ? (
        <div className={cards.head}>
          {heading}
          {actions}
        </div>
      ) : (
        heading
      )}
      {children}
    </section>
  );
}
