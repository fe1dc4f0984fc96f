import { Alert } from "@mantine/core";
import { useStore } from "zustand";
import { count } from "../format.ts";
import { useStudio } from "../StudioContext.tsx";
import { FORMATS } from "./ModelOutputs.tsx";

/** What was exported last, and how it was checked. */
export function ExportedNotice() {
  const { outputs } = useStudio();
  const exported = useStore(outputs.store, (state) => state.exported);
  if (!exported) return null;
  const { format, model } = exported;
  const { checked, weights, files } = model;
  return (
    <Alert
      color="teal"
      p="xs"
      mt="xs"
      withCloseButton
      onClose={outputs.dismissExported}
      data-testid="exported"
    >
      {FORMATS[format].name}: saved {files.map(({ name }) => name).join(" and ")}
      {weights && ` with the ${weights} weights`}
      {checked
        ? `. Run in onnxruntime on ${count(checked.rows)} ${checked.ofDataset ? "rows of the data set" : "random rows"}, its logits differ from the model's by ${checked.largest.toExponential(1)} at most.`
        : "."}
    </Alert>
  );
}
