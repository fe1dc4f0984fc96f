import { Accordion } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { type ComponentType, startTransition, useEffect, useState } from "react";
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
  // Half of the page's elements: put into it all at once they hold up the first answer to a click.
  const [made, setMade] = useState(0);
  useEffect(() => {
    if (made < SECTIONS.length) startTransition(() => setMade(made + 1));
  }, [made]);
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
        {SECTIONS.slice(0, made).map(({ id, title, Line, Content }) => (
          <Accordion.Item key={id} value={id}>
            <Accordion.Control>
              <span className={classes.sectionTitle}>
                {title}{" "}
                {Line && !open.includes(id) && (
                  <span className={classes.sectionLine}>
                    <Line />
                  </span>
                )}
              </span>
            </Accordion.Control>
            <Accordion.Panel>
              <Content />
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Explained>
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

interface Section {
  id: string;
  title: string;
  /** What it holds, in a line, while it is folded. */
  Line?: ComponentType;
  Content: ComponentType;
}

const SECTIONS: Section[] = [
  { id: "data", title: "Data", Line: DataLine, Content: DataPanel },
  { id: "model", title: "Model", Line: ModelLine, Content: ModelPanel },
  { id: "training", title: "Training", Line: TrainingLine, Content: TrainingPanel },
  { id: "file", title: "Configuration file", Content: ConfigurationFile },
];
