// lz4js has no types of its own.

declare module "lz4js" {
  /** Unpacks a frame. */
  export function decompress(packed: Uint8Array): Uint8Array;
}
