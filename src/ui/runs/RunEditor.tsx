import { Button, Group, Modal, Stack, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { RunRecord } from "../../runs/record.ts";
import { useRuns } from "./RunsContext.tsx";

/** Name, tags and note of a run. */
export function RunEditor({ record, onClose }: { record: RunRecord; onClose(): void }) {
  const runs = useRuns();
  const [name, setName] = useState(record.name);
  const [tags, setTags] = useState(record.tags);
  const [note, setNote] = useState(record.note);
  const isNamed = name.trim() !== "";
  return (
    <Modal opened onClose={onClose} title={`Edit ${record.name}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isNamed) return;
          runs.edit(record.runId, { name: name.trim(), tags, note: note.trim() });
          onClose();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            value={name}
            data-autofocus
            maxLength={200}
            error={isNamed ? null : "A run needs a name."}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TagsInput size="xs" label="Tags" value={tags} maxTags={20} onChange={setTags} />
          <Textarea
            size="xs"
            label="Note"
            value={note}
            maxLength={10_000}
            minRows={3}
            autosize
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Group justify="end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={!isNamed}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
