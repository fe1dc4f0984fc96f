// soak: trains in the built page for a long time, and holds against the first samples what is in memory later on.

import type { Page, Worker } from "playwright-core";
import type { ConfigInput } from "../model/config.ts";
import { preset } from "../model/presets.ts";
import { integer, number, parseArguments } from "./arguments.ts";
import { buildPage, servePage } from "./builtPage.ts";
import { launchChromium } from "./chromium.ts";
import { printResult, say } from "./log.ts";
import { button, openPage, trainingWorker, untilState } from "./studioPage.ts";

const spec = {
  command: "soak",
  examples: ["--minutes=30 --steps=2000"],
  options: [
    number("minutes", "of training on WASM; 0: none", { default: 30 }),
    integer("steps", "small ones on WebGPU; 0: none", { default: 2000 }),
  ],
} as const;

/** So many samples, evenly over the time; the first fifth, while buffers and caches fill, does not count. */
const SAMPLES = 60;
const LEAST_COUNTED = 8;
/** What a heap may grow by over all samples: the curves' points, which are kept. */
const HEAP_GROWTH_BYTES = 8 * 2 ** 20;

/** A WebGPU step that even an adapter without a GPU does some times a second. */
const SMALL: ConfigInput = {
  embeddingDim: 2,
  branches: [{ units: [{ size: 8, order: 2 }] }, { units: [{ size: 4, order: 1 }] }],
  optimizer: { learningRate: 0.003 },
  batchSize: 64,
  epochs: 10_000,
};

interface Sample {
  step: number;
  tensors: number;
  tensorBytes: number;
  wasmHeapBytes: number;
  /** Alive on the GPU, whoever made them. */
  gpuBuffers: number;
  gpuBytes: number;
  /** JavaScript's heaps after a collection. */
  pageHeapBytes: number;
  workerHeapBytes: number;
}

type Measure = Exclude<keyof Sample, "step">;

/** How a measure went after the warm-up. `growth`: the least-squares line's over all samples. */
interface Course {
  first: number;
  last: number;
  most: number;
  growth: number;
  flat: boolean;
}

interface Outcome {
  seconds: number;
  steps: number;
  courses: Record<Measure, Course>;
  flat: boolean;
}

/** `soak --minutes=30 --steps=2000`: exit 0 when all that is in memory stayed flat. */
export async function runSoak(args: string[]): Promise<number> {
  const { minutes, steps } = parseArguments(args, spec).values;
  const outcomes: Record<string, Outcome> = {};
  const served = await servePage(await buildPage());
  try {
    if (minutes > 0) {
      const config = { ...preset("demo"), epochs: 10_000 };
      const until = ({ seconds }: { seconds: number }) => seconds / (60 * minutes);
      outcomes.wasm = await soak(served.url, "WASM", config, until);
    }
    if (steps > 0) outcomes.webgpu = await soak(served.url, "WebGPU", SMALL, ({ step }) => step / steps);
  } finally {
    await served.close();
  }
  printResult(outcomes);
  return Object.values(outcomes).every(({ flat }) => flat) ? 0 : 1;
}

/** Trains until `progress` reaches 1, which it is asked for with what was done so far. */
async function soak(
  url: string,
  backend: "WASM" | "WebGPU",
  config: ConfigInput,
  progress: (done: { seconds: number; step: number }) => number,
): Promise<Outcome> {
  const browser = await launchChromium({
    webgpu: true,
    more: ["--js-flags=--expose-gc", "--enable-precise-memory-info"],
  });
  try {
    const page = await openPage(await browser.newPage(), url, config);
    const worker = trainingWorker(page)!;
    await countGpuBuffers(worker);
    await page.locator("#control-backend").click();
    await page.getByRole("option", { name: backend, exact: true }).click();
    await button(page, "Train").click();
    await untilState(page, "Training");
    const heaps = await openHeaps(page);
    const samples: Sample[] = [];
    const started = performance.now();
    for (;;) {
      const seconds = (performance.now() - started) / 1000;
      const done = progress({ seconds, step: await stepOf(page) });
      if (done >= samples.length / SAMPLES) {
        samples.push(await sample(page, worker, heaps));
        say(`${backend} ${Math.round(100 * done)} %: ${JSON.stringify(samples.at(-1))}`);
      }
      if (done >= 1) return outcomeOf(samples, seconds);
      await page.waitForTimeout(500);
    }
  } finally {
    await browser.close();
  }
}

async function sample(page: Page, worker: Worker, heaps: Heaps): Promise<Sample> {
  await button(page, "About this device").click();
  const number = async (name: string) =>
    Number((await page.getByTestId(name).getAttribute("data-value")) ?? 0);
  await page.getByTestId("tensors").waitFor();
  const shown = {
    tensors: await number("tensors"),
    tensorBytes: await number("tensor-bytes"),
    wasmHeapBytes: (await page.getByTestId("wasm-heap").count()) > 0 ? await number("wasm-heap") : 0,
  };
  await page.keyboard.press("Escape");
  const gpu = await worker.evaluate(() => {
    const sizes = [...(self as unknown as CountingScope).gpuBuffers.values()];
    return { gpuBuffers: sizes.length, gpuBytes: sizes.reduce((a, b) => a + b, 0) };
  });
  const [pageHeapBytes, workerHeapBytes] = [await heaps.page(), await heaps.worker()];
  return { step: await stepOf(page), ...shown, ...gpu, pageHeapBytes, workerHeapBytes };
}

interface Heaps {
  /** Bytes in use after a collection, arrays' memory included. */
  page(): Promise<number>;
  worker(): Promise<number>;
}

interface HeapUsage {
  usedSize: number;
  backingStorageSize?: number;
}

/** Asks the page, and the training worker through it, in the protocol of Chromium's developer tools. */
async function openHeaps(page: Page): Promise<Heaps> {
  const session = await page.context().newCDPSession(page);
  const attached = new Promise<string>((resolve) => {
    session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
      if (targetInfo.url.includes("train.worker")) resolve(sessionId);
    });
  });
  const toWorkers = { autoAttach: true, waitForDebuggerOnStart: false, flatten: false };
  await session.send("Target.setAutoAttach", toWorkers);
  const workerSession = await attached;
  const answers = new Map<number, (result: unknown) => void>();
  session.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, result } = JSON.parse(message) as { id?: number; result?: unknown };
    if (id !== undefined) answers.get(id)?.(result);
  });
  let lastId = 0;

  function askWorker(method: string): Promise<unknown> {
    const id = ++lastId;
    const message = JSON.stringify({ id, method });
    return new Promise((resolve, reject) => {
      answers.set(id, resolve);
      session.send("Target.sendMessageToTarget", { sessionId: workerSession, message }).catch(reject);
    });
  }
  async function usage(
    ask: (method: "HeapProfiler.collectGarbage" | "Runtime.getHeapUsage") => Promise<unknown>,
  ) {
    await ask("HeapProfiler.collectGarbage");
    const { usedSize, backingStorageSize = 0 } = (await ask("Runtime.getHeapUsage")) as HeapUsage;
    return usedSize + backingStorageSize;
  }
  return { page: () => usage((method) => session.send(method)), worker: () => usage(askWorker) };
}

/** The worker's scope, with the buffers that are counted in it. */
interface CountingScope {
  gpuBuffers: Map<GPUBuffer, number>;
}

/** Notes every GPU buffer from its making to its destruction. */
function countGpuBuffers(worker: Worker): Promise<void> {
  return worker.evaluate(() => {
    const alive = new Map<GPUBuffer, number>();
    (self as unknown as CountingScope).gpuBuffers = alive;
    if (!("GPUDevice" in self)) return;
    const { createBuffer } = GPUDevice.prototype;
    const { destroy } = GPUBuffer.prototype;
    GPUDevice.prototype.createBuffer = function (options) {
      const buffer = createBuffer.call(this, options);
      alive.set(buffer, options.size);
      return buffer;
    };
    GPUBuffer.prototype.destroy = function () {
      alive.delete(this);
      return destroy.call(this);
    };
  });
}

async function stepOf(page: Page): Promise<number> {
  const text = await page
    .getByTestId("figures")
    .locator('[data-figure="Step"] dd > span')
    .first()
    .textContent();
  return Number((text ?? "0").replaceAll(",", "")) || 0;
}

function outcomeOf(samples: Sample[], seconds: number): Outcome {
  const counted = samples.slice(Math.ceil(samples.length / 5));
  const most: Record<Measure, number> = {
    tensors: 0,
    tensorBytes: 0,
    wasmHeapBytes: 0,
    // What is being read from the GPU at a sample's moment has a buffer of its own.
    gpuBuffers: 1,
    gpuBytes: 64 * 1024,
    pageHeapBytes: HEAP_GROWTH_BYTES,
    workerHeapBytes: HEAP_GROWTH_BYTES,
  };
  const courses = Object.fromEntries(
    (Object.keys(most) as Measure[]).map((name) => [
      name,
      courseOf(
        counted.map((one) => one[name]),
        most[name],
      ),
    ]),
  ) as Record<Measure, Course>;
  const flat = counted.length >= LEAST_COUNTED && Object.values(courses).every((course) => course.flat);
  return { seconds, steps: samples.at(-1)!.step, courses, flat };
}

function courseOf(values: number[], most: number): Course {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  let [product, square] = [0, 0];
  for (const [i, value] of values.entries()) {
    product += (i - middle) * (value - mean);
    square += (i - middle) ** 2;
  }
  const growth = square === 0 ? 0 : (product / square) * (values.length - 1);
  return { first: values[0]!, last: values.at(-1)!, most: Math.max(...values), growth, flat: growth <= most };
}
