const POLYNOMIAL: u32 = 0x82f63b78;

/** Fills 16 tables of 256 words: what a byte does to the checksum when 0, 1, … 15 bytes follow it. */
export function crcTables(tables: usize): void {
  for (let i: u32 = 0; i < 256; i++) {
    let crc = i;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    store<u32>(tables + ((<usize>i) << 2), crc);
  }
  for (let word: usize = 256; word < 16 * 256; word++) {
    const previous = load<u32>(tables + ((word - 256) << 2));
    store<u32>(tables + (word << 2), entry(tables, 0, previous) ^ (previous >>> 8));
  }
}

/** CRC-32C (Castagnoli) of `length` bytes, sixteen at a time; `previous` is that of the bytes before these. */
export function crc32c(tables: usize, bytes: usize, length: i32, previous: u32): u32 {
  let crc = ~previous;
  let i = 0;
  for (; i + 16 <= length; i += 16, bytes += 16) {
    const a = crc ^ load<u32>(bytes);
    const b = load<u32>(bytes, 4);
    const c = load<u32>(bytes, 8);
    const d = load<u32>(bytes, 12);
    crc = four(tables, a, 12) ^ four(tables, b, 8) ^ four(tables, c, 4) ^ four(tables, d, 0);
  }
  for (; i < length; i++, bytes++) crc = entry(tables, 0, crc ^ load<u8>(bytes)) ^ (crc >>> 8);
  return ~crc;
}

/** What a word's four bytes do, when `after` bytes follow it. */
function four(tables: usize, word: u32, after: i32): u32 {
  return (
    entry(tables, after + 3, word) ^
    entry(tables, after + 2, word >>> 8) ^
    entry(tables, after + 1, word >>> 16) ^
    entry(tables, after, word >>> 24)
  );
}

function entry(tables: usize, table: i32, byte: u32): u32 {
  return load<u32>(tables + ((<usize>table) << 10) + ((<usize>(byte & 255)) << 2));
}
