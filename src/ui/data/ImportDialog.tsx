import { Modal } from "@mantine/core";
import { useStudio } from "../StudioContext.tsx";
import { ImportColumns } from "./ImportColumns.tsx";
import { ImportForm } from "./ImportForm.tsx";
import { useDatasets } from "./useDatasets.ts";

/** What a log is and what it will take on the device; how much of it, and which ids it gets. */
export function ImportDialog() {
  const { datasets } = useStudio();
  const log = useDatasets((state) => state.log);
  const look = log?.look;
  return (
    <Modal
      opened={log !== null}
      onClose={datasets.dismissLog}
      title={look && `Import ${look.type === "log" ? look.report.name : look.name}`}
      closeButtonProps={{ "aria-label": "Cancel the import" }}
      transitionProps={{ duration: 0 }}
    >
      {log?.look.type === "log" && <ImportForm layout={log.layout} report={log.look.report} />}
      {log?.look.type === "columns" && <ImportColumns files={log.files} look={log.look} />}
    </Modal>
  );
}
