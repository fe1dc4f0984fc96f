// Columns are mixed one at a time, each in as few bytes a value as hold it, so that a whole window of one stays in the
// cache while it is read in disorder; rows are cut a few at a time, so that they do while columns are written across them.

/**
 * What `count` stored integers become, in elements of `size` bytes: the code `missing` becomes common[0], another one
 * common[code + shift]. Those that `common` does not reach are left out; their places are written to `others`, and their
 * number is the result. codes [count] int32, others [count] uint32.
 */
export function encodeIntegers(
  codes: usize,
  count: i32,
  missing: i32,
  shift: i32,
  common: usize,
  commonLength: u32,
  size: i32,
  out: usize,
  others: usize,
): i32 {
  let left: i32 = 0;
  for (let i = 0; i < count; i++) {
    const code = load<i32>(codes + ((<usize>i) << 2));
    // No branch separates missing codes from others, as which ones are missing cannot be guessed.
    const at = <u32>select<i32>(0, code + shift, code === missing);
    if (at < commonLength) copyElement(common, at, out, i, size);
    else {
      store<i32>(others + ((<usize>left) << 2), i);
      left++;
    }
  }
  return left;
}

/** to[j] = from[i], elements of 1, 2 or 4 bytes. */
function copyElement(from: usize, i: i32, to: usize, j: i32, size: i32): void {
  if (size === 1) store<u8>(to + <usize>j, load<u8>(from + <usize>i));
  else if (size === 2) store<u16>(to + ((<usize>j) << 1), load<u16>(from + ((<usize>i) << 1)));
  else store<u32>(to + ((<usize>j) << 2), load<u32>(from + ((<usize>i) << 2)));
}

/** out[i] = values[order[i]], `count` elements of 1, 2 or 4 bytes; order [count] uint32. */
export function gather1(values: usize, order: usize, count: i32, out: usize): void {
  gather<u8>(values, order, count, out);
}

export function gather2(values: usize, order: usize, count: i32, out: usize): void {
  gather<u16>(values, order, count, out);
}

export function gather4(values: usize, order: usize, count: i32, out: usize): void {
  gather<u32>(values, order, count, out);
}

function gather<T>(values: usize, order: usize, count: i32, out: usize): void {
  for (let i = 0; i < count; i++)
    store<T>(
      out + <usize>i * sizeof<T>(),
      load<T>(values + <usize>load<u32>(order + ((<usize>i) << 2)) * sizeof<T>()),
    );
}

/**
 * Table rows of `count` local ids of `width` bytes, into every `fields`-th element of `out`: id 0 is row `oovRow`, id n is
 * row `base` + n − 1.
 */
export function cutIds(
  local: usize,
  width: i32,
  count: i32,
  oovRow: i32,
  base: i32,
  out: usize,
  fields: i32,
): void {
  if (width === 1) cut<u8>(local, count, oovRow, base, out, fields);
  else if (width === 2) cut<u16>(local, count, oovRow, base, out, fields);
  else cut<i32>(local, count, oovRow, base, out, fields);
}

function cut<T>(local: usize, count: i32, oovRow: i32, base: i32, out: usize, fields: i32): void {
  const step = (<usize>fields) << 2;
  for (let r = 0; r < count; r++, out += step) {
    const id = <i32>load<T>(local + <usize>r * sizeof<T>());
    store<i32>(out, id === 0 ? oovRow : base - 1 + id);
  }
}

/** `count` weights into every `fields`-th element of `out`, and their table row into those of `ids`. */
export function cutWeights(weights: usize, count: i32, row: i32, ids: usize, out: usize, fields: i32): void {
  const step = (<usize>fields) << 2;
  for (let r = 0; r < count; r++, ids += step, out += step) {
    store<i32>(ids, row);
    store<f32>(out, load<f32>(weights + ((<usize>r) << 2)));
  }
}
