import { Button, Group, Menu, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import type { KeptDataset } from "../../datasets/requests.ts";
import { focusControl } from "../controls/fault.ts";
import { bytes, count, moment } from "../format.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { save } from "../save.ts";
import classes from "./data.module.css";
import { folderPicker } from "./folders.ts";
import { useDatasets } from "./useDatasets.ts";

/** The data sets that this browser keeps. */
export function KeptDatasets() {
  const { datasets } = useStudio();
  const kept = useDatasets((state) => state.kept);
  const [deleting, setDeleting] = useState<KeptDataset | null>(null);
  const title = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    void datasets.refresh();
  }, [datasets]);
  if (!kept || kept.length === 0) return null;
  const total = kept.reduce((sum, { byteLength }) => sum + byteLength, 0);

  async function remove({ id }: KeptDataset): Promise<void> {
    setDeleting(null);
    await datasets.remove(id);
    // The button that was pressed is gone with its entry, and with the last entry the list.
    if (datasets.store.getState().kept?.length === 0) focusControl("dataset");
    else title.current?.focus();
  }
  return (
    <section aria-labelledby="kept-title">
      <Group justify="space-between" mb={4}>
        <Text size="xs" fw={600} id="kept-title" ref={title} tabIndex={-1}>
          On this device
        </Text>
        <Text size="xs" c="dimmed">
          {bytes(total)}
        </Text>
      </Group>
      <HowLong />
      <ul className={classes.kept}>
        {kept.map((dataset) => (
          <Kept
            key={dataset.id}
            dataset={dataset}
            isOnlyOfItsName={kept.filter(({ name }) => name === dataset.name).length === 1}
            onDelete={() => setDeleting(dataset)}
          />
        ))}
      </ul>
      <DeleteDialog dataset={deleting} onCancel={() => setDeleting(null)} onDelete={remove} />
    </section>
  );
}

/** Whether the browser may delete them by itself. */
function HowLong() {
  const { persistence } = useStudio();
  const isPersistent = useStore(persistence.store, (state) => state.isPersistent);
  useEffect(() => {
    void persistence.look();
  }, [persistence]);
  if (isPersistent === null) return null;
  return (
    <Text size="xs" c="dimmed" mb={4}>
      {isPersistent
        ? "Kept until you delete them."
        : "The browser may remove them when space is short: export what you need."}
    </Text>
  );
}

interface KeptProps {
  dataset: KeptDataset;
  isOnlyOfItsName: boolean;
  onDelete(): void;
}

function Kept({ dataset, isOnlyOfItsName, onDelete }: KeptProps) {
  const { datasets } = useStudio();
  const busy = useDatasets((state) => state.work) !== null;
  const isOpen = useStudioState(
    ({ dataset: open }) => open?.location.type === "device" && open.location.id === dataset.id,
  );
  const { id, name, rows, byteLength, keptAt, damage } = dataset;
  const label = isOnlyOfItsName ? name : `${name}, kept ${toTheSecond(keptAt)}`;
  return (
    <li data-kept={name}>
      <Name dataset={dataset} label={label} />
      <Text size="xs" c="dimmed">
        {damage
          ? `${damage.sentence} ${damage.remedy}`
          : `${count(rows)} rows, ${bytes(byteLength)}, kept ${isOnlyOfItsName ? moment(keptAt) : toTheSecond(keptAt)}`}
      </Text>
      <Group justify="end" gap={4} wrap="nowrap">
        {isOpen && <span className={classes.ready}>open</span>}
        {!isOpen && !damage && (
          <Button size="compact-xs" aria-label={`Open ${label}`} onClick={() => void datasets.open(id)}>
            Open
          </Button>
        )}
        {!damage && <Export id={id} label={label} disabled={busy} />}
        <Button
          size="compact-xs"
          aria-label={`Delete ${label} from this device`}
          aria-describedby={isOpen ? `kept-open-${id}` : undefined}
          disabled={isOpen}
          onClick={onDelete}
        >
          Delete
        </Button>
      </Group>
      {isOpen && (
        <Text size="xs" c="dimmed" ta="end" id={`kept-open-${id}`}>
          To delete it, open another one first.
        </Text>
      )}
    </li>
  );
}

/** The name, which can be changed. */
function Name({ dataset: { id, name }, label }: { dataset: KeptDataset; label: string }) {
  const { datasets } = useStudio();
  const [typed, setTyped] = useState(name);
  useEffect(() => setTyped(name), [name]);
  function rename(): void {
    if (typed.trim() !== "" && typed !== name) void datasets.rename(id, typed.trim());
    else setTyped(name);
  }
  return (
    <TextInput
      aria-label={`Name of ${label}`}
      value={typed}
      maxLength={200}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={rename}
      onKeyDown={(event) => event.key === "Enter" && rename()}
    />
  );
}

function Export({ id, label, disabled }: { id: string; label: string; disabled: boolean }) {
  const { datasets } = useStudio();
  const picker = folderPicker();
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
    <Menu>
      <Menu.Target>
        <Button size="compact-xs" disabled={disabled} aria-label={`Export ${label}`}>
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

/** Distinguishes entries of one name: two can be kept within a minute. */
function toTheSecond(time: number): string {
  return new Date(time).toLocaleString("en-GB");
}

interface DeleteDialogProps {
  /** null: nothing is asked. */
  dataset: KeptDataset | null;
  onCancel(): void;
  onDelete(dataset: KeptDataset): Promise<void>;
}

/** Asks before a data set of the device is deleted. */
function DeleteDialog({ dataset, onCancel, onDelete }: DeleteDialogProps) {
  return (
    <Modal
      opened={dataset !== null}
      onClose={onCancel}
      title={dataset && `Delete ${dataset.name}?`}
      closeButtonProps={{ "aria-label": "Keep it" }}
    >
      {dataset && (
        <Stack gap="sm">
          <Text size="sm">
            {count(dataset.rows)} rows, {bytes(dataset.byteLength)}, kept{" "}
            {new Date(dataset.keptAt).toLocaleString("en-GB")}. Deleting cannot be undone; runs that were
            trained on it stay.
          </Text>
          <Group justify="end" gap="xs">
            <Button data-autofocus onClick={onCancel}>
              Keep it
            </Button>
            <Button variant="filled" color="red" onClick={() => void onDelete(dataset)}>
              Delete
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
