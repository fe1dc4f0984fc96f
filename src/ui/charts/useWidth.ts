import { type RefObject, useLayoutEffect, useRef, useState } from "react";

/**
 * An element's inner width in CSS pixels, known before it is first painted: with Mantine's useElementSize, which waits
 * for a frame, a figure stands in a wrong width until then, on a busy machine for long. 0 before the element is there.
 */
export function useWidth(): { ref: RefObject<HTMLDivElement | null>; width: number } {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current!;
    const measure = () => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}
