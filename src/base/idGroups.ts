// Which ids a batch holds, and where: what lets the fast engine work on each id once (DESIGN section 5, items 2 and 4).
// A slot is one id of one field. B rows, F fields, U slots.

export interface IdGroups {
  rowCount: number;
  fields: number;
  /** [F + 1]: field f has the slots fieldStarts[f] … fieldStarts[f + 1] − 1, numbered as its ids first appear. */
  fieldStarts: Int32Array;
  /** [U]: the slot's table row. */
  slotIds: Int32Array;
  /** [B, F]: the slot of each value. */
  slots: Int32Array;
  /** [U + 1]: slot u occurs in the batch rows positions[positionStarts[u]] …, ascending. */
  positionStarts: Int32Array;
  /** [B · F] */
  positions: Int32Array;
  /** [B · F]: the values' weights in the order of `positions`. */
  positionWeights: Float32Array;
  /** [R]: every table row of the batch once, ascending. Two fields may share one. */
  tableRows: Int32Array;
  /** [R + 1]: table row r of those has the slots tableSlots[tableStarts[r]] …, ascending. */
  tableStarts: Int32Array;
  /** [U] */
  tableSlots: Int32Array;
  /** Whether every weight is 1. */
  unitWeights: boolean;
}
