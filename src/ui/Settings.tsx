import { Accordion } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import type { ReactNode } from "react";
import { DataPanel } from "./data/DataPanel.tsx";
import { Explained } from "./explain/Explained.tsx";
import { count } from "./format.ts";
import { ModelPanel } from "./model/ModelPanel.tsx";
import { useStudioState } from "./StudioContext.tsx";
import classes from "./studio.module.css";
import { ConfigurationFile } from "./training/ConfigurationFile.tsx";
import { TrainingPanel } from "./training/TrainingPanel.tsx";

/** The left side: which data, which model, how it is trained. */
export function Settings() {
  const [open, setOpen] = useLocalStorage({
    key: "final-studio/sections",
    defaultValue: ["data", "model", "training"],
    getInitialValueInEffect: false,
  });
  return (
    <Explained isBeside>
      <Accordion
        multiple
        value={open}
        onChange={setOpen}
        transitionDuration={0}
        classNames={{
          content: classes.sectionContent,
          control: classes.sectionControl,
          item: classes.section,
        }}
      >
        <Section id="data" title="Data" line={!open.includes("data") && <DataLine />}>
          <DataPanel />
        </Section>
        <Section id="model" title="Model" line={!open.includes("model") && <ModelLine />}>
          <ModelPanel />
        </Section>
        <Section id="training" title="Training" line={!open.includes("training") && <TrainingLine />}>
          <TrainingPanel />
        </Section>
        <Section id="file" title="Configuration file">
          <ConfigurationFile />
        </Section>
      </Accordion>
    </Explained>
  );
}

interface SectionProps {
  id: string;
  title: string;
  /** What it holds, in a line, while it is folded. */
  line?: ReactNode;
  children: ReactNode;
}

function Section({ id, title, line, children }: SectionProps) {
  return (
    <Accordion.Item value={id}>
      <Accordion.Control>
        <span className={classes.sectionTitle}>
          {title} {line && <span className={classes.sectionLine}>{line}</span>}
        </span>
      </Accordion.Control>
      <Accordion.Panel>{children}</Accordion.Panel>
    </Accordion.Item>
  );
}

function DataLine() {
  const summary = useStudioState(({ dataset }) => dataset?.summary ?? null);
  if (!summary) return "none open";
  const { train, valid, test } = summary.rows;
  return `${summary.name}, ${count(train + valid + test)} rows`;
}

function ModelLine() {
  const { draft, preset } = useStudioState((state) => state.configuration);
  const base = useStudioState((state) => state.basePreset);
  const branches = draft.branches.length === 1 ? "1 branch" : `${draft.branches.length} branches`;
  return `${preset ?? `${base}, changed`}, ${branches}, D ${draft.embeddingDim}`;
}

function TrainingLine() {
  const { batchSize, epochs, optimizer } = useStudioState((state) => state.configuration.draft);
  return `batch ${batchSize}, ${epochs} ${epochs === 1 ? "epoch" : "epochs"}, rate ${optimizer.learningRate}`;
}
