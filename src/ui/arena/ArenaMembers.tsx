import { ActionIcon, Button, Group, Table, Text, TextInput } from "@mantine/core";
import { type Member, MOST_MEMBERS } from "../../arena/questions.ts";
import { configDifference } from "../../runs/configDifference.ts";
import { Icon, type IconName } from "../Icon.tsx";
import { useStudio } from "../StudioContext.tsx";
import classes from "./arena.module.css";
import { MemberLine } from "./MemberLine.tsx";
import { lookOf } from "./members.ts";
import { useArenaState } from "./useArena.ts";

/** The members of the next arena, and how each differs from the first. */
export function ArenaMembers() {
  const members = useArenaState(({ setup }) => setup.members);
  const problem = useArenaState(({ setup }) => setup.problem);
  if (problem)
    return (
      <Text size="xs" c="var(--mantine-color-error)" component="p" m={0} mt={8} role="status">
        {problem.sentence} {problem.remedy}
      </Text>
    );
  if (members.length === 0)
    return (
      <Text size="xs" c="dimmed" component="p" m={0} mt={8}>
        No members yet: choose a ready question, or add the current configuration, fork it and change one
        thing.
      </Text>
    );
  return (
    <>
      <Table className={classes.members} verticalSpacing={2} horizontalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Member</Table.Th>
            <Table.Th>Against the first</Table.Th>
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {members.map((member, index) => (
            <MemberRow key={lookOf(index).color} member={member} index={index} first={members[0]!} />
          ))}
        </Table.Tbody>
      </Table>
      <Edited />
    </>
  );
}

function MemberRow({ member, index, first }: { member: Member; index: number; first: Member }) {
  const { arena, importConfiguration } = useStudio();
  const isEdited = useArenaState(({ setup }) => setup.edited === index);
  const isFull = useArenaState(({ setup }) => setup.members.length >= MOST_MEMBERS);
  const { name, config } = member;

  function edit(): void {
    arena.edit(null);
    if (isEdited) return;
    importConfiguration(JSON.stringify(config), name);
    arena.edit(index);
  }
  function fork(): void {
    importConfiguration(JSON.stringify(arena.fork(index)), name);
  }
  return (
    <Table.Tr data-edited={isEdited}>
      <Table.Td>
        <Group gap={8} wrap="nowrap">
          <MemberLine member={index} />
          <TextInput
            aria-label={`Name of member ${index + 1}`}
            className={classes.memberName}
            value={name}
            maxLength={200}
            onChange={(event) => arena.rename(index, event.currentTarget.value)}
          />
        </Group>
      </Table.Td>
      <Table.Td className={classes.difference}>
        {index === 0 ? "the baseline" : differenceFrom(first, member)}
      </Table.Td>
      <Table.Td className={classes.memberActions}>
        <Button
          size="compact-sm"
          aria-label={`Fork ${name}`}
          leftSection={<Icon name="fork" size={14} />}
          disabled={isFull}
          onClick={fork}
        >
          Fork
        </Button>
        <Action icon="edit" label={`Edit ${name}`} pressed={isEdited} onClick={edit} />
        <Action icon="remove" label={`Remove ${name}`} onClick={() => arena.remove(index)} />
      </Table.Td>
    </Table.Tr>
  );
}

interface ActionProps {
  icon: IconName;
  label: string;
  pressed?: boolean;
  onClick(): void;
}

function Action({ icon, label, pressed, onClick }: ActionProps) {
  return (
    <ActionIcon
      variant={pressed ? "light" : "subtle"}
      color={pressed ? undefined : "gray"}
      aria-label={label}
      aria-pressed={pressed}
      title={label}
      onClick={onClick}
    >
      <Icon name={icon} />
    </ActionIcon>
  );
}

/** Says that the settings belong to a member for now. */
function Edited() {
  const { arena } = useStudio();
  const name = useArenaState(({ setup }) =>
    setup.edited === null ? null : (setup.members[setup.edited]?.name ?? null),
  );
  return (
    <div role="status">
      {name !== null && (
        <Group gap="xs" mt={6}>
          <Text size="xs">The settings change “{name}” now: change one thing.</Text>
          <Button size="compact-xs" onClick={() => arena.edit(null)}>
            Done
          </Button>
        </Group>
      )}
    </div>
  );
}

function differenceFrom(first: Member, { config, draw }: Member): string {
  const difference = configDifference(first.config, config);
  if (draw === undefined) return difference;
  return difference === "the same" ? "other initial values" : `${difference}; other initial values`;
}
