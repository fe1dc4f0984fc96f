// Whether WASM may use threads here.

/** A page must be cross-origin isolated, and WebKitGTK has no SharedArrayBuffer even then. */
export function hasSharedMemory(): boolean {
  return globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer !== "undefined";
}
