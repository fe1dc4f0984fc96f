// The demo data set as it comes with the page: the build makes it, byte for byte what `makeDemoDataset` would make here,
// which takes seconds that nobody need wait for.

import type { Folder } from "../shards/byteSource.ts";
import { MANIFEST_FILE } from "../shards/manifest.ts";
import { parseManifest } from "../shards/manifestFile.ts";

/**
 * Its folder; null where the page came without it (`npm run dev`) or it cannot be had now. The shards are on their way
 * when this returns, and are held whole: 3.8 MB.
 */
export async function shippedDemo(): Promise<Folder | null> {
  // The worker's script lies in the build's assets.
  if (import.meta.env?.PROD !== true) return null;
  const place = new URL("../demo/", self.location.href);
  const files = new Map<string, Promise<Uint8Array>>();
  function load(name: string): Promise<Uint8Array> {
    const known = files.get(name);
    if (known) return known;
    const loading = loadFile(new URL(name, place));
    files.set(name, loading);
    // Asked again where it failed.
    loading.catch(() => files.delete(name));
    return loading;
  }
  try {
    const manifest = parseManifest(new TextDecoder().decode(await load(MANIFEST_FILE)), MANIFEST_FILE);
    if (!manifest.ok) return null;
    for (const { file } of manifest.value.shards) load(file);
  } catch {
    return null;
  }
  return {
    async open(name) {
      const bytes = await load(name);
      return { name, byteLength: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
    },
  };
}

async function loadFile(address: URL): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address.href} gave ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
