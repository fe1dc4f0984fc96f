import { Modal } from "@mantine/core";
import type { LibraryRun } from "../../library/requests.ts";
import { LearnedOfRun } from "../insight/LearnedOfRun.tsx";

/** What the model of a run in the list had learned. */
export function LearnedDialog({ record, onClose }: { record: LibraryRun; onClose(): void }) {
  return (
    <Modal opened onClose={onClose} size="xl" title={`What ${record.name} has learned`}>
      <LearnedOfRun run={record} />
    </Modal>
  );
}
