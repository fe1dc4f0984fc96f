// The steps of preprocessing done elsewhere, by threads of Node or workers of the page, behind the same interface as
// here. Arrays pass from thread to thread without being copied.

import { createClient } from "../base/rpc/client.ts";
import { allBuffers, type Port, type WorkerPort } from "../base/rpc/port.ts";
import { type Handlers, serve } from "../base/rpc/serve.ts";
import type { Rules } from "../shards/manifest.ts";
import type { Rows } from "../shards/rows.ts";
import type { EncodedGroup, ShardFormat } from "../shards/shardFile.ts";
import { type LogStatistics, mergeStatistics } from "./counting.ts";
import {
  createEncoder,
  type EncodedPart,
  type Encoder,
  type Part,
  type PartReport,
  type Vocabulary,
} from "./encoder.ts";
import type { LogForm } from "./logForm.ts";

/** What every worker of a pool must know alike. */
export interface PoolSettings {
  layout: LogForm;
  rules: Rules;
}

/** What a worker of the pool is asked: first its settings, then steps. */
interface EncoderRequests {
  setUp: { input: PoolSettings; output: undefined };
  count: { input: Part; output: PartReport };
  counted: { input: undefined; output: LogStatistics };
  setVocabulary: { input: Vocabulary; output: undefined };
  encode: { input: Part; output: EncodedPart };
  encodeGroup: { input: { rows: Rows; format: ShardFormat }; output: EncodedGroup };
}

interface PooledWorker {
  call<K extends keyof EncoderRequests>(
    name: K,
    input: EncoderRequests[K]["input"],
  ): Promise<EncoderRequests[K]["output"]>;
  /** It has started, or died: whichever it is, the next call says so. */
  isReady: boolean;
  hasDied: boolean;
  /** Calls under way. */
  calls: number;
  close(): void;
}

export interface WorkerPool extends Encoder {
  /** Ends all workers; what waits for them rejects. */
  close(): void;
}

/** Has the steps done by the workers behind `ports`; one that dies rejects what waits for it. While none is ready, parts
 * are counted here. */
export function createWorkerPool(ports: WorkerPort[], settings: PoolSettings): WorkerPool {
  const workers = ports.map((port) => startWorker(port, settings));
  const leader = createEncoder(settings.layout, settings.rules);

  /** The worker with the least to do, one that has started where there is any. */
  function idlest(): PooledWorker {
    const ready = workers.filter(({ isReady, hasDied }) => isReady && !hasDied);
    return (ready.length > 0 ? ready : workers).reduce((a, b) => (b.calls < a.calls ? b : a));
  }

  return {
    // Two a worker: one in work, one at hand.
    atOnce: 2 * ports.length,
    async count(part) {
      if (workers.some(({ isReady }) => isReady)) return idlest().call("count", part);
      // Messages of workers that have started are let in between.
      await new Promise((done) => setTimeout(done));
      return leader.count(part);
    },
    async counted() {
      const all = await Promise.all(workers.map((worker) => worker.call("counted", undefined)));
      return all.reduce((total: LogStatistics, some) => mergeStatistics(total, some), await leader.counted());
    },
    async setVocabulary(vocabulary) {
      await Promise.all(workers.map((worker) => worker.call("setVocabulary", vocabulary)));
    },
    encode: (part) => idlest().call("encode", part),
    encodeGroup: (request) => idlest().call("encodeGroup", request),
    close() {
      for (const worker of workers) worker.close();
    },
  };
}

function startWorker(port: WorkerPort, settings: PoolSettings): PooledWorker {
  const client = createClient<EncoderRequests>({
    port,
    deathCode: "encoder-died",
    // A part, a row group or a vocabulary is worked on in one go.
    heartbeat: false,
    onDeath() {
      worker.isReady = true;
      worker.hasDied = true;
    },
  });
  const worker: PooledWorker = {
    isReady: false,
    hasDied: false,
    calls: 0,
    async call(name, input) {
      worker.calls++;
      try {
        // A vocabulary goes to every worker, so it is copied; it is too large to look for buffers in it.
        return await client.call(name, input, name === "setVocabulary" ? () => [] : allBuffers);
      } finally {
        worker.calls--;
      }
    },
    close: client.close,
  };
  client
    .call("setUp", settings, () => [])
    .then(
      () => {
        worker.isReady = true;
      },
      // Every later call rejects with the same problem.
      () => {},
    );
  return worker;
}

/** The worker's side: does the steps that arrive at `port`, one after the other. */
export function serveEncoder(port: Port): void {
  let encoder: Encoder | null = null;
  const started = (): Encoder => {
    if (!encoder) throw new Error("a worker of preprocessing has no settings yet");
    return encoder;
  };
  const handlers: Handlers<EncoderRequests> = {
    async setUp({ layout, rules }) {
      encoder = createEncoder(layout, rules);
      return undefined;
    },
    count: async (part) => started().count(part),
    counted: async () => started().counted(),
    async setVocabulary(vocabulary) {
      await started().setVocabulary(vocabulary);
      return undefined;
    },
    encode: async (part) => started().encode(part),
    encodeGroup: async (request) => started().encodeGroup(request),
  };
  serve<EncoderRequests>(port, () => handlers, allBuffers);
}
