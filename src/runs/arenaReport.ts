// An arena as a report: who competed, what was found in sentences, the charts, and all that the studio reads again.

import type { PairVerdict } from "./arenaEvents.ts";
import { ARENA_FORMAT, type ArenaRecord, arenaToJson, type KeptArena } from "./arenaRecord.ts";
import { configDifference } from "./configDifference.ts";
import { escaped, reportConfiguration, reportLink, reportPage, reportTable, splitsOf } from "./reportPage.ts";

const HEAD = ["Member", "Against the first", "Test log loss", "Test AUC", "Seeds"];

/** The report's text in parts; `charts` are SVG texts, `link` the address of the arena as it was set up. */
export function arenaReport(
  kept: KeptArena,
  charts: readonly string[],
  link: string | null = null,
): string[] {
  const { members, seeds, data, states, status, seedTests, startedAt } = kept.record;
  const rows = members.map(({ name, config }, m) => {
    const difference = m === 0 ? "the baseline" : configDifference(members[0]!.config, config);
    const found = seedTests.map((seed) => seed[m] ?? null).filter((figures) => figures !== null);
    const { testLogLoss, testAuc } = states[m]!;
    const losses = found.length > 0 ? found.map(({ logLoss }) => logLoss) : [testLogLoss];
    const aucs = found.length > 0 ? found.map(({ auc }) => auc) : [testAuc];
    return [name, difference, band(losses), band(aucs), String(Math.max(1, found.length))];
  });
  const names = members.map(({ name }) => name);
  const how = `${seeds.length === 1 ? "one seed" : `${seeds.length} seeds`} (${seeds.join(", ")})`;
  const when = new Date(startedAt).toISOString().slice(0, 10);
  return reportPage({
    title: names.join(", "),
    above: [
      `<p>An arena of FINAL Studio, trained on ${escaped(data?.name ?? "unknown data")} with ${how} on ${when}` +
        `${status === "finished" ? "" : `, and ${status} before its end`}. Open this file there to see it again.</p>`,
      reportLink("Open its members in the studio", link),
      ...splitsOf(data ? [data] : []),
      ...atTheEnd(kept.record),
      ...whileLearning(kept.record),
      reportTable(HEAD, rows),
    ],
    charts,
    below: members.map(({ name, config }) => reportConfiguration(name, config)),
    format: ARENA_FORMAT,
    data: [arenaToJson(kept)],
  });
}

/** The headline: held-out rows. */
function atTheEnd({ heldOut, status, seeds, seedIndex, step, totalSteps }: ArenaRecord): string[] {
  const head = "<h2>At the end, on held-out rows</h2>";
  if (!heldOut) {
    const place = `step ${step} of ${totalSteps}, seed ${seedIndex + 1} of ${seeds.length}`;
    const why = status === "finished" ? "judged by an earlier version" : `${status} at ${place}`;
    return [head, `<p>No verdict: ${why}.</p>`];
  }
  const { overview, scope, pairs, disagreements } = heldOut;
  return [
    head,
    `<p><strong>${escaped(overview)}</strong></p>`,
    note(scope),
    ...disagreements.flatMap((sentence) => (sentence === null ? [] : [paragraph(sentence)])),
    ...(pairs.length > 1 ? sentencesOf(pairs) : pairs.flatMap(({ verdict }) => verdict.notes.map(note))),
  ];
}

function whileLearning({ verdicts, overview }: ArenaRecord): string[] {
  if (verdicts.length === 0) return [];
  const about = "About these runs only; corrected for all pairs and seeds.";
  return [
    "<h3>While learning, on the first pass</h3>",
    ...(overview && verdicts.length > 1 ? [paragraph(overview)] : []),
    ...sentencesOf(verdicts),
    note(about),
  ];
}

function sentencesOf(pairs: readonly PairVerdict[]): string[] {
  const notes = new Set(pairs.flatMap(({ verdict }) => verdict.notes));
  return [...pairs.map(({ verdict }) => paragraph(verdict.sentence)), ...Array.from(notes, note)];
}

function paragraph(text: string): string {
  return `<p>${escaped(text)}</p>`;
}

function note(text: string): string {
  return `<p class="note">${escaped(text)}</p>`;
}

/** "0.4609 ± 0.0004": mean and standard deviation over seeds. */
function band(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return "–";
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  if (known.length === 1) return mean.toFixed(4);
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (known.length - 1);
  return `${mean.toFixed(4)} ± ${Math.sqrt(variance).toFixed(4)}`;
}
