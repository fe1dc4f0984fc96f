// The data path, measured: both passes by threads and format, each in a process of its own, then reading by source.

import { execFile } from "node:child_process";
import { createWriteStream, openAsBlob } from "node:fs";
import { mkdtemp, open, readdir, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { type Folder, filesFolder, urlFolder } from "../../shards/byteSource.ts";
import { openDataset } from "../../shards/openDataset.ts";
import { diskFolder } from "../files.ts";
import { say } from "../log.ts";
import { highCardinalityLog } from "./dataLog.ts";

const READINGS = 3;
const root = resolve(import.meta.dirname, "..", "..", "..");

/** Writes a log of `rows` lines to a temporary folder, measures, and removes it. */
export async function benchData({ rows }: { rows: number }): Promise<unknown> {
  const place = await mkdtemp(join(tmpdir(), "bench-data-"));
  try {
    const log = join(place, "log.tsv");
    say(`writing ${rows.toLocaleString("en")} lines`);
    await pipeline(highCardinalityLog(rows, 1), createWriteStream(log));
    const preprocess: Record<string, unknown> = {};
    for (const [threads, format] of [
      [1, "parquet"],
      [2, "parquet"],
      [1, "packed"],
      [2, "packed"],
    ] as const) {
      say(`preprocess on ${threads} thread${threads > 1 ? "s" : ""} to ${format}`);
      const output = join(place, `${format}-${threads}`);
      preprocess[`${format}, ${threads} threads`] = await measurePreprocess(log, output, threads, format);
    }
    const read: Record<string, unknown> = {};
    for (const format of ["parquet", "packed"]) {
      const dataset = join(place, `${format}-1`);
      say(`reading ${format}`);
      read[`${format}, disk`] = await measureReading(diskFolder(dataset));
      read[`${format}, Blob`] = await measureReading(await blobFolder(dataset));
      const { server, folder } = await serveFolder(dataset);
      read[`${format}, HTTP ranges`] = await measureReading(folder);
      server.close();
    }
    return { rows, preprocess, readRowsPerSecond: read };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function measurePreprocess(
  log: string,
  output: string,
  threads: number,
  format: string,
): Promise<{
  countRowsPerSecond: number;
  encodeRowsPerSecond: number;
  peakMegabytes: number;
  bytesPerRow: number;
}> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...["--import", "tsx", "src/cli/main.ts", "preprocess", `--input=${log}`, `--output=${output}`],
      ...[`--threads=${threads}`, `--format=${format}`],
    ],
    { cwd: root, maxBuffer: 1 << 26 },
  );
  const { rows, bytes, countSeconds, encodeSeconds, peakMegabytes } = JSON.parse(
    stdout.trimEnd().split("\n").at(-1)!,
  );
  return {
    countRowsPerSecond: Math.round(rows / countSeconds),
    encodeRowsPerSecond: Math.round(rows / encodeSeconds),
    peakMegabytes,
    bytesPerRow: Number((bytes / rows).toFixed(1)),
  };
}

/** Median rows per second of whole shuffled epochs. */
async function measureReading(folder: Folder): Promise<number> {
  const dataset = await openDataset(folder);
  const speeds: number[] = [];
  for (let epoch = 0; epoch <= READINGS; epoch++) {
    const started = performance.now();
    let rows = 0;
    const shuffle = { seed: 1, epoch };
    for await (const batch of dataset.batches({
      split: "train",
      batchSize: 4096,
      integers: "bucket",
      shuffle,
    }))
      rows += batch.rowCount;
    // The first epoch warms up.
    if (epoch > 0) speeds.push((1000 * rows) / (performance.now() - started));
  }
  await dataset.close();
  return Math.round(speeds.toSorted((a, b) => a - b)[Math.floor(READINGS / 2)]!);
}

async function blobFolder(path: string): Promise<Folder> {
  const names = await readdir(path);
  return filesFolder(
    await Promise.all(names.map(async (name) => new File([await openAsBlob(join(path, name))], name))),
  );
}

async function serveFolder(path: string): Promise<{ server: Server; folder: Folder }> {
  const server = createServer(async (request, response) => {
    const handle = await open(join(path, request.url!.slice(1)));
    const { size } = await handle.stat();
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "")!;
    const start = Number(range[1]);
    const end = Math.min(Number(range[2]), size - 1);
    response.writeHead(206, {
      "Content-Range": `bytes ${start}-${end}/${size}`,
      "Content-Length": end - start + 1,
    });
    handle.createReadStream({ start, end, highWaterMark: 1 << 20 }).pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { server, folder: urlFolder(`http://127.0.0.1:${port}/manifest.json`) };
}
