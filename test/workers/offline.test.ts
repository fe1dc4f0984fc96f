// The service worker itself, in a made-up worker: whatever its network and its storage do, every answer is one.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { expect, it, vi } from "vitest";

const source = readFileSync(join(import.meta.dirname, "..", "..", "workers", "offline.js"), "utf8");
const HOME = "https://studio.test/app/";
const SCRIPT = `${HOME}assets/index-0123abcd.js`;

type Network = (request: Request | string) => Promise<Response>;

const offline: Network = () =>
  Promise.reject(new TypeError("NetworkError when attempting to fetch resource."));

/** What Cache Storage is here: names, each with answers by address. `refuse` makes every read of it fail. */
function storage(kept: Record<string, Record<string, Response>>, refuse = false) {
  const address = (request: Request | URL | string) =>
    new URL(request instanceof Request ? request.url : request, HOME).href.replace(/\?.*/, "");
  return {
    match: async (request: Request | URL | string) => {
      if (refuse) throw new DOMException("The operation is insecure.", "SecurityError");
      return Object.values(kept).flatMap((cache) => cache[address(request)] ?? [])[0];
    },
    keys: async () => Object.keys(kept),
    delete: async (name: string) => delete kept[name],
  };
}

function start(network: Network, caches: ReturnType<typeof storage>, registration = {}) {
  const listeners: Record<string, (event: object) => void> = {};
  const self = {
    addEventListener: (name: string, listener: (event: object) => void) => {
      listeners[name] = listener;
    },
    // In Firefox this waits for workers that do not answer while they compute.
    clients: { claim: () => new Promise(() => undefined) },
    registration,
  };
  const fetch = vi.fn(network);
  const location = { href: `${HOME}offline.js`, origin: new URL(HOME).origin };
  runInNewContext(`const VERSION = "new"; const FILES = ["icon.svg"]; ${source}`, {
    ...{ self, caches, fetch, location },
    ...{ URL, Request, Response },
  });
  return {
    fetch,
    activate: () =>
      new Promise((resolve) => {
        listeners.activate!({ waitUntil: resolve });
      }),
    answer(address: string, mode: RequestMode = "same-origin"): Promise<Response> {
      const request = new Request(address, { mode: "same-origin" });
      // Only a browser makes requests of the mode "navigate".
      Object.defineProperty(request, "mode", { value: mode });
      let answer: Promise<Response> | undefined;
      listeners.fetch!({ request, respondWith: (given: Promise<Response>) => (answer = given) });
      return answer!;
    },
  };
}

it("answers with the page that it keeps where the network fails", async () => {
  const kept = { "final-studio-new": { [HOME]: new Response("the page") } };
  const worker = start(offline, storage(kept));
  expect(await (await worker.answer(`${HOME}?preset=demo`, "navigate")).text()).toBe("the page");
});

it("gives a kept page that came by way of another address as one of its own, which browsers demand", async () => {
  const redirected = new Response("the page", { headers: { "cross-origin-opener-policy": "same-origin" } });
  Object.defineProperty(redirected, "redirected", { value: true });
  const worker = start(offline, storage({ "final-studio-new": { [HOME]: redirected } }));
  const answer = await worker.answer(HOME, "navigate");
  expect(answer.redirected).toBe(false);
  expect(answer.headers.get("cross-origin-opener-policy")).toBe("same-origin");
  expect(await answer.text()).toBe("the page");
});

it("asks for the page anew where its request was interrupted and nothing is kept", async () => {
  const interrupted: Network = async (request) => {
    if (request instanceof Request) throw new DOMException("The operation was aborted.", "AbortError");
    return new Response(`from ${request}`);
  };
  const worker = start(interrupted, storage({}));
  expect(await (await worker.answer(HOME, "navigate")).text()).toBe(`from ${HOME}`);
});

it.each([
  ["keeps nothing", storage({})],
  ["refuses its storage", storage({}, true)],
])(
  "never rejects: a page that says what is wrong, and failed files, in a browser that %s",
  async (_, caches) => {
    const worker = start(offline, caches);
    const page = await worker.answer(HOME, "navigate");
    expect(page.status).toBe(503);
    expect(await page.text()).toContain("could not be loaded");
    expect((await worker.answer(SCRIPT)).type).toBe("error");
    expect((await worker.answer(`${HOME}icon.svg`)).type).toBe("error");
  },
);

it("loads a file whose name has a hash from the network only where it is not kept", async () => {
  const kept = { "final-studio-old": { [SCRIPT]: new Response("kept") } };
  const worker = start(async () => new Response("loaded"), storage(kept));
  expect(await (await worker.answer(SCRIPT)).text()).toBe("kept");
  expect(worker.fetch).not.toHaveBeenCalled();
  expect(await (await worker.answer(SCRIPT.replace("0123", "4567"))).text()).toBe("loaded");
});

it("clears up earlier versions when it takes over, waits for no page, and leaves what a still newer one is loading", async () => {
  const kept = { "final-studio-old": {}, "final-studio-new": {}, "final-studio-newer": {}, other: {} };
  await start(offline, storage(kept), { installing: {} }).activate();
  expect(Object.keys(kept)).toHaveLength(4);
  await start(offline, storage(kept)).activate();
  expect(Object.keys(kept)).toEqual(["final-studio-new", "other"]);
});
