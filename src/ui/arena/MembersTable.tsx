import { Table } from "@mantine/core";
import type { MemberState } from "../../store/arena.ts";
import { metric } from "../format.ts";
import classes from "./arena.module.css";
import { MemberLine } from "./MemberLine.tsx";
import { lookOf } from "./members.ts";
import { useArenaState, useMembers } from "./useArena.ts";

const WORDS: Record<MemberState["status"], string> = {
  training: "Training",
  finished: "Done",
  failed: "Failed",
};

/** Every member's newest numbers in the seed under way. */
export function MembersTable() {
  const members = useMembers();
  const states = useArenaState(({ arena }) => arena?.states);
  const interrupted = useArenaState(({ arena }) => arena?.status.type === "interrupted");
  return (
    <section className={classes.card} aria-labelledby="members-title">
      <h3 id="members-title" className={classes.title}>
        Members
      </h3>
      <p className={classes.hint}>The newest numbers of each in this seed.</p>
      <Table className={classes.members} verticalSpacing={3} horizontalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Member</Table.Th>
            <Table.Th ta="end">Log loss</Table.Th>
            <Table.Th ta="end">Test log loss</Table.Th>
            <Table.Th ta="end">Test AUC</Table.Th>
            <Table.Th>State</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {states?.map(({ logLoss, testLogLoss, testAuc, status, problem }, index) => (
            <Table.Tr key={lookOf(index).color}>
              <Table.Th scope="row">
                <MemberLine member={index} /> {members[index]!.name}
              </Table.Th>
              <Table.Td ta="end">{metric(logLoss)}</Table.Td>
              <Table.Td ta="end">{metric(testLogLoss)}</Table.Td>
              <Table.Td ta="end">{metric(testAuc)}</Table.Td>
              <Table.Td>
                {problem ?? (interrupted && status === "training" ? "Cut off" : WORDS[status])}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
