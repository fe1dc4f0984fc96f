// Vite plugins that serve the page: what browsers need in order to give WASM threads, keep hashed files and load them
// compressed. A deployed page gets the same from its own server.

import { existsSync, readFileSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import type { Plugin, PreviewServer } from "vite";

/** A page must be cross-origin isolated for WASM to use threads; everything works without them. */
export const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** A file of the build whose name holds a hash of its content: it never changes. */
const HASHED = /\/(assets\/[^/?]+-[\w-]{8}\.\w+)(?:\?.*)?$/;

/** Of hashed files that are compressed here once. Vite compresses the rest at every visit, and no WASM at all. */
const COMPRESSED_TYPES: Record<string, string> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

/** For `vite preview`: headers on every answer (WebKit needs them on 304 too), and what may be kept is. */
export function servedPage(): Plugin {
  return { name: "served-page", configurePreviewServer: (server) => serve(server) };
}

function serve({ middlewares, config }: PreviewServer): void {
  const folder = resolve(config.root, config.build.outDir);
  const compressed = new Map<string, Buffer>();
  middlewares.use((request, response, next) => {
    for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
    const asset = HASHED.exec(request.url ?? "")?.[1];
    const path = asset && join(folder, asset);
    if (!path || !existsSync(path)) return next();
    response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
    const type = COMPRESSED_TYPES[extname(path)];
    const takesBrotli = /\bbr\b/.test(String(request.headers["accept-encoding"] ?? ""));
    if (!type || !takesBrotli || request.method !== "GET") return next();
    if (!compressed.has(path)) compressed.set(path, compress(path));
    response.writeHead(200, { "Content-Type": type, "Content-Encoding": "br", Vary: "Accept-Encoding" });
    response.end(compressed.get(path));
  });
}

function compress(path: string): Buffer {
  const bytes = readFileSync(path);
  // 9 makes them 2 to 5 % smaller and takes five to nine times as long, which who comes first has to wait for.
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
}

/**
 * For `npm run dev`: hot reload writes a script into the page and speaks over a WebSocket, and tfjs starts its threads
 * from blob: addresses there; the page's own policy allows neither.
 */
export function developmentPolicy(): Plugin {
  return {
    name: "development-policy",
    apply: "serve",
    transformIndexHtml(html, { server }) {
      if (!server) return html;
      return html
        .replace("script-src 'self'", "script-src 'self' 'unsafe-inline' blob:")
        .replace("worker-src 'self'", "worker-src 'self' blob:")
        .replace("connect-src 'self'", "connect-src 'self' ws: blob: data:");
    },
  };
}
