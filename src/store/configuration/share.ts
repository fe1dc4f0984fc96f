// A configuration or an arena as an address: the part after # carries it with its data, packed and versioned.

import { problem } from "../../base/problem.ts";
import { firstFault } from "../../base/problems/schemaIssues.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { z } from "../../base/zod.ts";
import { membersSchema } from "../../runs/arenaRecord.ts";
import { configurationSchema, dataSchema } from "../../runs/record.ts";
import { viewSchema } from "../charts/chartView.ts";
import { raceSetupSchema } from "../race/raceState.ts";

/** What travels well through mail, chat and old browsers. */
const MOST_CHARACTERS = 2000;
const PREFIX = "#v1=";

const settingsSchema = z.strictObject({
  /** With its seed. */
  config: configurationSchema,
  data: dataSchema.nullable(),
  view: viewSchema,
});

const arenaSchema = z.strictObject({
  /** The first one's seed is the first of the arena's. */
  members: membersSchema,
  /** How many seeds serve every member. */
  seeds: z.number().int().min(1).max(100),
  data: dataSchema.nullable(),
  /** What these members were found to do, in sentences: at the end on held-out rows, and while learning. */
  found: z.strictObject({ atTheEnd: z.string().max(500), whileLearning: z.string().max(500) }).optional(),
});

const raceSchema = z.strictObject({
  base: configurationSchema,
  setup: raceSetupSchema,
  data: dataSchema.nullable(),
  /** What came of it, in sentences: chosen on validation rows, judged on test rows. */
  found: z.strictObject({ chosen: z.string().max(300), verdict: z.string().max(500).nullable() }).optional(),
});

export type Shared = z.infer<typeof settingsSchema> | SharedArena | SharedRace;
export type SharedRace = z.infer<typeof raceSchema>;
export type SharedArena = z.infer<typeof arenaSchema>;

/** The address of the page at `page` that carries `shared`; null where that would be too long. */
export async function linkTo(shared: Shared, page: string): Promise<string | null> {
  const hash = await toHash(shared);
  return hash.ok ? new URL(hash.value, page).href : null;
}

/** The hash that carries `shared`: `#v1=` and base64url of deflated JSON. */
export async function toHash(shared: Shared): Promise<Result<string>> {
  const packed = await through(
    new TextEncoder().encode(JSON.stringify({ ...shared, data: linkedData(shared.data) })),
    new CompressionStream("deflate-raw"),
  );
  const hash = `${PREFIX}${toBase64Url(packed)}`;
  // Members matter more than what was found of them.
  if (hash.length > MOST_CHARACTERS && "found" in shared) {
    const { found: _, ...rest } = shared;
    return toHash(rest);
  }
  const details = { length: hash.length, most: MOST_CHARACTERS };
  return hash.length <= MOST_CHARACTERS ? ok(hash) : err(problem("link-too-long", details));
}

/** Which data set it is; how it was made, it says itself. */
function linkedData(data: Shared["data"]): Shared["data"] {
  return data && { name: data.name, identity: data.identity, location: data.location };
}

/** What the hash carries; null where it is not one of ours. */
export async function parseHash(hash: string): Promise<Result<Shared | null>> {
  const version = /^#v(\d+)=/.exec(hash)?.[1];
  if (version === undefined) return ok(null);
  if (!hash.startsWith(PREFIX))
    return invalid(`it is of version ${version}, and this studio reads version 1`);
  if (hash.length > MOST_CHARACTERS) return invalid("it is too long");
  let input: unknown;
  try {
    const packed = fromBase64Url(hash.slice(PREFIX.length));
    const bytes = await through(packed, new DecompressionStream("deflate-raw"));
    input = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return invalid("it is damaged");
  }
  // Of a union's faults only those of the kind that was meant help.
  const has = (name: string) => typeof input === "object" && input !== null && name in input;
  const schema = has("members") ? arenaSchema : has("setup") ? raceSchema : settingsSchema;
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return ok(parsed.data);
  const { where, reason } = firstFault(parsed.error);
  return invalid(where ? `${where}: ${reason}` : reason);
}

function invalid(reason: string) {
  return err(problem("link-invalid", { reason }));
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: GenericTransformStream): Promise<Uint8Array> {
  const piped = new Blob([bytes])
    .stream()
    .pipeThrough(stream as ReadableWritablePair<Uint8Array, Uint8Array>);
  return new Uint8Array(await new Response(piped as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

function toBase64Url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) =>
    letter.charCodeAt(0),
  );
}
