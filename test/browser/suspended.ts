// Where the workers of a page stand still: the async functions that have begun and not ended, from a snapshot of each worker's heap.
// A worker that answers pings and yet never ends its work shows itself in nothing else.

import { SourceMap, type SourceMapping } from "node:module";
import type { CDPSession, Page } from "playwright-core";

/** Chromium's protocol towards the workers of a page, which Playwright's own session does not reach. */
interface WorkerTarget {
  sessionId: string;
  url: string;
}

const SNAPSHOT_LIMIT_MS = 30_000;

/** For each worker that answers: its address, and the place of each suspended function, "src/train/loop.ts:61". */
export async function suspendedFunctions(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const targets: WorkerTarget[] = [];
  session.on("Target.attachedToTarget", ({ sessionId, targetInfo: { type, url } }) => {
    if (type === "worker") targets.push({ sessionId, url });
  });
  // Announces each target before it answers.
  await session.send("Target.setAutoAttach", {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  const said: string[] = [];
  for (const target of targets)
    said.push(await describe(session, target).catch((cause) => `${target.url}: ${cause}`));
  await session.detach();
  return said;
}

async function describe(session: CDPSession, target: WorkerTarget): Promise<string> {
  const snapshot = await withinTime(takeSnapshot(session, target));
  if (!snapshot) return `${target.url} gives no snapshot`;
  const map = await (await fetch(`${target.url}.map`)).json();
  const sources = new SourceMap(map);
  const places = suspendedIn(JSON.parse(snapshot)).map(({ line, column }) => {
    const { originalSource, originalLine } = sources.findEntry(line, column) as Partial<SourceMapping>;
    if (!originalSource) return `line ${line + 1}, column ${column + 1}`;
    return `${originalSource.replace(/^(\.\.\/)+/, "")}:${originalLine! + 1}`;
  });
  return [target.url, ...places.filter((place) => !place.includes("node_modules"))].join("\n  is in ");
}

function withinTime<T>(answer: Promise<T>): Promise<T | null> {
  return Promise.race([answer, new Promise<null>((settle) => setTimeout(settle, SNAPSHOT_LIMIT_MS, null))]);
}

async function takeSnapshot(session: CDPSession, { sessionId }: WorkerTarget): Promise<string> {
  const chunks: string[] = [];
  const REQUEST = 1;
  const taken = new Promise<void>((settle) => {
    session.on("Target.receivedMessageFromTarget", ({ sessionId: from, message }) => {
      if (from !== sessionId) return;
      const { id, method, params } = JSON.parse(message);
      if (method === "HeapProfiler.addHeapSnapshotChunk") chunks.push(params.chunk);
      if (id === REQUEST) settle();
    });
  });
  const message = JSON.stringify({ id: REQUEST, method: "HeapProfiler.takeHeapSnapshot", params: {} });
  await session.send("Target.sendMessageToTarget", { sessionId, message });
  await taken;
  return chunks.join("");
}

/** V8's format: each object's numbers in one array after the other, as `meta` names them. */
interface HeapSnapshot {
  snapshot: {
    meta: { node_fields: string[]; edge_fields: string[]; edge_types: [string[]]; location_fields: string[] };
  };
  nodes: number[];
  edges: number[];
  locations: number[];
  strings: string[];
}

/** Where the functions of all suspended calls begin, lines and columns counted from 0. */
function suspendedIn({ snapshot: { meta }, nodes, edges, locations, strings }: HeapSnapshot): Place[] {
  const { node_fields, edge_fields, edge_types, location_fields } = meta;
  const edgeCount = node_fields.indexOf("edge_count");
  const internal = edge_types[0].indexOf("internal");
  const [edgeType, edgeName, toNode] = ["type", "name_or_index", "to_node"].map((field) =>
    edge_fields.indexOf(field),
  ) as [number, number, number];
  const placeOf = new Map<number, Place>();
  const [line, column] = [location_fields.indexOf("line"), location_fields.indexOf("column")];
  for (let at = 0; at < locations.length; at += location_fields.length)
    placeOf.set(locations[at]!, { line: locations[at + line]!, column: locations[at + column]! });

  const places: Place[] = [];
  let edge = 0;
  for (let node = 0; node < nodes.length; node += node_fields.length) {
    const end = edge + nodes[node + edgeCount]! * edge_fields.length;
    const inner = new Map<string, number>();
    for (; edge < end; edge += edge_fields.length)
      if (edges[edge + edgeType] === internal)
        inner.set(strings[edges[edge + edgeName]!]!, edges[edge + toNode]!);
    // A call that can continue: a generator's, as V8 has async functions.
    if (!inner.has("continuation") || !inner.has("parameters_and_registers")) continue;
    const place = placeOf.get(inner.get("function")!);
    // Functions that a test brought have no place of their own.
    if (place && place.line + place.column > 0) places.push(place);
  }
  return places;
}

interface Place {
  line: number;
  column: number;
}
