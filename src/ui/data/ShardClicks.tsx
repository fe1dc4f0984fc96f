import type { Inspection } from "../../preprocess/inspection.ts";
import { count, percent } from "../format.ts";
import overview from "../overview/overview.module.css";
import classes from "./data.module.css";

const WIDTH = 600;
const HEIGHT = 70;

/** The click rate along the data: a jump tells of a log that was put together, or of clicks that were sampled. */
export function ShardClicks({ shards }: { shards: Inspection["shards"] }) {
  const most = Math.max(...shards.map(({ clickRate }) => clickRate), 1e-9);
  const step = WIDTH / Math.max(shards.length, 8);
  const rates = shards.map(({ clickRate }) => clickRate);
  const summary = `Click rate by shard: from ${percent(Math.min(...rates))} to ${percent(most)}.`;
  return (
    <section className={overview.card} aria-labelledby="shards-title">
      <h2 id="shards-title" className={overview.title}>
        {summary}
      </h2>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={classes.clicks} role="img" aria-label={summary}>
        {shards.map(({ file, rows, clickRate }, i) => (
          <rect
            key={file}
            x={i * step}
            width={Math.max(1, step - 2)}
            y={HEIGHT - (HEIGHT * clickRate) / most}
            height={(HEIGHT * clickRate) / most}
            data-split={file.split("-")[0]}
          >
            <title>{`${file}: ${percent(clickRate)} of ${count(rows)} rows`}</title>
          </rect>
        ))}
      </svg>
      <details className={classes.details}>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th>Shard</th>
              <th>Rows</th>
              <th>Click rate</th>
            </tr>
          </thead>
          <tbody>
            {shards.map(({ file, rows, clickRate }) => (
              <tr key={file}>
                <th scope="row">{file}</th>
                <td>{count(rows)}</td>
                <td>{percent(clickRate)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}
