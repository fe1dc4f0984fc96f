import type { Inspection } from "../../preprocess/inspection.ts";
import { Card } from "../Card.tsx";
import { count, percent } from "../format.ts";
import overview from "../overview/overview.module.css";
import classes from "./data.module.css";
import { ShardPlot } from "./ShardPlot.tsx";

/** Fewer are said in words. */
const LEAST_PLOTTED = 3;

/** The click rate along the data: a jump shows a log that was put together, or of clicks that were sampled. */
export function ShardClicks({ shards }: { shards: Inspection["shards"] }) {
  const plotted = shards.length >= LEAST_PLOTTED;
  const title = plotted ? rangeWords(shards) : "Click rate by shard";
  return (
    <Card title={title} className={overview.card}>
      {plotted ? (
        <>
          <ShardPlot shards={shards} title={title} />
          <ShardTable shards={shards} />
        </>
      ) : (
        <p className={classes.words} data-testid="shard-words">
          {shards.map(shardWords).join("; ")}.
        </p>
      )}
    </Card>
  );
}

function ShardTable({ shards }: { shards: Inspection["shards"] }) {
  return (
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
  );
}

function rangeWords(shards: Inspection["shards"]): string {
  const rates = shards.map(({ clickRate }) => clickRate);
  const [least, most] = [percent(Math.min(...rates)), percent(Math.max(...rates))];
  return `Click rate by shard: ${least === most ? `${least} in each` : `from ${least} to ${most}`}`;
}

function shardWords({ file, rows, clickRate }: Inspection["shards"][number]): string {
  return `${percent(clickRate)} of the ${count(rows)} rows of ${file}`;
}
