import { Text } from "@mantine/core";
import { useEffect } from "react";
import { shownArena } from "../../store/library/keptArena.ts";
import type { JudgedArena } from "../../store/library/latestResult.ts";
import { Card } from "../Card.tsx";
import { Term } from "../explain/Term.tsx";
import { TermsIn } from "../explain/TermsIn.tsx";
import { count, moment, overSeeds } from "../format.ts";
import { useRunsState } from "../runs/RunsContext.tsx";
import { useStudio } from "../StudioContext.tsx";
import classes from "./overview.module.css";
import { ViewLink } from "./ViewLink.tsx";

/** What an arena has come to: the verdict on held-out rows, and each member's figures there. */
export function ArenaResult({ arena }: { arena: JudgedArena }) {
  const { arenaId, members, seeds, data, heldOut, overview, startedAt, seedTests } = arena;
  const studio = useStudio();
  const kept = useRunsState(({ arenas }) => arenas.find(({ record }) => record.arenaId === arenaId));
  // An earlier one may be on show, which the link would lead to.
  useEffect(() => {
    if (kept && studio.arena.store.getState().arena?.arenaId !== arenaId) studio.arena.show(shownArena(kept));
  }, [studio, kept, arenaId]);
  const figures = (member: number, name: "logLoss" | "auc") =>
    overSeeds(seedTests.flatMap((seed) => seed[member]?.[name] ?? []));
  return (
    <Card
      title={`The result: arena of ${members.map(({ name }) => name).join(", ")}${data ? ` on ${data.name}` : ""}`}
      className={classes.card}
      testId="result"
    >
      <p className={classes.verdict}>{heldOut?.overview}</p>
      <p className={classes.begun}>
        {heldOut?.scope && <TermsIn text={heldOut.scope} />} Begun on {moment(startedAt)}.
      </p>
      <dl className={classes.results}>
        {members.map(({ name }, m) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <strong>{figures(m, "logLoss")}</strong>
              <span>
                <Term of="test">test</Term> <Term of="logLoss">log loss</Term>, <Term of="auc">AUC</Term>{" "}
                {figures(m, "auc")}
              </span>
            </dd>
          </div>
        ))}
      </dl>
      <p className={classes.note}>
        {heldOut && `Over ${count(heldOut.rows)} test rows`}
        {seeds.length > 1 && `, ${seeds.length} seeds: mean ± standard deviation`}.
      </p>
      {overview && (
        <Text size="sm" component="p" m={0} mt={8}>
          While learning, on the first pass: {overview}
        </Text>
      )}
      <Text size="sm" component="p" m={0} mt={8}>
        <ViewLink view="arena">Each pair with its interval, and the curves</ViewLink>
      </Text>
    </Card>
  );
}
