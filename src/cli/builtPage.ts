// The page as it is deployed: built for production once, and served like static files.

import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { preview } from "vite";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface ServedPage {
  /** Address of the page, with a slash at its end. */
  url: string;
  close(): Promise<void>;
}

/** Builds the page into a new temporary folder, and returns that folder. */
export async function buildPage(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "final-studio-page-"));
  const vite = join(root, "node_modules", "vite", "bin", "vite.js");
  // A process of its own: a test runner's NODE_ENV would make this React's development build.
  const { NODE_ENV: _, ...environment } = process.env;
  const options = ["build", "--outDir", folder, "--emptyOutDir", "--logLevel", "warn"];
  await promisify(execFile)(process.execPath, [vite, ...options], { cwd: root, env: environment });
  return folder;
}

/** Serves a built page on a free port, at the root or below `base` (`/some/path/`). */
export async function servePage(folder: string, base = "/"): Promise<ServedPage> {
  const server = await preview({
    root,
    base,
    logLevel: "error",
    build: { outDir: folder },
    // Tests open it under other names too.
    preview: { host: "127.0.0.1", port: 0, strictPort: true, allowedHosts: true },
  });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}
