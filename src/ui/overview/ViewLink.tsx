import { Anchor } from "@mantine/core";
import { addressOf, showView, type ViewName } from "../tab.ts";

/** Words that lead to another view; they wrap as words do. */
export function ViewLink({ view, children }: { view: ViewName; children: string }) {
  return (
    <Anchor
      href={addressOf(view)}
      fz="inherit"
      underline="always"
      onClick={(event) => {
        event.preventDefault();
        showView(view);
      }}
    >
      {children}
    </Anchor>
  );
}
