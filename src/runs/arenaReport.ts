// An arena as a report: who competed, what was found in sentences, the charts, and all that the studio reads again.

import { ARENA_FORMAT, arenaToJson, type KeptArena } from "./arenaRecord.ts";
import { configDifference } from "./configDifference.ts";
import { escaped, reportConfiguration, reportPage, reportTable } from "./reportPage.ts";

const HEAD = ["Member", "Against the first", "Log loss", "Test log loss", "Test AUC"];

/** The report's text in parts; `charts` are SVG texts. */
export function arenaReport(kept: KeptArena, charts: readonly string[]): string[] {
  const { members, seeds, data, states, status, verdicts, overview, startedAt } = kept.record;
  const digits = (value: number | null) => value?.toFixed(4) ?? "–";
  const rows = members.map(({ name, config }, m) => {
    const { logLoss, testLogLoss, testAuc } = states[m]!;
    const difference = m === 0 ? "the baseline" : configDifference(members[0]!.config, config);
    return [name, difference, digits(logLoss), digits(testLogLoss), digits(testAuc)];
  });
  const names = members.map(({ name }) => name);
  const notes = new Set(verdicts.flatMap(({ verdict }) => verdict.notes));
  const how = `${seeds.length === 1 ? "one seed" : `${seeds.length} seeds`} (${seeds.join(", ")})`;
  const when = new Date(startedAt).toISOString().slice(0, 10);
  return reportPage({
    title: names.join(", "),
    above: [
      `<p>An arena of FINAL Studio, trained on ${escaped(data?.name ?? "unknown data")} with ${how} on ${when}` +
        `${status === "finished" ? "" : ", and interrupted before its end"}. Open this file there to see it again.</p>`,
      ...(overview && verdicts.length > 1 ? [`<h2>${escaped(overview)}</h2>`] : []),
      ...verdicts.map(({ verdict: { sentence } }) => `<p>${escaped(sentence)}</p>`),
      ...Array.from(notes, (note) => `<p class="note">${escaped(note)}</p>`),
      reportTable(HEAD, rows),
    ],
    charts,
    below: members.map(({ name, config }) => reportConfiguration(name, config)),
    format: ARENA_FORMAT,
    data: [arenaToJson(kept)],
  });
}
