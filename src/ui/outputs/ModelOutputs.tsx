import { Button, Menu, Text, Tooltip } from "@mantine/core";
import { useStore } from "zustand";
import type { ModelSource } from "../../store/outputs/outputs.ts";
import type { ExportFormat } from "../../train/requests.ts";
import { Icon } from "../Icon.tsx";
import { useStudio } from "../StudioContext.tsx";
import { save } from "../save.ts";

/** What each format is for, as the menu says it. */
export const FORMATS: Record<ExportFormat, { name: string; about: string }> = {
  onnx: { name: "ONNX", about: "From ids and weights; checked in onnxruntime first" },
  "onnx-raw": { name: "ONNX from raw values", about: "Numbers and category strings in: what a server wants" },
  mindspore: { name: "MindSpore .ckpt", about: "For the released FINAL network" },
  fuxictr: { name: "FuxiCTR .model", about: "With its model_config.yaml" },
  safetensors: { name: "safetensors", about: "The weights alone" },
  torchrun: { name: "PyTorch job, resumed", about: "Resumes this run on a cluster, with torchrun" },
  "torchrun-new": { name: "PyTorch job, new run", about: "This configuration from its first step" },
};

interface Props {
  source: ModelSource;
  disabled: boolean;
}

/** A model as a file of another tool, and the scores that it gives to a log. */
export function ModelOutputs({ source, disabled }: Props) {
  const { outputs } = useStudio();
  const exporting = useStore(outputs.store, (state) => state.exporting);
  async function take(format: ExportFormat): Promise<void> {
    const files = await outputs.exportModel(source, format);
    for (const { name, blob } of files ?? []) save(name, blob);
  }
  return (
    <>
      <Menu width={300} withinPortal={false}>
        <Menu.Target>
          <Button
            size="sm"
            leftSection={<Icon name="download" />}
            disabled={disabled}
            loading={exporting !== null}
          >
            Export model
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {(Object.keys(FORMATS) as ExportFormat[]).map((format) => (
            <Menu.Item key={format} onClick={() => void take(format)}>
              {FORMATS[format].name}
              <Text size="xs">{FORMATS[format].about}</Text>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Tooltip label="The model's probability for each row of a log">
        <Button size="sm" disabled={disabled} onClick={() => outputs.openScoring(source)}>
          Score
        </Button>
      </Tooltip>
    </>
  );
}
