import { Text } from "@mantine/core";
import classes from "./arena.module.css";
import { useArenaState } from "./useArena.ts";

/** What has been found, in sentences: so far, and once it is over. */
export function Verdicts() {
  const verdicts = useArenaState(({ arena }) => arena?.verdicts);
  const overview = useArenaState(({ arena }) => arena?.overview ?? null);
  const seedVerdicts = useArenaState(({ arena }) => arena?.seedVerdicts);
  const seeds = useArenaState(({ arena }) => arena?.seeds);
  const recorded = useArenaState(({ arena }) => arena?.recorded ?? null);
  const many = verdicts && verdicts.length > 1;
  if (!verdicts || !seeds || !seedVerdicts) return null;
  // What holds for every pair is said once.
  const common = (many ? verdicts[0]!.verdict.notes : []).filter((note) =>
    verdicts.every(({ verdict }) => verdict.notes.includes(note)),
  );
  return (
    <section className={classes.card} aria-labelledby="verdict-title">
      <h2 id="verdict-title" className={classes.title}>
        {overview === null ? "So far" : "Verdict"}
      </h2>
      {recorded && (
        <p className={classes.hint}>
          Recorded on {recorded.on} with {recorded.datasetName} data, not trained here.
        </p>
      )}
      <p className={many ? classes.overview : classes.unseen} role="status">
        {overview !== null && (many ? overview : verdicts[0]?.verdict.sentence)}
      </p>
      {verdicts.length === 0 && <p className={classes.hint}>The first batches are on their way.</p>}
      <ul className={classes.verdicts}>
        {verdicts.map(({ first, second, verdict }) => (
          <li key={`${first} ${second}`} data-clear={verdict.better !== null}>
            <p className={classes.sentence} data-testid="verdict">
              {verdict.sentence}
            </p>
            <Notes notes={verdict.notes.filter((note) => !common.includes(note))} />
          </li>
        ))}
      </ul>
      <Notes notes={common} />
      {overview !== null && seeds.length > 1 && (
        <details className={classes.details}>
          <summary>Each seed by itself</summary>
          {seedVerdicts.map((pairs, index) => (
            <div key={seeds[index]}>
              <Text size="xs" fw={600} mt={6}>
                Seed {seeds[index]}
              </Text>
              {pairs.map(({ first, second, verdict }) => (
                <p key={`${first} ${second}`} className={classes.note}>
                  {verdict.sentence}
                </p>
              ))}
            </div>
          ))}
        </details>
      )}
    </section>
  );
}

function Notes({ notes }: { notes: string[] }) {
  return notes.map((note) => (
    <p key={note} className={classes.note}>
      {note}
    </p>
  ));
}
