import { Button, Group, Stack, TextInput } from "@mantine/core";
import { type SubmitEvent, Suspense, useState } from "react";
import { DEMO } from "../../store/studio.ts";
import { controlId } from "../controls/fault.ts";
import { NumberInput } from "../controls/NumberField.tsx";
import { loadLater } from "../loadLater.ts";
import { useStudio } from "../StudioContext.tsx";
import classes from "./data.module.css";
import { manifestAddress } from "./manifestAddress.ts";

// What reads dropped folders has a long list of file types.
const FilesLoader = loadLater(async () => (await import("./FilesLoader.tsx")).FilesLoader);

/** Opens another data set: a log or files dropped or picked, a manifest's address, or demo data of another size. */
export function DatasetLoader() {
  const [open, setOpen] = useState(false);
  return (
    <div>
      <Button fullWidth id={controlId("dataset")} aria-expanded={open} onClick={() => setOpen(!open)}>
        Open another data set
      </Button>
      {open && (
        <Stack gap="sm" mt="sm">
          <Suspense fallback={<div className={classes.coming} />}>
            <FilesLoader />
          </Suspense>
          <AddressLoader />
          <DemoMaker />
        </Stack>
      )}
    </div>
  );
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
        <Button type="submit">Open</Button>
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
        disabled={!valid}
        onClick={() => valid && void studio.openDataset({ type: "demo", rows, seed, edition: 2 })}
      >
        Make
      </Button>
    </Group>
  );
}
