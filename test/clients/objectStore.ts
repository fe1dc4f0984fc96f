// The Spark job on object storage: moto's server speaks S3 on this machine, and pyarrow copies to it and back.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { at, environment } from "./environment.ts";

/** moto takes any key. */
export const S3_KEYS = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_REGION: "us-east-1" };

/**
 * Copies a log's folder into a bucket, lets `prepare` make a data set of it there, and copies that back. The folder of the
 * copy; null where moto cannot be installed or the job failed. `python` is Spark's, which has pyarrow.
 */
export async function preparedInStore(
  python: string,
  log: string,
  prepare: (input: string, output: string) => boolean,
): Promise<string | null> {
  const moto = environment("moto", "moto[server,s3]==5.2.5\n");
  if (!moto) return null;
  // Into a file: nobody empties a pipe while Spark is waited for.
  const output = openSync(at("moto.log"), "w");
  const server = spawn(join(dirname(moto), "moto_server"), ["--host=127.0.0.1", "--port=0"], {
    stdio: ["ignore", "ignore", output],
  });
  closeSync(output);
  try {
    const host = await started(at("moto.log"));
    const stored = (name: string) =>
      `s3://bucket/${name}?endpoint_override=${host}&scheme=http&allow_bucket_creation=true`;
    copy(python, log, stored(basename(log)));
    if (!prepare(stored(basename(log)), stored("data"))) return null;
    copy(python, stored("data"), at("object-store"));
    return at("object-store");
  } finally {
    server.kill();
    await once(server, "exit");
  }
}

/** The server's host and port, once it has noted them. */
async function started(log: string): Promise<string> {
  for (let tries = 0; tries < 600; tries++) {
    const host = /Running on http:\/\/(\S+)/.exec(readFileSync(log, "utf8"))?.[1];
    if (host) return host;
    await setTimeout(100);
  }
  throw new Error("moto's server did not start");
}

function copy(python: string, from: string, to: string): void {
  const { status, stderr } = spawnSync(python, [join(import.meta.dirname, "copy_store.py"), from, to], {
    encoding: "utf8",
    env: { ...process.env, ...S3_KEYS },
  });
  if (status !== 0) throw new Error(`copying from ${from} to ${to}: ${stderr}`);
}
