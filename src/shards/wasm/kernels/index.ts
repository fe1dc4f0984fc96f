// The loops of the data path that JavaScript takes two to three times as long for: checksums, and cutting batches from
// columns. Pointers are byte offsets into a memory that the caller lays out; there is no data of their own.

export { crc32c, crcTables } from "./crc32c";
export { findByte } from "./findByte";
export { greatest } from "./greatest";
export { cutIds, cutWeights, encodeIntegers, gather1, gather2, gather4 } from "./reading";
export { sha256 } from "./sha256";
