// Groups a batch's ids field by field, to the same groups as src/engine/idGroups.ts does. B rows, F fields.

/**
 * Numbers the ids of fields `begin` to `end` as they first appear: numbers[b, f]. The n-th of field f is ids[f·B + n], which
 * comes counts[f·B + n] times; kinds[f] is how many there are. `hash` has room for 2^bits pairs, more than B.
 */
export function numberIds(
  begin: i32,
  end: i32,
  B: i32,
  F: i32,
  bits: i32,
  batchIds: usize,
  numbers: usize,
  ids: usize,
  counts: usize,
  kinds: usize,
  hash: usize,
): void {
  const bytes = (<usize>8) << bits;
  for (let f = begin; f < end; f++) {
    const own = (<usize>(f * B)) << 2;
    memory.fill(hash, 0, bytes);
    let found = 0;
    for (let b = 0; b < B; b++) {
      const at = (<usize>(b * F + f)) << 2;
      const id = load<i32>(batchIds + at);
      // A pair: an id, and its number plus 1, or 0 where the place is free.
      let place = (<usize>((<u32>id * 0x9e3779b1) >>> (32 - bits))) << 3;
      let number = load<i32>(hash + place, 4) - 1;
      while (number >= 0 && load<i32>(hash + place) !== id) {
        place = (place + 8) & (bytes - 1);
        number = load<i32>(hash + place, 4) - 1;
      }
      if (number < 0) {
        number = found++;
        store<i32>(hash + place, id);
        store<i32>(hash + place, found, 4);
        store<i32>(ids + own + ((<usize>number) << 2), id);
        store<i32>(counts + own + ((<usize>number) << 2), 0);
      }
      store<i32>(numbers + at, number);
      const count = counts + own + ((<usize>number) << 2);
      store<i32>(count, load<i32>(count) + 1);
    }
    store<i32>(kinds + ((<usize>f) << 2), found);
  }
}

/**
 * From those the groups of fields `begin` to `end`, whose first slots are fieldStarts[f]: numbers become slots. units[f]: whether
 * all of the field's weights are 1.
 */
export function placeIds(
  begin: i32,
  end: i32,
  B: i32,
  F: i32,
  weights: usize,
  ids: usize,
  counts: usize,
  kinds: usize,
  fieldStarts: usize,
  numbers: usize,
  slotIds: usize,
  positionStarts: usize,
  positions: usize,
  positionWeights: usize,
  units: usize,
): void {
  for (let f = begin; f < end; f++) {
    const own = (<usize>(f * B)) << 2;
    const first = load<i32>(fieldStarts + ((<usize>f) << 2));
    let start = f * B;
    for (let n = 0; n < load<i32>(kinds + ((<usize>f) << 2)); n++) {
      const at = own + ((<usize>n) << 2);
      const slot = (<usize>(first + n)) << 2;
      store<i32>(slotIds + slot, load<i32>(ids + at));
      store<i32>(positionStarts + slot, start);
      // From now on where the id's next row goes.
      const count = load<i32>(counts + at);
      store<i32>(counts + at, start);
      start += count;
    }
    let isUnit = 1;
    for (let b = 0; b < B; b++) {
      const at = (<usize>(b * F + f)) << 2;
      const number = load<i32>(numbers + at);
      const next = counts + own + ((<usize>number) << 2);
      const place = load<i32>(next);
      store<i32>(next, place + 1);
      store<i32>(positions + ((<usize>place) << 2), b);
      const weight = load<f32>(weights + at);
      store<f32>(positionWeights + ((<usize>place) << 2), weight);
      if (weight !== 1) isUnit = 0;
      store<i32>(numbers + at, first + number);
    }
    store<i32>(units + ((<usize>f) << 2), isUnit);
  }
}
