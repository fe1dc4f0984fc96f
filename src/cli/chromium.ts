// The system's Chromium, for what only a browser can do: WebGPU, and the built page.

import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type LaunchOptions } from "playwright-core";
import { problemError } from "../base/result.ts";
import places from "./chromiumPlaces.json" with { type: "json" };

/**
 * What Playwright switches off itself, of which Chromium takes the last list alone, and the suggestions below the address bar:
 * two pages of the browser's own for every window, half a second of CPU each time.
 */
const DISABLED_FEATURES = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
  "WebUIOmniboxPopup",
  "WebUIOmniboxAimPopup",
];
const ARGUMENTS = [
  `--disable-features=${DISABLED_FEATURES}`,
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  // On a busy machine its GPU process, which computes on the CPU, would be taken for one that hangs, and killed.
  "--disable-gpu-watchdog",
];
// A true WebGPU implementation that computes on the CPU, so it needs no GPU and is very slow.
const WEBGPU_ARGUMENTS = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** Where Chromium is: $CHROMIUM_PATH, the system's places, Playwright's own; null where there is none. */
export function chromiumPath(): string | null {
  const candidates = [process.env.CHROMIUM_PATH, ...places, chromium.executablePath()];
  return candidates.find((path) => path && existsSync(path)) ?? null;
}

export interface ChromiumOptions {
  /** With WebGPU on SwiftShader. */
  webgpu?: boolean;
  /** More arguments for Chromium. */
  more?: string[];
}

/** A headless Chromium. Throws a ProblemError where none is installed. */
export async function launchChromium({ webgpu = false, more = [] }: ChromiumOptions = {}): Promise<Browser> {
  return chromium.launch(options(webgpu, more));
}

/** The same with WebGPU and a profile's folder: what it keeps outlives it, and its pages are tabs of one window. */
export async function launchChromiumProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    ...options(true),
    viewport: { width: 1440, height: 900 },
    // Hidden tabs are throttled as a person's are.
    ignoreDefaultArgs: [
      "--disable-backgrounding-occluded-windows",
      "--disable-background-timer-throttling",
      "--disable-renderer-backgrounding",
    ],
  });
}

function options(webgpu: boolean, more: string[] = []): LaunchOptions {
  const executablePath = chromiumPath();
  if (!executablePath) throw problemError("chromium-missing", {});
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return { executablePath, args: [...ARGUMENTS, ...asRoot, ...(webgpu ? WEBGPU_ARGUMENTS : []), ...more] };
}
