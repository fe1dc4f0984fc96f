// Matrices lie in panels of 16 columns: panel p holds columns 16p … 16p+15, row after row, 64 bytes each. `…Panel` is a
// panel's length in bytes. So every product reads both operands in the order in which they lie, and nothing is packed.

/** Bytes of a row inside a panel. */
export const ROW: usize = 64;

/** Where column `c` of a matrix's first row lies. */
export function columnAt(matrix: usize, panel: usize, c: i32): usize {
  return matrix + <usize>(c >> 4) * panel + ((<usize>(c & 15)) << 2);
}
