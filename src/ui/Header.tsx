import {
  ActionIcon,
  Burger,
  Group,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { useStore } from "zustand";
import { GlossaryButton } from "./explain/GlossaryButton.tsx";
import { Icon } from "./Icon.tsx";
import { AboutDevice } from "./run/AboutDevice.tsx";
import { JobPill } from "./run/JobPill.tsx";
import { useStudio, useStudioState } from "./StudioContext.tsx";
import classes from "./studio.module.css";

interface HeaderProps {
  settingsOpen: boolean;
  onToggleSettings(): void;
}

export function Header({ settingsOpen, onToggleSettings }: HeaderProps) {
  return (
    <Group h="100%" px={{ base: "xs", sm: "md" }} justify="space-between" wrap="nowrap">
      <Group gap="sm" wrap="nowrap" miw={0}>
        <Burger
          opened={settingsOpen}
          onClick={onToggleSettings}
          hiddenFrom="md"
          size="sm"
          aria-label={settingsOpen ? "Hide settings" : "Show settings"}
        />
        <img src="./icon.svg" width={26} height={26} alt="" className={classes.logo} />
        <Text component="h1" m={0} fz="md" fw={700} className={classes.title}>
          FINAL Studio
        </Text>
        <JobPill />
        <RunName />
      </Group>
      <Group gap={6} wrap="nowrap">
        <EndNoticeButton />
        <GlossaryButton />
        <AboutDevice />
        <SchemeToggle />
      </Group>
    </Group>
  );
}

function RunName() {
  const name = useStudioState(({ run }) => run?.name ?? null);
  return (
    name && (
      <Text size="xs" c="dimmed" visibleFrom="sm" truncate>
        {name}
      </Text>
    )
  );
}

function SchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <Tooltip label={`Switch to ${other} colours`}>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={`Switch to ${other} colours`}
        onClick={() => setColorScheme(other)}
      >
        <Icon name={scheme === "dark" ? "sun" : "moon"} />
      </ActionIcon>
    </Tooltip>
  );
}

/** Whether the browser notifies the person when training ends while another tab or window is in front. */
function EndNoticeButton() {
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
