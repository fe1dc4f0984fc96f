import { Button, Text } from "@mantine/core";
import { Dropzone, type DropzoneProps } from "@mantine/dropzone";
import { useRef } from "react";
import { Icon } from "../Icon.tsx";
import { useStudio } from "../StudioContext.tsx";
import { chosenFiles } from "./chosenFiles.ts";
import classes from "./data.module.css";
import { folderPicker } from "./folders.ts";
import { openChosen, openFolder } from "./openChosen.ts";

type DropEvent = Parameters<NonNullable<DropzoneProps["getFilesFromEvent"]>>[0];

/** Opens what is dropped or picked: a log, files of another tool, or a folder. */
export function FilesLoader() {
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
