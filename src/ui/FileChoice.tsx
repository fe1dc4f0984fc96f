import { FileButton, type FileButtonProps } from "@mantine/core";
import { useRef } from "react";

/**
 * A button that chooses a file, also the same one once more: a browser reports no change while its input still holds it, so
 * that a checkpoint whose dialog was cancelled, or a file that was mended, would not open again.
 */
export function FileChoice<Multiple extends boolean = false>(props: FileButtonProps<Multiple>) {
  const reset = useRef<() => void>(null);
  return (
    <FileButton<Multiple>
      {...props}
      resetRef={reset}
      onChange={(chosen) => {
        props.onChange(chosen);
        reset.current?.();
      }}
    />
  );
}
