import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";

export type RateColor = (shade: number, opacity?: number) => string;

/**
 * The colour of a click rate, from 0, the lowest on show, to 1, the highest: from `--rate-low` to `--rate-high`, which no branch,
 * run or configuration has. As `rgba()`, which a canvas and an exported picture take too.
 */
export function useRateColor(): RateColor {
  const scheme = useComputedColorScheme("light");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme decides what the properties hold
  return useMemo(() => {
    const style = getComputedStyle(document.documentElement);
    const [low, high] = ["--rate-low", "--rate-high"].map((name) => channelsOf(style.getPropertyValue(name)));
    return (shade, opacity = 1) => {
      const share = Math.min(1, Math.max(0, shade));
      const mixed = low!.map((channel, i) => Math.round(channel + share * (high![i]! - channel)));
      return `rgba(${mixed.join(", ")}, ${opacity})`;
    };
  }, [scheme]);
}

/** Red, green and blue of "#rrggbb". */
function channelsOf(hex: string): number[] {
  const digits = hex.trim().slice(1);
  return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16));
}
