// Vite plugin: writes the service worker with the list of the files that the studio needs without a network.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const WORKER = fileURLToPath(new URL("../../workers/offline.js", import.meta.url));

/** What only some exports, formats and the check of a device need is not kept for everybody; maps are for developers. */
const LEFT_OUT = /\.map$|ort-wasm|hdf5_hl|\.json$|studio\.png$/;
/** Of `public/`, which Vite copies by itself. */
const COPIED = ["icon.svg", "manifest.webmanifest", "recorded-arena.json"];

export function offlineFiles(): Plugin {
  return {
    name: "offline-files",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const built = Object.keys(bundle).filter(
          (name) => name.startsWith("demo/") || (name !== "index.html" && !LEFT_OUT.test(name)),
        );
        const files = [...new Set([...built, ...COPIED])].sort();
        const hash = createHash("sha256").update(readFileSync(WORKER));
        for (const name of [...files, "index.html"]) {
          const file = bundle[name];
          hash.update(name);
          if (file?.type === "asset") hash.update(file.source);
          else if (file) hash.update(file.code);
        }
        const head = `const VERSION = "${hash.digest("hex").slice(0, 12)}";\nconst FILES = ${JSON.stringify(files)};\n`;
        this.emitFile({ type: "asset", fileName: "offline.js", source: head + readFileSync(WORKER, "utf8") });
      },
    },
  };
}
