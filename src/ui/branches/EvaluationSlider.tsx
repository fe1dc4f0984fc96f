import { Slider } from "@mantine/core";

interface EvaluationSliderProps {
  /** How many evaluations there are. */
  count: number;
  /** The one on show, from 0. */
  index: number;
  /** null follows the newest evaluation. */
  choose(index: number | null): void;
}

/** Goes back and forth through a run's evaluations. */
export function EvaluationSlider({ count, index, choose }: EvaluationSliderProps) {
  return (
    <Slider
      thumbLabel="Evaluation"
      flex={1}
      miw={160}
      size="xs"
      min={1}
      max={Math.max(2, count)}
      disabled={count < 2}
      label={null}
      value={index + 1}
      onChange={(value) => choose(value === count ? null : value - 1)}
    />
  );
}
