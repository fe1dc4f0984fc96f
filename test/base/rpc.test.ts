import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Problem } from "../../src/base/problem.ts";
import { type ProblemError, problemError } from "../../src/base/result.ts";
import { type Client, createClient } from "../../src/base/rpc/client.ts";
import type { WorkerPort, WorkerStart } from "../../src/base/rpc/port.ts";
import { type Handlers, type Outlet, serve } from "../../src/base/rpc/serve.ts";

interface Requests {
  double: { input: number; output: number };
  fail: { input: string; output: undefined };
  /** Answers when `release` is called. */
  wait: { input: undefined; output: string };
  reverse: { input: { bytes: ArrayBuffer }; output: { bytes: ArrayBuffer } };
}

type Counted = { count: number };

let ports: MessageChannel;
let events: Counted[];
let deaths: Problem[];
let client: Client<Requests>;
let outlet: Outlet<Counted>;
let release: (value: string) => void;

function startServing(): void {
  serve<Requests, Counted>(ports.port2, (given): Handlers<Requests> => {
    outlet = given;
    return {
      double: async (x) => 2 * x,
      async fail(how) {
        if (how === "problem") throw problemError("dataset-not-open", {});
        throw new RangeError(how);
      },
      wait: () =>
        new Promise((resolve) => {
          release = resolve;
        }),
      reverse: async ({ bytes }) => ({ bytes: new Uint8Array(bytes).reverse().buffer as ArrayBuffer }),
    };
  });
}

beforeEach(() => {
  ports = new MessageChannel();
  events = [];
  deaths = [];
  client = clientOf(ports.port1);
});

function clientOf(port: MessagePort): Client<Requests> {
  return createClient<Requests, Counted>({
    port,
    onEvent: (event) => events.push(event),
    onDeath: (reason) => deaths.push(reason),
  });
}

afterEach(() => {
  vi.useRealTimers();
  client.close();
  ports.port2.close();
});

/** Lets messages cross and back while timers are ours. */
async function messagesCross(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

it("answers each call with its own value", async () => {
  startServing();
  expect(await Promise.all([client.call("double", 2), client.call("double", 21)])).toEqual([4, 42]);
});

it("carries a problem across as data, and names what has none a fault of the studio", async () => {
  startServing();
  await expect(client.call("fail", "problem")).rejects.toMatchObject({
    problem: { code: "dataset-not-open", control: "dataset" },
  });
  const fault = await client.call("fail", "an index").catch((cause: ProblemError) => cause);
  expect(fault).toMatchObject({
    problem: { code: "unexpected", sentence: expect.stringContaining("an index") },
  });
  expect((fault as ProblemError).stack).toContain("rpc.test");
});

it("refuses a request that has no handler", async () => {
  startServing();
  const unknown = "toString" as keyof Requests;
  await expect(client.call(unknown, 1 as never)).rejects.toMatchObject({
    problem: { code: "request-unknown" },
  });
});

it("hands buffers over in both directions instead of copying them", async () => {
  startServing();
  const bytes = new Uint8Array([1, 2, 3]).buffer;
  const answer = await client.call("reverse", { bytes });
  expect(bytes.byteLength).toBe(0);
  expect([...new Uint8Array(answer.bytes)]).toEqual([3, 2, 1]);
});

it("batches events, keeps their order, and sends them before a later answer", async () => {
  startServing();
  const posted = vi.spyOn(ports.port2, "postMessage");
  for (let count = 0; count < 100; count++) outlet.emit({ count });
  await client.call("double", 1);
  expect(events.map(({ count }) => count)).toEqual(Array.from({ length: 100 }, (_, count) => count));
  expect(posted.mock.calls.length).toBeLessThanOrEqual(3);
});

/** A worker that answers on its port with what it was ordered, in capitals. */
function startShouter() {
  const shouter = Object.assign(new EventTarget(), {
    ended: false,
    postMessage({ port, order }: WorkerStart<string>) {
      port.postMessage(order.toUpperCase());
      port.close();
    },
    terminate() {
      shouter.ended = true;
    },
  });
  return shouter;
}

it("starts workers for the one it asks, passes their failures on, and ends them when asked or with it", async () => {
  const started: ReturnType<typeof startShouter>[] = [];
  client.close();
  ports = new MessageChannel();
  client = createClient<Requests, Counted>({
    port: ports.port1,
    workers: {
      shouter() {
        started.push(startShouter());
        return started.at(-1) as unknown as WorkerPort;
      },
    },
  });
  startServing();
  const [first, second] = [outlet.startWorker("shouter", "hello"), outlet.startWorker("shouter", "there")];
  const said = (worker: WorkerPort, type: "message" | "error") =>
    new Promise<Event & { data?: string; message?: string }>((resolve) => {
      worker.addEventListener(type as "message", resolve as never);
      worker.start?.();
    });
  expect((await said(first, "message")).data).toBe("HELLO");
  expect((await said(second, "message")).data).toBe("THERE");

  const failure = said(first, "error");
  started[0]!.dispatchEvent(Object.assign(new Event("error"), { message: "it could not be read" }));
  expect((await failure).message).toBe("it could not be read");

  first.terminate!();
  await client.call("double", 1);
  expect(started.map(({ ended }) => ended)).toEqual([true, false]);
  client.close();
  expect(started.map(({ ended }) => ended)).toEqual([true, true]);
});

it("rejects every waiting call within five seconds of a worker's last word", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  client = clientOf(ports.port1);
  ports.port2.postMessage({ type: "ready" });
  await messagesCross();
  const calls = Promise.allSettled([client.call("double", 1), client.call("wait", undefined)]);
  vi.advanceTimersByTime(5000);
  for (const outcome of await calls)
    expect(outcome).toMatchObject({ status: "rejected", reason: { problem: { code: "worker-died" } } });
  expect(deaths.map(({ code }) => code)).toEqual(["worker-died"]);
  await expect(client.call("double", 1)).rejects.toMatchObject({ problem: { code: "worker-died" } });
});

it("waits for a worker whose script comes over a slow line, though not for ever", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  client = clientOf(ports.port1);
  const answer = client.call("double", 21);
  vi.advanceTimersByTime(90_000);
  startServing();
  expect(await answer).toBe(42);
  expect(deaths).toEqual([]);

  client = clientOf(new MessageChannel().port1);
  const never = client.call("double", 1).catch((cause: ProblemError) => cause.problem.sentence);
  vi.advanceTimersByTime(125_000);
  expect(await never).toContain("did not start within two minutes");
});

it("waits for a long call as long as the worker answers pings", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  client = clientOf(ports.port1);
  startServing();
  const answer = client.call("wait", undefined);
  for (let second = 0; second < 60; second++) {
    vi.advanceTimersByTime(1000);
    await messagesCross();
  }
  release("done");
  expect(await answer).toBe("done");
  expect(deaths).toEqual([]);
});

it("bears a silence that the worker announced, and no longer one", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  client = clientOf(ports.port1);
  ports.port2.postMessage({ type: "computing", forAtMostMs: 30_000 });
  await messagesCross();
  const outcome = client.call("wait", undefined).catch((cause: ProblemError) => cause.problem.code);
  vi.advanceTimersByTime(30_000);
  expect(deaths).toEqual([]);
  vi.advanceTimersByTime(2000);
  expect(await outcome).toBe("worker-died");
});

it("bears an announced silence that begins after the next ping was answered, until the worker's next word", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  client = clientOf(ports.port1);
  ports.port2.postMessage({ type: "computing", forAtMostMs: 30_000 });
  ports.port2.postMessage({ type: "pong" });
  await messagesCross();
  vi.advanceTimersByTime(30_000);
  expect(deaths).toEqual([]);
  ports.port2.postMessage({ type: "events", events: [] });
  await messagesCross();
  vi.advanceTimersByTime(5000);
  expect(deaths.map(({ code }) => code)).toEqual(["worker-died"]);
});

it("rejects waiting calls at once when the worker reports an error or is ended", async () => {
  const failing = client.call("wait", undefined);
  const event = Object.assign(new Event("error"), { message: "out of memory" });
  ports.port1.dispatchEvent(event);
  await expect(failing).rejects.toMatchObject({
    problem: { sentence: expect.stringContaining("out of memory") },
  });
  expect(deaths).toHaveLength(1);
});
