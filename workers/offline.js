// The service worker: the studio opens without a network. The build puts VERSION and FILES (addresses below this one) above.
// Files with a hash in their names never change and come from the cache; all else comes from the network where there is one.
/* global VERSION, FILES */

const CACHE = `final-studio-${VERSION}`;
const PAGE = "./";
/** A file is the same whoever asks for it, whatever its answer said of headers. */
const SAME = { ignoreVary: true };
/** Instead of the page, where there is neither a network nor a kept page. */
const NO_PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>FINAL Studio</title>
<h1>FINAL Studio could not be loaded</h1>
<p>Its server does not answer, and this browser keeps no copy of the page. Your runs are not touched by this.
Reload the page once you are online again.</p></html>`;
const NO_PAGE_HEAD = { status: 503, headers: { "content-type": "text/html; charset=utf-8" } };
const HASHED = /\/assets\/[^/]+-[\w-]{8}\.\w+$/;

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("message", ({ data }) => data === "take over" && self.skipWaiting());
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  // Other data sets, and what is read in ranges, are none of its business.
  if (request.method !== "GET" || origin !== location.origin || request.headers.has("range")) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (HASHED.test(pathname)) event.respondWith(fromCache(request));
  else if (NAMED.has(pathname)) event.respondWith(fromNetwork(request));
});

const NAMED = new Set(FILES.map((file) => new URL(file, location.href).pathname));

/** One after the other, so that a training continues; what an earlier version has already is not loaded again. */
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

/**
 * What a still newer version is loading meanwhile stays: that one clears up when it takes over. An open page that no version
 * controls stays so until it is loaded again: in Firefox `clients.claim()` waits for every worker of the page too, and those
 * that wait for kernels to compute do not answer. The page stood still until the browser ended this worker, and a reload failed.
 */
async function takeOver() {
  const names = await caches.keys();
  const { installing, waiting } = self.registration;
  if (!installing && !waiting)
    for (const name of names)
      if (name.startsWith("final-studio-") && name !== CACHE) await caches.delete(name);
}

// An answer that rejects is an error page of the browser's, with words that help nobody: none of these does.

async function fromCache(request) {
  return (await keptAnswer(request)) ?? fetch(request).catch(() => Response.error());
}

/** The page, from the network where there is one. A request that was interrupted is asked anew, once, as a plain one. */
async function page(request) {
  const answer = (await networkAnswer(request)) ?? (await keptAnswer(PAGE));
  return answer ?? (await networkAnswer(request.url)) ?? new Response(NO_PAGE, NO_PAGE_HEAD);
}

async function fromNetwork(request) {
  return (await networkAnswer(request)) ?? (await keptAnswer(request)) ?? Response.error();
}

const networkAnswer = (request) => fetch(request).catch(() => undefined);

/**
 * The kept answer has the headers that it came with, those of cross-origin isolation too. A browser may refuse its storage or
 * clear it at any time, and takes no page that came by way of another address.
 */
async function keptAnswer(request) {
  try {
    const found = await caches.match(request, { ...SAME, ignoreSearch: true });
    return found?.redirected ? new Response(found.body, found) : found;
  } catch {
    return undefined;
  }
}
