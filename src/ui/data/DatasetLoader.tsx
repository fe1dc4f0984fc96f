import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { Dropzone, type DropzoneProps } from "@mantine/dropzone";
import { type SubmitEvent, useRef, useState } from "react";
import { DEMO } from "../../store/studio.ts";
import { controlId } from "../controls/fault.ts";
import { NumberInput } from "../controls/NumberField.tsx";
import { Icon } from "../Icon.tsx";
import { useStudio } from "../StudioContext.tsx";
import { chosenFiles } from "./chosenFiles.ts";
import classes from "./data.module.css";
import { folderPicker } from "./folders.ts";
import { manifestAddress } from "./manifestAddress.ts";
import { openChosen, openFolder } from "./openChosen.ts";

/** Opens another data set: a log or files dropped or picked, a manifest's address, or demo data of another size. */
export function DatasetLoader() {
  const [open, setOpen] = useState(false);
  return (
    <div>
      <Button
        variant="default"
        fullWidth
        id={controlId("dataset")}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        Open another data set
      </Button>
      {open && (
        <Stack gap="sm" mt="sm">
          <FilesLoader />
          <AddressLoader />
          <DemoMaker />
        </Stack>
      )}
    </div>
  );
}

type DropEvent = Parameters<NonNullable<DropzoneProps["getFilesFromEvent"]>>[0];

function FilesLoader() {
  const studio = useStudio();
  const folder = useRef<HTMLInputElement>(null);
  const picker = folderPicker();
  const load = (files: Iterable<File>) => openChosen(studio, chosenFiles(files));
  async function chooseFolder(): Promise<void> {
    if (!picker) return folder.current?.click();
    // Nothing is chosen where the person closes the picker.
    const chosen = await picker({ mode: "read" }).catch(() => null);
    if (chosen) await openFolder(studio, chosen);
  }
  return (
    <div>
      <Dropzone
        onDrop={load}
        getFilesFromEvent={filesOf}
        multiple
        role="button"
        className={classes.drop}
        // The whole is the button; the field in it is for nobody to reach.
        inputProps={{ "aria-label": "A log, or the files of a data set", hidden: true }}
      >
        <Text size="xs">
          Drop or choose a log (plain or gzip), files of another tool, or a data set’s folder with its
          manifest
        </Text>
      </Dropzone>
      <input
        ref={folder}
        type="file"
        hidden
        // @ts-expect-error React does not know the attribute that makes this a picker of folders.
        webkitdirectory=""
        onChange={(event) => {
          load([...(event.currentTarget.files ?? [])]);
          // The same folder can be chosen again once a file of it was put right.
          event.currentTarget.value = "";
        }}
      />
      <Button
        variant="subtle"
        fullWidth
        mt={4}
        leftSection={<Icon name="upload" size={14} />}
        onClick={() => void chooseFolder()}
      >
        Choose a folder
      </Button>
    </div>
  );
}

/** Files that were picked. Those that are dropped are the page's (useDroppedData), which takes folders too. */
async function filesOf(event: DropEvent): Promise<(File | DataTransferItem)[]> {
  if (Array.isArray(event)) return Promise.all(event.map((handle) => handle.getFile()));
  if ("dataTransfer" in event) return event.type === "drop" ? [] : [...(event.dataTransfer?.items ?? [])];
  return [...((event.target as HTMLInputElement).files ?? [])];
}

function AddressLoader() {
  const studio = useStudio();
  const [address, setAddress] = useState("");
  function load(event: SubmitEvent): void {
    event.preventDefault();
    const manifestUrl = manifestAddress(address, document.baseURI);
    if (manifestUrl.ok) void studio.openDataset({ type: "url", manifestUrl: manifestUrl.value });
    else studio.notify(manifestUrl.problem);
  }
  return (
    <form onSubmit={load}>
      <Group gap="xs" align="end" wrap="nowrap">
        <TextInput
          label="Address of a manifest.json"
          placeholder="https://…/manifest.json"
          flex={1}
          required
          withAsterisk={false}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          Open
        </Button>
      </Group>
    </form>
  );
}

function DemoMaker() {
  const studio = useStudio();
  const [rows, setRows] = useState<number | string>(DEMO.rows);
  const [seed, setSeed] = useState<number | string>(DEMO.seed);
  const valid = typeof rows === "number" && rows >= 1000 && typeof seed === "number" && seed >= 0;
  return (
    <Group gap="xs" align="end" wrap="nowrap" grow>
      <NumberInput
        id={controlId("demo.rows")}
        label="Demo rows"
        value={rows}
        step={10_000}
        error={typeof rows === "number" && rows >= 1000 ? null : "At least 1,000"}
        onChange={setRows}
      />
      <NumberInput id={controlId("demo.seed")} label="Demo seed" value={seed} step={1} onChange={setSeed} />
      <Button
        variant="default"
        disabled={!valid}
        onClick={() => valid && void studio.openDataset({ type: "demo", rows, seed, edition: 2 })}
      >
        Make
      </Button>
    </Group>
  );
}
