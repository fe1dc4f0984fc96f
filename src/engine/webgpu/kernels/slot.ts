// Where a column of the table lies in a slot's row: the embedding's D columns are filled up to a multiple of four with zeros,
// since products read them by fours; linear weights follow.

/** The numbers that `SLOT_COLUMN` needs. */
export const SLOT_NUMBERS = "embeddingDim gap";

export const SLOT_COLUMN = `
fn slotColumn(d: u32) -> u32 { return select(d + p.gap, d, d < p.embeddingDim); }`;
