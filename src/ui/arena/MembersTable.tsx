import { Table } from "@mantine/core";
import type { TestFigures } from "../../runs/arenaEvents.ts";
import type { ArenaState, MemberState } from "../../store/arena/arenaState.ts";
import { RECENT_ROWS, recentMean } from "../../store/charts/recentMean.ts";
import { Card } from "../Card.tsx";
import { metric, overSeeds, short } from "../format.ts";
import { useStudio } from "../StudioContext.tsx";
import classes from "./arena.module.css";
import { MemberLine } from "./MemberLine.tsx";
import { lookOf } from "./members.ts";
import { useArenaState, useMembers } from "./useArena.ts";

const WORDS: Record<MemberState["status"], string> = {
  training: "Training",
  finished: "Done",
  failed: "Failed",
};

/** Every member over the seeds that are done, and where it stands in the one under way. */
export function MembersTable() {
  const members = useMembers();
  const states = useArenaState(({ arena }) => arena?.states);
  const seeds = useArenaState(({ arena }) => arena?.seeds.length ?? 0);
  const seedIndex = useArenaState(({ arena }) => arena?.seedIndex ?? 0);
  const tests = useArenaState(({ arena }) => arena?.seedTests ?? NONE);
  const cutOff = useArenaState(({ arena }) => ["interrupted", "stopped"].includes(arena?.status.type ?? ""));
  const { curves } = useStudio().arena;
  const recent = members.map((_, m) => {
    const progress = curves?.members[m];
    return progress ? recentMean(progress, "logLoss", RECENT_ROWS) : null;
  });
  const window = recent.find((found) => found !== null)?.rows ?? null;
  const isUneventful = states?.every(({ status }) => status === "finished") ?? false;
  const done = tests.filter((seed) => seed.some((figures) => figures !== null));
  return (
    <Card title="Members" isInner>
      <p className={classes.hint}>
        {hint(done.length, seeds)}
        {window !== null &&
          ` Training log loss: mean over the last ${short(window)} rows, each before it was trained on.`}
      </p>
      <div className={classes.wide}>
        <Table className={classes.figures} verticalSpacing={3} horizontalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Member</Table.Th>
              <Table.Th ta="end">Test log loss</Table.Th>
              <Table.Th ta="end">Test AUC</Table.Th>
              <Table.Th ta="end">Training log loss{seeds > 1 ? `, seed ${seedIndex + 1}` : ""}</Table.Th>
              {!isUneventful && <Table.Th>State</Table.Th>}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {states?.map(({ testLogLoss, testAuc, status, problem }, index) => {
              const found = done.map((seed) => seed[index] ?? null).filter((figures) => figures !== null);
              return (
                <Table.Tr key={lookOf(index).color}>
                  <Table.Th scope="row">
                    <MemberLine member={index} /> {members[index]!.name}
                  </Table.Th>
                  <Table.Td ta="end">
                    {found.length > 0
                      ? overSeeds(found.map((figures) => figures.logLoss))
                      : metric(testLogLoss)}
                  </Table.Td>
                  <Table.Td ta="end">{found.length > 0 ? overSeeds(aucs(found)) : metric(testAuc)}</Table.Td>
                  <Table.Td ta="end">{metric(recent[index]?.mean)}</Table.Td>
                  {!isUneventful && (
                    <Table.Td>
                      {problem ?? (cutOff && status === "training" ? "Cut off" : WORDS[status])}
                    </Table.Td>
                  )}
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </div>
    </Card>
  );
}

const NONE: ArenaState["seedTests"] = [];

function hint(done: number, seeds: number): string {
  if (done === 0) return "The newest evaluation of each in this seed.";
  if (done === 1) return `Test figures of ${seeds === 1 ? "the last evaluation" : "the seed that is done"}.`;
  return `Test figures: mean ± standard deviation over ${done} of ${seeds} seeds, each at its last evaluation.`;
}

function aucs(found: readonly TestFigures[]): number[] {
  return found.map(({ auc }) => auc).filter((auc) => auc !== null);
}
