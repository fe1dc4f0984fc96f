// Columns are mixed one at a time, each in as few bytes a value as hold it, so that a whole window of one stays in the
// cache while it is read in disorder; rows are cut a few at a time, so that they do while columns are written across them.

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
