import { ActionIcon, Button, Group, Text } from "@mantine/core";
import { useStore } from "zustand";
import type { Job } from "../../store/queue/job.ts";
import type { Hold } from "../../store/queue/queue.ts";
import { Icon, type IconName } from "../Icon.tsx";
import { useStudio } from "../StudioContext.tsx";
import classes from "./queue.module.css";

const WHY: Record<Hold, string> = {
  reloaded: "The page was reloaded: the queue waits for you.",
  stopped: "You stopped what was training: the queue waits for you.",
  problem: "The queue waits for you.",
};

/** What is trained after what is training now; absent while nothing waits. */
export function QueueCard() {
  const { queue } = useStudio();
  const { jobs, hold } = useStore(queue.store);
  if (jobs.length === 0) return null;
  return (
    <section className={classes.card} aria-labelledby="queue-title">
      <Group gap="xs" justify="space-between">
        <h2 id="queue-title" className={classes.title}>
          Queue: {jobs.length} waiting
        </h2>
        <Group gap={6}>
          {hold !== null && (
            <Button variant="filled" size="compact-sm" onClick={() => void queue.proceed()}>
              Continue the queue
            </Button>
          )}
          <Button size="compact-sm" variant="subtle" onClick={queue.clear}>
            Empty the queue
          </Button>
        </Group>
      </Group>
      {hold !== null && (
        <Text size="xs" component="p" m={0} role="status" data-testid="queue-hold">
          {WHY[hold]}
        </Text>
      )}
      <ol className={classes.jobs} data-testid="queue">
        {jobs.map((job, index) => (
          <JobRow key={job.id} job={job} index={index} last={jobs.length - 1} />
        ))}
      </ol>
    </section>
  );
}

function JobRow({ job, index, last }: { job: Job; index: number; last: number }) {
  const { queue } = useStudio();
  return (
    <li className={classes.job} data-job={job.type}>
      <span className={classes.name}>
        {job.name} <span className={classes.about}>{aboutJob(job)}</span>
      </span>
      <Group gap={2} wrap="nowrap">
        <RowButton
          icon="up"
          label={`Move ${job.name} up`}
          disabled={index === 0}
          onClick={() => queue.move(job.id, index - 1)}
        />
        <RowButton
          icon="down"
          label={`Move ${job.name} down`}
          disabled={index === last}
          onClick={() => queue.move(job.id, index + 1)}
        />
        <RowButton
          icon="remove"
          label={`Remove ${job.name} from the queue`}
          onClick={() => queue.remove(job.id)}
        />
      </Group>
    </li>
  );
}

function aboutJob(job: Job): string {
  const { epochs } =
    job.type === "run" ? job.config : job.type === "race" ? job.base : job.members[0]!.config;
  const length = `${epochs} epoch${epochs === 1 ? "" : "s"} on ${job.data.name}`;
  if (job.type === "run") return `run, ${length}`;
  if (job.type === "race") return `race, ${length}`;
  return `${job.members.length} members, ${job.seeds} seed${job.seeds === 1 ? "" : "s"}, ${length}`;
}

interface RowButtonProps {
  icon: IconName;
  label: string;
  disabled?: boolean;
  onClick(): void;
}

function RowButton({ icon, label, disabled = false, onClick }: RowButtonProps) {
  return (
    <ActionIcon variant="subtle" size={26} aria-label={label} disabled={disabled} onClick={onClick}>
      <Icon name={icon} size={14} />
    </ActionIcon>
  );
}
