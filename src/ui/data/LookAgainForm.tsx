import { Button, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { Problem } from "../../base/problem.ts";
import { useStudio } from "../StudioContext.tsx";
import classes from "./data.module.css";

interface LookAgainFormProps {
  /** Why the files cannot be read as they were. */
  problem: Problem;
  saysRemedy?: boolean;
  /** Whether all has been answered that must be known. */
  isAnswered: boolean;
  onLookAgain(): void;
  /** The question's fields. */
  children: ReactNode;
}

/** What the import must ask before it can read files. */
export function LookAgainForm(props: LookAgainFormProps) {
  const { problem, saysRemedy = false, isAnswered, onLookAgain, children } = props;
  const { datasets } = useStudio();
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (isAnswered) onLookAgain();
      }}
    >
      <Stack gap="sm">
        <Text size="sm" className={classes.size} role="status" data-problem={problem.code}>
          {problem.sentence} {saysRemedy && problem.remedy}
        </Text>
        {children}
        <Group justify="end" gap="xs">
          <Button onClick={datasets.dismissLog}>Not now</Button>
          <Button variant="filled" type="submit" disabled={!isAnswered}>
            Look again
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
