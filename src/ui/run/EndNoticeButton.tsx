import { ActionIcon, Tooltip } from "@mantine/core";
import { useStore } from "zustand";
import { Icon } from "../Icon.tsx";
import { useStudio } from "../StudioContext.tsx";

/** Whether the browser notifies the person when training ends while another tab or window is in front. */
export function EndNoticeButton() {
  const { endNotices } = useStudio();
  const { status } = useStore(endNotices.store);
  if (status === "missing") return null;
  const label = {
    on: "Do not notify me when training ends",
    off: "Notify me when training ends",
    refused: "Notifications are blocked: allow them in the browser’s settings of this site",
  }[status];
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant={status === "on" ? "light" : "default"}
        size="lg"
        aria-label={label}
        aria-pressed={status === "on"}
        aria-disabled={status === "refused"}
        onClick={() => (status === "on" ? endNotices.turnOff() : void endNotices.turnOn())}
      >
        <Icon name="bell" />
      </ActionIcon>
    </Tooltip>
  );
}
