// A browser's profile as an earlier version left it.

import type { Page } from "playwright-core";
import { plainProfile } from "../versions/profile.ts";
import { writtenBy } from "../versions/written.ts";

/** Writes what `version` kept into the profile of `page`, which then stands at an address that runs no script. */
export async function writeProfile(page: Page, url: string, version: string): Promise<void> {
  const written = writtenBy(version);
  const { name, version: databaseVersion, stores } = plainProfile(version);
  const files = written
    .names("profile/opfs")
    .map((path) => ({ path, bytes: Buffer.from(written.bytes(`profile/opfs/${path}`)).toString("base64") }));
  await page.goto(`${url}icon.svg`);
  // Typed arrays do not cross as they are.
  const plain = JSON.stringify({ name, version: databaseVersion, stores }, (_, value) =>
    ArrayBuffer.isView(value)
      ? {
          $: value.constructor.name,
          values: Array.from(value as Float64Array, (one) => (Number.isNaN(one) ? null : one)),
        }
      : value,
  );
  await page.evaluate(writeStorage, { plain, files, local: written.text("profile/localStorage.json") });
}

/** Runs inside the page. */
async function writeStorage({
  plain,
  files,
  local,
}: {
  plain: string;
  files: { path: string; bytes: string }[];
  local: string;
}): Promise<void> {
  const { name, version, stores } = JSON.parse(plain, (_, value) => {
    if (typeof value !== "object" || value === null || !("$" in value)) return value;
    const values = (value.values as (number | null)[]).map((one) => one ?? Number.NaN);
    return value.$ === "Float64Array" ? new Float64Array(values) : new Float32Array(values);
  }) as { name: string; version: number; stores: Record<string, { key: string; value: unknown }[]> };
  const opening = indexedDB.open(name, version);
  opening.onupgradeneeded = () => {
    for (const store of Object.keys(stores))
      opening.result.createObjectStore(store, store === "records" ? { keyPath: "runId" } : {});
  };
  await new Promise((resolve, reject) => Object.assign(opening, { onsuccess: resolve, onerror: reject }));
  const transaction = opening.result.transaction(Object.keys(stores), "readwrite");
  for (const [store, records] of Object.entries(stores))
    for (const { key, value } of records)
      transaction.objectStore(store).put(value, store === "records" ? undefined : key);
  await new Promise((resolve) => Object.assign(transaction, { oncomplete: resolve }));
  opening.result.close();
  for (const { path, bytes } of files) {
    let folder = await navigator.storage.getDirectory();
    const parts = path.split("/");
    for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part, { create: true });
    const file = await (await folder.getFileHandle(parts.at(-1)!, { create: true })).createWritable();
    await file.write(Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0)));
    await file.close();
  }
  for (const [key, value] of Object.entries(JSON.parse(local) as Record<string, string>))
    localStorage.setItem(key, value);
}
