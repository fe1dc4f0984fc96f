// A job that waits to be trained: a run, an arena or a race, with all that it needs to start later.

import { type Member, memberConfig } from "../../arena/questions.ts";
import { count, z } from "../../base/zod.ts";
import type { DatasetLocation } from "../../datasets/requests.ts";
import type { Config } from "../../model/config.ts";
import { membersSchema } from "../../runs/arenaRecord.ts";
import { configurationSchema } from "../../runs/record.ts";
import { locationSchema } from "../dataset/lastDataset.ts";
import { note, noted } from "../noted.ts";
import { type RaceSetup, raceSetupSchema } from "../race/raceState.ts";

const common = {
  id: z.string().regex(/^[\w-]{1,80}$/),
  name: z.string().min(1).max(300),
  backend: z.enum(["auto", "webgpu", "wasm", "cpu"]),
  evaluateEverySteps: count,
  /** What it trains on; `location` is null where only the person can open it again. */
  data: z.strictObject({
    name: z.string().max(500),
    identity: z.string().max(100),
    location: locationSchema.nullable(),
  }),
};

const runJobSchema = z.strictObject({ type: z.literal("run"), ...common, config: configurationSchema });
const arenaJobSchema = z.strictObject({
  type: z.literal("arena"),
  ...common,
  members: membersSchema,
  /** How many seeds serve every member. */
  seeds: count.min(1).max(100),
});
const raceJobSchema = z.strictObject({
  type: z.literal("race"),
  ...common,
  /** What is varied, and how. */
  base: configurationSchema,
  setup: raceSetupSchema,
});
const jobSchema = z.discriminatedUnion("type", [runJobSchema, arenaJobSchema, raceJobSchema]);

export type RunJob = z.infer<typeof runJobSchema>;
export type ArenaJob = z.infer<typeof arenaJobSchema>;
export type RaceJob = z.infer<typeof raceJobSchema>;
export type Job = z.infer<typeof jobSchema>;

/** What jobs of one moment have in common. */
export type JobSettings = Pick<Job, "backend" | "evaluateEverySteps" | "data">;

let lastId = 0;

function newJobId(): string {
  return `job-${Date.now().toString(36)}-${++lastId}`;
}

/** Where a data set lies, as far as that can be noted. */
export function notedLocation(location: DatasetLocation): Job["data"]["location"] {
  return location.type === "files" ? null : location;
}

export function runJob(name: string, config: RunJob["config"], settings: JobSettings): RunJob {
  return { type: "run", id: newJobId(), name, config, ...settings };
}

export function arenaJob(members: Member[], seeds: number, settings: JobSettings): ArenaJob {
  const name = `Arena of ${members.map((member) => member.name).join(", ")}`;
  return { type: "arena", id: newJobId(), name: name.slice(0, 300), members, seeds, ...settings };
}

export function raceJob(setup: RaceSetup, base: Config, settings: JobSettings): RaceJob {
  const name = `Race over ${setup.rows.map(({ path }) => path).join(", ")}`;
  return { type: "race", id: newJobId(), name: name.slice(0, 300), base, setup, ...settings };
}

/** Each member as a run of its own, under its configuration's seed. */
export function memberJobs(members: Member[], settings: JobSettings): RunJob[] {
  return members.map((member) => runJob(member.name, memberConfig(member, member.config.seed), settings));
}

const KEY = "final-studio/queue";

/** Notes the jobs for the next visit. */
export function noteJobs(jobs: Job[]): void {
  note(KEY, jobs);
}

/** The jobs that were noted and that this version can read. */
export function notedJobs(): Job[] {
  return noted(KEY, z.array(z.unknown()).parse, []).flatMap((job) => {
    const parsed = jobSchema.safeParse(job);
    return parsed.success ? [parsed.data] : [];
  });
}

/** Calls `take` when another tab has changed what is noted. */
export function onJobsNoted(take: (jobs: Job[]) => void): void {
  globalThis.addEventListener?.("storage", (event) => {
    if ((event as StorageEvent).key === KEY) take(notedJobs());
  });
}
