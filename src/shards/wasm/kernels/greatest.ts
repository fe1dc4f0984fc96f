/** The greatest of `count` unsigned numbers of `width` bytes, which start at a multiple of 16; 0 of none. */
export function greatest(values: usize, width: i32, count: i32): u32 {
  if (width === 1) return most<u8>(values, count);
  return width === 2 ? most<u16>(values, count) : most<u32>(values, count);
}

function most<T>(values: usize, count: i32): u32 {
  const lanes = 16 / sizeof<T>();
  let all = v128.splat<T>(<T>0);
  let i: usize = 0;
  for (; i + lanes <= <usize>count; i += lanes) all = v128.max<T>(all, v128.load(values + i * sizeof<T>()));
  let one: u32 = 0;
  for (; i < <usize>count; i++) one = max(one, <u32>load<T>(values + i * sizeof<T>()));
  // The lanes, folded in halves.
  all = v128.max<T>(all, v128.shuffle<u64>(all, all, 1, 0));
  all = v128.max<T>(all, v128.shuffle<u32>(all, all, 1, 0, 1, 0));
  if (sizeof<T>() < 4) all = v128.max<T>(all, v128.shuffle<u16>(all, all, 1, 0, 1, 0, 1, 0, 1, 0));
  if (sizeof<T>() < 2)
    all = v128.max<T>(all, v128.shuffle<u8>(all, all, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0));
  return max(one, <u32>v128.extract_lane<T>(all, 0));
}
