import { CostStrip } from "../run/CostStrip.tsx";
import { Overfitting } from "../run/Overfitting.tsx";
import { Charts } from "./Charts.tsx";

/** The curves of the run on show, and what a step of it costs. */
export function CurvesView() {
  return (
    <>
      <Overfitting />
      <Charts />
      <CostStrip />
    </>
  );
}
