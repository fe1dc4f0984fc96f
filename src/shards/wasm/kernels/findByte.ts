/** Writes where in `length` bytes `byte` occurs, as uint32 from `out` on; returns how often. */
export function findByte(bytes: usize, length: i32, byte: i32, out: usize): i32 {
  const wanted = i8x16.splat(<i8>byte);
  let next = out;
  let i = 0;
  for (; i + 16 <= length; i += 16) {
    let found = i8x16.bitmask(i8x16.eq(v128.load(bytes + i), wanted));
    for (; found !== 0; found &= found - 1, next += 4) store<u32>(next, i + ctz<i32>(found));
  }
  for (; i < length; i++) {
    if (<i32>load<u8>(bytes + i) !== byte) continue;
    store<u32>(next, i);
    next += 4;
  }
  return <i32>((next - out) >> 2);
}
