// The service worker: the studio opens without a network. The build puts VERSION and FILES (addresses below this one) above.
// Files with a hash in their names never change and come from the cache; all else comes from the network where there is one.
/* global VERSION, FILES */

const CACHE = `final-studio-${VERSION}`;
const PAGE = "./";
/** A file is the same whoever asks for it, whatever its answer said of headers. */
const SAME = { ignoreVary: true };
const HASHED = /\/assets\/[^/]+-[\w-]{8}\.\w+$/;

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("message", ({ data }) => data === "take over" && self.skipWaiting());
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  // Other data sets, and what is read in ranges, are none of its business.
  if (request.method !== "GET" || origin !== location.origin || request.headers.has("range")) return;
  if (request.mode === "navigate") event.respondWith(fromNetwork(request, PAGE));
  else if (HASHED.test(pathname)) event.respondWith(fromCache(request));
  else if (NAMED.has(pathname)) event.respondWith(fromNetwork(request, request));
});

const NAMED = new Set(FILES.map((file) => new URL(file, location.href).pathname));

/** One after the other, so that a training goes on; what an earlier version has already is not loaded again. */
async function fill() {
  const cache = await caches.open(CACHE);
  for (const file of [PAGE, ...FILES]) {
    const address = new URL(file, location.href);
    const known = HASHED.test(address.pathname) ? await caches.match(address, SAME) : undefined;
    if (known) await cache.put(address, known);
    else
      await cache.add(new Request(address, { cache: HASHED.test(address.pathname) ? "default" : "reload" }));
  }
}

async function takeOver() {
  for (const name of await caches.keys())
    if (name.startsWith("final-studio-") && name !== CACHE) await caches.delete(name);
  await self.clients.claim();
}

async function fromCache(request) {
  return (await caches.match(request, SAME)) ?? fetch(request);
}

/** The kept answer has the headers that it came with, those of cross-origin isolation too. */
async function fromNetwork(request, kept) {
  try {
    return await fetch(request);
  } catch (cause) {
    const found = await caches.match(kept, { ...SAME, ignoreSearch: true });
    if (found) return found;
    throw cause;
  }
}
