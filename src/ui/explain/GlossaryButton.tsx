import { ActionIcon, Anchor, Button, Group, Modal, Switch, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Icon } from "../Icon.tsx";
import { switchShortcuts, useShortcuts } from "../palette/shortcuts.ts";
import { startTour } from "../tour/tourState.ts";
import classes from "./explain.module.css";
import { entryOf, type TermName, termNames } from "./glossary.ts";

/** All terms of the page, each with its meaning and its source. */
export function GlossaryButton() {
  const [opened, { open, close }] = useDisclosure(false);
  const keysAreOn = useShortcuts();
  return (
    <>
      <Tooltip label="Glossary: what the words mean">
        <ActionIcon variant="default" size="lg" aria-label="Glossary" onClick={open}>
          <Icon name="help" />
        </ActionIcon>
      </Tooltip>
      <Modal opened={opened} onClose={close} title="What the words mean" size="lg">
        <Group gap="xs" mb="xs" justify="space-between">
          <Switch
            label="Keys: Ctrl K or ⌘ K for commands, T trains and pauses, digits show a view"
            checked={keysAreOn}
            onChange={(event) => switchShortcuts(event.currentTarget.checked)}
          />
          <Button
            onClick={() => {
              close();
              startTour();
            }}
          >
            Five-minute tour
          </Button>
        </Group>
        <Entries />
      </Modal>
    </>
  );
}

function Entries() {
  return (
    <dl className={classes.glossary}>
      {termNames().map((key) => (
        <Entry key={key} of={key} />
      ))}
    </dl>
  );
}

function Entry({ of }: { of: TermName }) {
  const { name, meaning, source } = entryOf(of);
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {meaning}{" "}
        {source && (
          <Anchor size="sm" underline="always" href={source.href} target="_blank" rel="noreferrer">
            {source.title}
          </Anchor>
        )}
      </dd>
    </>
  );
}
