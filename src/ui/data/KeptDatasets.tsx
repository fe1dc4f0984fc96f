import { Button, Group, Menu, Text, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { KeptDataset } from "../../protocol/dataMessages.ts";
import { bytes, count } from "../format.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { save } from "../save.ts";
import classes from "./data.module.css";
import { useDatasets } from "./useDatasets.ts";

/** Browsers that can write into a folder which the person chooses. */
type WithFolders = Window & {
  showDirectoryPicker?(options: { mode: "readwrite" }): Promise<FileSystemDirectoryHandle>;
};

/** The data sets that this browser keeps. */
export function KeptDatasets() {
  const { datasets } = useStudio();
  const kept = useDatasets((state) => state.kept);
  useEffect(() => {
    void datasets.refresh();
  }, [datasets]);
  if (!kept || kept.length === 0) return null;
  const total = kept.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return (
    <section aria-labelledby="kept-title">
      <Group justify="space-between" mb={4}>
        <Text size="xs" fw={600} id="kept-title">
          On this device
        </Text>
        <Text size="xs" c="dimmed">
          {bytes(total)}
        </Text>
      </Group>
      <ul className={classes.kept}>
        {kept.map((dataset) => (
          <Kept key={dataset.id} dataset={dataset} />
        ))}
      </ul>
    </section>
  );
}

function Kept({ dataset }: { dataset: KeptDataset }) {
  const { datasets } = useStudio();
  const busy = useDatasets((state) => state.work) !== null;
  const isOpen = useStudioState(
    ({ dataset: open }) => open?.location.type === "device" && open.location.id === dataset.id,
  );
  const { id, name, rows, byteLength, damage } = dataset;
  return (
    <li data-kept={name}>
      <Name dataset={dataset} />
      <Group justify="space-between" gap={6} wrap="nowrap">
        <Text size="xs" c="dimmed">
          {damage ? damage.sentence : `${count(rows)} rows, ${bytes(byteLength)}`}
        </Text>
        <Group gap={4} wrap="nowrap">
          {isOpen && <span className={classes.ready}>open</span>}
          {!isOpen && !damage && (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Open ${name}`}
              onClick={() => void datasets.open(id)}
            >
              Open
            </Button>
          )}
          {!damage && <Export dataset={dataset} disabled={busy} />}
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Delete ${name} from this device`}
            disabled={isOpen}
            onClick={() => void datasets.remove(id)}
          >
            Delete
          </Button>
        </Group>
      </Group>
    </li>
  );
}

/** The name, which can be changed. */
function Name({ dataset: { id, name } }: { dataset: KeptDataset }) {
  const { datasets } = useStudio();
  const [typed, setTyped] = useState(name);
  useEffect(() => setTyped(name), [name]);
  function rename(): void {
    if (typed.trim() !== "" && typed !== name) void datasets.rename(id, typed.trim());
    else setTyped(name);
  }
  return (
    <TextInput
      aria-label={`Name of ${name}`}
      size="xs"
      value={typed}
      maxLength={200}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={rename}
      onKeyDown={(event) => event.key === "Enter" && rename()}
    />
  );
}

function Export({ dataset: { id, name }, disabled }: { dataset: KeptDataset; disabled: boolean }) {
  const { datasets } = useStudio();
  const picker = (window as WithFolders).showDirectoryPicker?.bind(window);
  async function saveZip(): Promise<void> {
    const zip = await datasets.zip(id);
    if (zip) save(zip.name, zip.blob);
  }
  async function saveFolder(): Promise<void> {
    // Nothing is chosen where the person closes the picker.
    const folder = await picker!({ mode: "readwrite" }).catch(() => null);
    if (folder) await datasets.saveInto(id, folder);
  }
  return (
    <Menu transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <Button size="compact-xs" variant="default" disabled={disabled} aria-label={`Export ${name}`}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void saveZip()}>As a zip</Menu.Item>
        {picker && <Menu.Item onClick={() => void saveFolder()}>Into a folder</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  );
}
