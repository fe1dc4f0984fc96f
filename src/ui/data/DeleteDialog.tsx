import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { KeptDataset } from "../../datasets/requests.ts";
import { bytes, count } from "../format.ts";

interface DeleteDialogProps {
  /** null: nothing is asked. */
  dataset: KeptDataset | null;
  onCancel(): void;
  onDelete(dataset: KeptDataset): Promise<void>;
}

/** Asks before a data set of the device is deleted. */
export function DeleteDialog({ dataset, onCancel, onDelete }: DeleteDialogProps) {
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
            <Button variant="default" data-autofocus onClick={onCancel}>
              Keep it
            </Button>
            <Button color="red" onClick={() => void onDelete(dataset)}>
              Delete
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
