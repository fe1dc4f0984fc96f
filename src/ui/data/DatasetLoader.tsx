import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { type SubmitEvent, useRef, useState } from "react";
import { DEMO } from "../../store/studio.ts";
import { controlId } from "../controls/fault.ts";
import { NumberInput } from "../controls/NumberField.tsx";
import { Icon } from "../Icon.tsx";
import { useStudio } from "../StudioContext.tsx";
import classes from "./data.module.css";
import { openChosen } from "./openChosen.ts";

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

function FilesLoader() {
  const studio = useStudio();
  const folder = useRef<HTMLInputElement>(null);
  const load = (files: File[]) => openChosen(studio, files);
  return (
    <div>
      <Dropzone
        onDrop={load}
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
        onChange={(event) => load([...(event.currentTarget.files ?? [])])}
      />
      <Button
        variant="subtle"
        fullWidth
        mt={4}
        leftSection={<Icon name="upload" size={14} />}
        onClick={() => folder.current?.click()}
      >
        Choose a folder
      </Button>
    </div>
  );
}

function AddressLoader() {
  const studio = useStudio();
  const [address, setAddress] = useState("");
  function load(event: SubmitEvent): void {
    event.preventDefault();
    const manifestUrl = new URL(address, document.baseURI).href;
    void studio.openDataset({ type: "url", manifestUrl });
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
        onClick={() => valid && void studio.openDataset({ type: "demo", rows, seed })}
      >
        Make
      </Button>
    </Group>
  );
}
