/**
 * out[s] = Σ over rows r with ids[r] = s of values[r]; rows whose id lies outside [0, segments) are left out, as in tfjs.
 * Always in the order of the rows, so runs repeat bit for bit.
 * values [rows, columns] float32, ids [rows] int32, out [segments, columns] float32.
 */
export function unsortedSegmentSum(
  rows: i32,
  columns: i32,
  segments: i32,
  ids: usize,
  values: usize,
  out: usize,
): void {
  const width = (<usize>columns) << 2;
  memory.fill(out, 0, <usize>segments * width);
  for (let r = 0; r < rows; r++) {
    const id = load<i32>(ids + ((<usize>r) << 2));
    if (id < 0 || id >= segments) continue;
    addRow(values + <usize>r * width, out + <usize>id * width, columns);
  }
}

/** target += source, `columns` floats each. */
function addRow(source: usize, target: usize, columns: i32): void {
  let c = 0;
  for (; c + 4 <= columns; c += 4) {
    const at = (<usize>c) << 2;
    v128.store(target + at, f32x4.add(v128.load(target + at), v128.load(source + at)));
  }
  for (; c < columns; c++) {
    const at = (<usize>c) << 2;
    store<f32>(target + at, load<f32>(target + at) + load<f32>(source + at));
  }
}
