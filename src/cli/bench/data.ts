// The data path, measured: both passes by threads and format, each in a process of its own, those of tables in other
// dialects than Criteo's, then reading by source.

import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, open, readdir, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { runInChromiumWorker } from "../browserScript.ts";
import { diskFolder } from "../files.ts";
import { say } from "../log.ts";
import { openAhead } from "../readAhead.ts";
import { highCardinalityLog, type LogDialect } from "./dataLog.ts";
import type { PageReading, ReadingRequest } from "./dataPage.ts";
import { measureReading, measureWaits, type WaitFigures } from "./dataReading.ts";

const root = resolve(import.meta.dirname, "..", "..", "..");

interface PreprocessFigures {
  countRowsPerSecond: number;
  encodeRowsPerSecond: number;
  peakMegabytes: number;
  bytesPerRow: number;
}

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
    const tables = await measureTables(place, rows);
    const readRowsPerSecond: Record<string, number> = {};
    const waits: Record<string, WaitFigures> = {};
    for (const format of ["parquet", "packed"]) {
      const dataset = join(place, `${format}-1`);
      say(`reading ${format}`);
      readRowsPerSecond[`${format}, disk`] = await measureReading(diskFolder(dataset));
      waits[format] = await measureTrainerWaits(dataset);
      const inPage = await measureInPage(dataset);
      for (const [source, figures] of Object.entries(inPage))
        readRowsPerSecond[`${format}, ${source} in Chromium`] = figures;
    }
    return { rows, preprocess, tables, readRowsPerSecond, waits };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

const TABLES: Record<string, LogDialect> = {
  "CSV, quoted": { separator: ",", quoted: true, header: true },
  "separated by ;": { separator: ";", quoted: false, header: true },
};

/** `preprocess` on one thread of the same rows as tables of 40 named columns, which the general reader reads. */
async function measureTables(place: string, rows: number): Promise<Record<string, PreprocessFigures>> {
  const figures: Record<string, PreprocessFigures> = {};
  const table = join(place, "table.csv");
  const output = join(place, "table");
  for (const [name, dialect] of Object.entries(TABLES)) {
    say(`preprocess on 1 thread of a table, ${name}`);
    await pipeline(highCardinalityLog(rows, 1, dialect), createWriteStream(table));
    figures[name] = await measurePreprocess(table, output, 1, "packed");
    await rm(output, { recursive: true });
  }
  await rm(table);
  return figures;
}

async function measureTrainerWaits(path: string): Promise<WaitFigures> {
  const dataset = await openAhead(path);
  try {
    return await measureWaits(dataset);
  } finally {
    await dataset.close();
  }
}

async function measurePreprocess(
  log: string,
  output: string,
  threads: number,
  format: string,
): Promise<PreprocessFigures> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      "--import",
      "tsx",
      "src/cli/main.ts",
      "preprocess",
      `--input=${log}`,
      `--output=${output}`,
      `--threads=${threads}`,
      `--format=${format}`,
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

/** The same in a worker of Chromium's, which gets the data set from a server of another origin. */
async function measureInPage(dataset: string): Promise<PageReading> {
  const { server, manifestUrl } = await serveFolder(dataset);
  try {
    const request: ReadingRequest = { manifestUrl, names: await readdir(dataset) };
    return await runInChromiumWorker(new URL("./dataPage.ts", import.meta.url), request);
  } finally {
    server.close();
  }
}

async function serveFolder(path: string): Promise<{ server: Server; manifestUrl: string }> {
  const server = createServer(async (request, response) => {
    const headers = {
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Headers": "Range",
      "Access-Control-Expose-Headers": "Content-Range",
    };
    if (request.method === "OPTIONS") {
      response.writeHead(204, headers).end();
      return;
    }
    const handle = await open(join(path, request.url!.slice(1)));
    const { size } = await handle.stat();
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    const start = range ? Number(range[1]) : 0;
    const end = range ? Math.min(Number(range[2]), size - 1) : size - 1;
    response.writeHead(range ? 206 : 200, {
      ...headers,
      ...(range && { "Content-Range": `bytes ${start}-${end}/${size}` }),
      "Content-Length": end - start + 1,
    });
    handle.createReadStream({ start, end, highWaterMark: 1 << 20 }).pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { server, manifestUrl: `http://127.0.0.1:${port}/manifest.json` };
}
