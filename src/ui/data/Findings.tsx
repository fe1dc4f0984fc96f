import { Text } from "@mantine/core";
import type { Finding } from "../../preprocess/findings/findings.ts";
import type { RecommendedMode } from "../../preprocess/recommendedMode.ts";
import { Card } from "../Card.tsx";
import overview from "../overview/overview.module.css";
import classes from "./data.module.css";

/** What is odd in the data set, the worst first, and how its numbers should enter. */
export function Findings({
  findings,
  recommended = {},
}: {
  findings: Finding[];
  recommended?: Record<string, RecommendedMode>;
}) {
  const otherwise = Object.entries(recommended).filter(([, { mode }]) => mode !== "bucket");
  return (
    <Card
      title={`${findings.length === 0 ? "Nothing odd was found" : `Odd, the worst first ($${findings.length})`}`}
      className={overview.card}
      testId="findings"
    >
      {findings.length > 0 && (
        <ol className={classes.findings}>
          {findings.map(({ code, sentence, remedy }) => (
            <li key={`${code} ${sentence}`}>
              <strong>{sentence}</strong> {remedy}
            </li>
          ))}
        </ol>
      )}
      {otherwise.length > 0 && (
        <Text size="sm">
          Recommended for numbers:{" "}
          {otherwise.map(([name, { mode, reason }]) => `${name} as ${mode}, since ${reason}`).join("; ")}.
        </Text>
      )}
    </Card>
  );
}
