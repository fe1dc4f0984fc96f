// Matrix products on the GPU: NN, NT and TN, plain or grouped by slots or by fields, whole or split along their depth.
// Row-major matrices with padded rows. B rows, N columns, U slots, F fields, D embedding size.

import { defineKernel, type Kernel } from "./kernel.ts";

/**
 * - rows: C = A·B, the forward product
 * - columns: C = Aᵀ·B, a weight's gradient, in `splits` parts along the depth
 * - transposed: C = A·Bᵀ, an input's gradient (also in parts)
 * - project: P[u] = E[id_u]·W_f for tiles of slots that lie within one field
 * - projectColumns: dW_f = E_uᵀ·S, a field a workgroup layer
 * - projectTransposed: dE[u] = S[u]·W_fᵀ, by the same tiles
 */
export type ProductForm =
  | "rows"
  | "columns"
  | "transposed"
  | "project"
  | "projectColumns"
  | "projectTransposed";

export const PRODUCT_FORMS: readonly ProductForm[] = [
  "rows",
  "columns",
  "transposed",
  "project",
  "projectColumns",
  "projectTransposed",
];

/** Rows and columns of C of a workgroup of 8 × 8 threads, and whether operands go through workgroup memory. */
export interface ProductTile {
  rows: number;
  columns: number;
  shared: boolean;
}

/** The shapes that are timed when an engine starts. Without workgroup memory suits adapters that compute on a CPU. */
export const PRODUCT_TILES: readonly ProductTile[] = [
  { rows: 32, columns: 32, shared: false },
  { rows: 32, columns: 32, shared: true },
  { rows: 64, columns: 32, shared: true },
  { rows: 64, columns: 64, shared: true },
];

/** Slots of one field that a workgroup projects at once: the tile list is made for it. */
export const SLOT_TILE = 32;

const THREADS = 8;
const DEPTH = 16;

const NUMBERS = [
  ...["m", "n", "k", "a", "aStride", "b", "bStride", "c", "cStride"],
  ...["splits", "accumulate", "bias", "hasBias", "list", "embeddingDim"],
] as const;

/** Where an element of an operand lies, by form. `group` offsets come from the integers. */
interface Access {
  /** Sets rowStart, rowEnd, depth0, depthEnd and what the accesses use. */
  setup: string;
  a: string;
  b: string;
  c: string;
}

const whole = `
  let rowEnd = p.m;
  let rowStart = workgroup.y * TILE_ROWS;
  let length = (p.k + p.splits - 1u) / p.splits;
  let depthStart = workgroup.z * length;
  let depthEnd = min(p.k, depthStart + length);
  let part = workgroup.z * p.m * p.cStride;`;
// A tile of the list: field, first slot, slots.
const slotTile = `
  let tile = p.list + 3u * workgroup.y;
  let field = u32(integers[tile]);
  let rowStart = u32(integers[tile + 1u]);
  let rowEnd = rowStart + u32(integers[tile + 2u]);
  let depthStart = 0u;
  let depthEnd = p.k;`;

const accesses: Record<ProductForm, Access> = {
  rows: {
    setup: whole,
    a: "x[p.a + row * p.aStride + depth]",
    b: "x[p.b + depth * p.bStride + column]",
    c: "p.c + part + row * p.cStride + column",
  },
  columns: {
    setup: whole,
    a: "x[p.a + depth * p.aStride + row]",
    b: "x[p.b + depth * p.bStride + column]",
    c: "p.c + part + row * p.cStride + column",
  },
  transposed: {
    setup: whole,
    a: "x[p.a + row * p.aStride + depth]",
    b: "x[p.b + column * p.bStride + depth]",
    c: "p.c + part + row * p.cStride + column",
  },
  // `a` holds the slots' table rows, among the integers.
  project: {
    setup: slotTile,
    a: "table[u32(integers[p.a + row]) * p.embeddingDim + depth]",
    b: "x[p.b + (field * p.embeddingDim + depth) * p.bStride + column]",
    c: "p.c + row * p.cStride + column",
  },
  projectColumns: {
    // `list` holds each field's first slot, F + 1 of them.
    setup: `
  let field = workgroup.z;
  let rowStart = workgroup.y * TILE_ROWS;
  let rowEnd = p.m;
  let depthStart = u32(integers[p.list + field]);
  let depthEnd = u32(integers[p.list + field + 1u]);`,
    a: "table[u32(integers[p.a + depth]) * p.embeddingDim + row]",
    b: "x[p.b + depth * p.bStride + column]",
    c: "p.c + (field * p.embeddingDim + row) * p.cStride + column",
  },
  projectTransposed: {
    setup: slotTile,
    a: "x[p.a + row * p.aStride + depth]",
    b: "x[p.b + (field * p.embeddingDim + column) * p.bStride + depth]",
    c: "p.c + row * p.cStride + column",
  },
};

/** Workgroups of a product of `m × n` with `layers` parts or fields. */
export function productGrid(
  tile: ProductTile,
  m: number,
  n: number,
  layers: number,
): [number, number, number] {
  return [Math.ceil(n / tile.columns), Math.ceil(m / tile.rows), layers];
}

/** The same of a product over a list of slot tiles. */
export function slotGrid(tile: ProductTile, tiles: number, n: number): [number, number, number] {
  return [Math.ceil(n / tile.columns), tiles, 1];
}

export function productKernel(form: ProductForm, tile: ProductTile): Kernel {
  // A list's tiles hold at most SLOT_TILE rows, whatever the shape elsewhere.
  const bySlots = form === "project" || form === "projectTransposed";
  const rows = bySlots ? SLOT_TILE : tile.rows;
  const access = accesses[form];
  const [R, C] = [rows / THREADS, tile.columns / THREADS];
  const setup = access.setup.replaceAll("TILE_ROWS", `${rows}u`);
  const each = (count: number, line: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => line(i)).join("\n");
  const grid = (line: (i: number, j: number) => string) => each(R, (i) => each(C, (j) => line(i, j)));

  // A thread's rows are 8 apart, and so are its columns: neighbours read neighbours.
  const begin = `${setup}
  let firstRow = rowStart + local.y;
  let firstColumn = workgroup.x * ${tile.columns}u + local.x;
  ${grid((i, j) => `var c${i}_${j} = 0.0;`)}`;
  const end = `
  ${grid(
    (i, j) => `{
    let row = firstRow + ${i * THREADS}u; let column = firstColumn + ${j * THREADS}u;
    if (row < rowEnd && column < p.n) {
      var value = c${i}_${j};
      if (p.hasBias == 1u) { value += x[p.bias + column]; }
      let at = ${access.c};
      if (p.accumulate == 1u) { value += x[at]; }
      x[at] = value;
    }
  }`,
  )}`;
  const direct = `
  for (var depth = depthStart; depth < depthEnd; depth++) {
    ${each(R, (i) => `let a${i} = loadA(min(firstRow + ${i * THREADS}u, rowEnd - 1u), depth, field);`)}
    ${each(C, (j) => `let b${j} = loadB(depth, min(firstColumn + ${j * THREADS}u, p.n - 1u), field);`)}
    ${grid((i, j) => `c${i}_${j} = fma(a${i}, b${j}, c${i}_${j});`)}
  }`;
  const threads = THREADS * THREADS;
  const throughShared = `
  let thread = local.y * ${THREADS}u + local.x;
  for (var base = depthStart; base < depthEnd; base += ${DEPTH}u) {
    for (var i = thread; i < ${rows * DEPTH}u; i += ${threads}u) {
      ${loadOrder("i", form === "columns" || form === "projectColumns", rows)}
      let row = rowStart + line; let depth = base + at;
      tileA[at * ${rows}u + line] = select(0.0, loadA(min(row, rowEnd - 1u), min(depth, depthEnd - 1u), field), row < rowEnd && depth < depthEnd);
    }
    for (var i = thread; i < ${tile.columns * DEPTH}u; i += ${threads}u) {
      ${loadOrder("i", form !== "transposed" && form !== "projectTransposed", tile.columns)}
      let column = workgroup.x * ${tile.columns}u + line; let depth = base + at;
      tileB[at * ${tile.columns}u + line] = select(0.0, loadB(min(depth, depthEnd - 1u), min(column, p.n - 1u), field), column < p.n && depth < depthEnd);
    }
    workgroupBarrier();
    for (var at = 0u; at < ${DEPTH}u; at++) {
      ${each(R, (i) => `let a${i} = tileA[at * ${rows}u + local.y + ${i * THREADS}u];`)}
      ${each(C, (j) => `let b${j} = tileB[at * ${tile.columns}u + local.x + ${j * THREADS}u];`)}
      ${grid((i, j) => `c${i}_${j} = fma(a${i}, b${j}, c${i}_${j});`)}
    }
    workgroupBarrier();
  }`;
  const ungrouped = setup.includes("let field") ? "" : "let field = 0u;";
  return defineKernel({
    name: `${form} ${rows}×${tile.columns}${tile.shared ? " shared" : ""}`,
    numbers: NUMBERS,
    vectors: false,
    workgroupSize: [THREADS, THREADS],
    declarations: `
${
  tile.shared
    ? `var<workgroup> tileA: array<f32, ${rows * DEPTH}>; var<workgroup> tileB: array<f32, ${tile.columns * DEPTH}>;`
    : ""
}
fn loadA(row: u32, depth: u32, field: u32) -> f32 { return ${access.a}; }
fn loadB(depth: u32, column: u32, field: u32) -> f32 { return ${access.b}; }`,
    body: `${begin}\n${ungrouped}\n${tile.shared ? throughShared : direct}\n${end}`,
  });
}

/** The sum of a product's parts, in order; `count` vectors each. */
export const sumParts = defineKernel({
  name: "sumParts",
  numbers: ["count", "parts", "source", "sum"],
  vectors: true,
  body: `
  if (index >= p.count) { return; }
  var sum = x[p.source / 4u + index];
  for (var i = 1u; i < p.parts; i++) { sum += x[p.source / 4u + i * p.count + index]; }
  x[p.sum / 4u + index] = sum;`,
});

/** Neighbouring threads load neighbouring numbers: along the tile's line, or along the depth. */
function loadOrder(i: string, alongLine: boolean, lines: number): string {
  return alongLine
    ? `let line = ${i} % ${lines}u; let at = ${i} / ${lines}u;`
    : `let line = ${i} / ${DEPTH}u; let at = ${i} % ${DEPTH}u;`;
}
