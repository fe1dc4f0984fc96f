import { Text } from "@mantine/core";
import { type BranchConfig, type Config, type InputShape, polynomialDegree } from "../../model/config.ts";
import { memoryBytes, parameterCount } from "../../model/parameters.ts";
import { inputShapeOf } from "../../store/configuration/numbers.ts";
import { bytes, count, short } from "../format.ts";
import { useStudioState } from "../StudioContext.tsx";

/** What the configuration costs, and what its branches reach: parameters, memory, polynomial degrees. */
export function ModelFacts() {
  const config = useStudioState((state) => state.configuration.config);
  const summary = useStudioState((state) => state.dataset?.summary);
  if (!config) return null;
  const shape = summary && inputShapeOf(summary, config.integers);
  return (
    <Text size="xs" c="dimmed" component="p" m={0} data-testid="model-facts">
      {shape && `${costs(config, shape)} · `}
      {config.branches.map((branch, b) => `branch ${b + 1}: ${degree(branch)}`).join(", ")}
    </Text>
  );
}

/** "1.23 M parameters · 15 MB with Adam’s moments + 7 MB for a batch". */
function costs(config: Config, shape: InputShape): string {
  const { state, activations } = memoryBytes(config, shape);
  const parameters = short(parameterCount(config, shape));
  return `${parameters} parameters · ${bytes(state)} with Adam’s moments + ${bytes(activations)} for a batch`;
}

/** "degree 4", or "up to degree 4" unless gates and activations are linear. */
export function degree(branch: BranchConfig): string {
  const { degree, exact } = polynomialDegree(branch);
  return `${exact ? "" : "up to "}degree ${count(degree)}`;
}
