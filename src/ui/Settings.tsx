import { Accordion } from "@mantine/core";
import type { ReactNode } from "react";
import { DataPanel } from "./data/DataPanel.tsx";
import { ModelPanel } from "./model/ModelPanel.tsx";
import classes from "./studio.module.css";
import { ConfigurationFile } from "./training/ConfigurationFile.tsx";
import { TrainingPanel } from "./training/TrainingPanel.tsx";

/** The left side: which data, which model, how it is trained. */
export function Settings() {
  return (
    <Accordion
      multiple
      defaultValue={["data", "model", "training"]}
      transitionDuration={0}
      classNames={{ content: classes.sectionContent, control: classes.sectionControl, item: classes.section }}
    >
      <Section id="data" title="Data">
        <DataPanel />
      </Section>
      <Section id="model" title="Model">
        <ModelPanel />
      </Section>
      <Section id="training" title="Training">
        <TrainingPanel />
      </Section>
      <Section id="file" title="Configuration file">
        <ConfigurationFile />
      </Section>
    </Accordion>
  );
}

function Section({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <Accordion.Item value={id}>
      <Accordion.Control>{title}</Accordion.Control>
      <Accordion.Panel>{children}</Accordion.Panel>
    </Accordion.Item>
  );
}
