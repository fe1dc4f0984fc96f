// WebKitGTK's MiniBrowser on a display of its own, driven by WebKitWebDriver.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { installPackages } from "./packages.ts";
import { type OpenBrowser, patiently, type WalkedPage } from "./walkedPage.ts";
import { openSession, type WebDriver } from "./webDriver.ts";

const DRIVER = "/usr/bin/WebKitWebDriver";
const DISPLAY_SERVER = "/usr/bin/Xvfb";
const LIBRARIES = "/usr/lib";

/** MiniBrowser's program; null where it, its driver or a display for it is missing. */
export function miniBrowserPath(): string | null {
  if (!existsSync(DRIVER) || !existsSync(DISPLAY_SERVER)) return null;
  const folders = [LIBRARIES, ...readdirSync(LIBRARIES).map((name) => join(LIBRARIES, name))];
  const candidates = ["webkit2gtk-4.1", "webkitgtk-6.0", "webkit2gtk-4.0"].flatMap((version) =>
    folders.map((folder) => join(folder, version, "MiniBrowser")),
  );
  return [process.env.WEBKIT_PATH, ...candidates].find((path) => path && existsSync(path)) ?? null;
}

/** Installs MiniBrowser and what it needs where this process may; its path, or null. */
export function installMiniBrowser(): string | null {
  if (miniBrowserPath() === null) installPackages("webkit2gtk-driver", "xvfb");
  return miniBrowserPath();
}

/** Starts MiniBrowser, whose downloads come into that folder. */
export async function launchMiniBrowser(binary: string, downloads: string): Promise<OpenBrowser> {
  const home = await mkdtemp(join(tmpdir(), "webkit-"));
  await mkdir(join(home, ".config"));
  await writeFile(join(home, ".config", "user-dirs.dirs"), `XDG_DOWNLOAD_DIR="${downloads}"\n`);
  const display = spawn(
    DISPLAY_SERVER,
    ["-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp"],
    { stdio: ["ignore", "ignore", "ignore", "pipe"] },
  );
  const [number] = (await once(display.stdio[3] as Readable, "data")) as [Buffer];
  const port = await freePort();
  const driver = spawn(DRIVER, [`--port=${port}`], {
    stdio: "ignore",
    env: {
      ...process.env,
      HOME: home,
      XDG_CONFIG_HOME: join(home, ".config"),
      DISPLAY: `:${number.toString().trim()}`,
      GDK_BACKEND: "x11",
    },
  });
  async function end(): Promise<void> {
    for (const child of [driver, display]) await ended(child);
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
  try {
    const address = `http://127.0.0.1:${port}`;
    await patiently("WebKitWebDriver", () => fetch(`${address}/status`));
    const session = await openSession(address, {
      "webkitgtk:browserOptions": { binary, args: ["--automation"] },
    });
    return {
      title: `WebKitGTK/${session.browserVersion}`,
      newPage: () => walkedPage(session),
      async close() {
        await session.close();
        await end();
      },
    };
  } catch (cause) {
    await end();
    throw cause;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill();
  await once(child, "exit");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

async function walkedPage(session: WebDriver): Promise<WalkedPage> {
  await session.resize(1280, 900);
  const seen = (path: string) => patiently(path, () => session.find(path));
  return {
    errors: [],
    open: session.open,
    reload: session.reload,
    see: async (path) => void (await seen(path)),
    // Found anew each time: the page may have drawn it again meanwhile, or something may still cover it.
    press: (path) =>
      patiently(`a press of ${path}`, async () => {
        const found = await session.find(path);
        if (found) await session.click(found);
        return found;
      }).then(() => {}),
    give: async (path, file) => session.type(await seen(path), file),
    async text(path) {
      const found = await session.find(path);
      return found && session.textOf(found);
    },
    screenshot: async (file) => writeFile(file, await session.screenshot()),
    close: async () => {},
  };
}
