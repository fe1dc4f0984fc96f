// Matrix products on the GPU: NN, NT and TN, plain or grouped by slots or by fields, whole or split along their depth.
// Row-major matrices with padded rows. B rows, N columns, U slots, F fields, D embedding size.

import { defineKernel, type Kernel } from "./kernel.ts";

/**
 * - rows: C = A·B, the forward product
 * - columns: C = Aᵀ·B, a weight's gradient, in `splits` parts along the depth
 * - transposed: C = A·Bᵀ, an input's gradient (also in parts)
 * - project: P[u] = E_u·W_f for tiles of slots that lie within one field, E_u the slots' embeddings
 * - projectColumns: dW_f = E_uᵀ·S, a listed field a workgroup layer
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

/** Rows and columns of C of a workgroup, and whether operands go through workgroup memory (64 threads then). */
export interface ProductTile {
  rows: number;
  columns: number;
  shared: boolean;
}

/** Without workgroup memory: for adapters that compute on a CPU. */
export const DIRECT_TILE: ProductTile = { rows: 32, columns: 32, shared: false };

/** The shapes that are timed when the first engine starts on a GPU. */
export const PRODUCT_TILES: readonly ProductTile[] = [
  DIRECT_TILE,
  { rows: 32, columns: 32, shared: true },
  { rows: 64, columns: 32, shared: true },
  { rows: 64, columns: 64, shared: true },
];

/** Slots of one field that a workgroup projects at once: the tile list is made for it. */
export const SLOT_TILE = 32;

const THREADS = 8;
const DEPTH = 16;
/** Rows of C that a thread holds without workgroup memory, four columns each. */
const ROWS_OF_THREAD = 8;

const NUMBERS = "m n k a aStride b bStride c cStride splits accumulate bias hasBias list embeddingDim";

/** Where a form's numbers lie. */
interface Access {
  /** Sets rowStart, rowEnd, depthStart, depthEnd, part or field: what the rest uses. */
  setup: string;
  /** What a row of A and a column of B need that does not change along the depth; then their number at a depth. */
  aBase: string;
  a: string;
  bBase: string;
  b: string;
  c: string;
}

const whole = `
  let rowEnd = p.m;
  let rowStart = workgroup.y * TILE_ROWS;
  let length = ((p.k + p.splits - 1u) / p.splits + 15u) / 16u * 16u;
  let depthStart = workgroup.z * length;
  let depthEnd = min(p.k, depthStart + length);
  let part = workgroup.z * p.m * p.cStride;
  let field = 0u;`;
// A tile of the list: field, first slot, slots.
const slotTile = `
  let tile = p.list + 3u * workgroup.y;
  let field = u32(integers[tile]);
  let rowStart = u32(integers[tile + 1u]);
  let rowEnd = rowStart + u32(integers[tile + 2u]);
  let depthStart = 0u;
  let depthEnd = p.k;`;
const along = { aBase: "p.a + row * p.aStride", a: "x[base + depth]" };
const bRows = { bBase: "p.b + column", b: "x[base + depth * p.bStride]" };
const cParts = "p.c + part + row * p.cStride + column";

const accesses: Record<ProductForm, Access> = {
  rows: { setup: whole, ...along, ...bRows, c: cParts },
  columns: { setup: whole, aBase: "p.a + row", a: "x[base + depth * p.aStride]", ...bRows, c: cParts },
  transposed: { setup: whole, ...along, bBase: "p.b + column * p.bStride", b: "x[base + depth]", c: cParts },
  project: {
    setup: slotTile,
    ...along,
    bBase: "p.b + field * p.embeddingDim * p.bStride + column",
    b: "x[base + depth * p.bStride]",
    c: "p.c + row * p.cStride + column",
  },
  projectColumns: {
    // An entry of the list is field, first slot, end.
    setup: `
  let entry = p.list + 3u * workgroup.z;
  let field = u32(integers[entry]);
  let rowStart = workgroup.y * TILE_ROWS;
  let rowEnd = p.m;
  let depthStart = u32(integers[entry + 1u]);
  let depthEnd = u32(integers[entry + 2u]);`,
    aBase: "p.a + row",
    a: "x[base + depth * p.aStride]",
    ...bRows,
    c: "p.c + (field * p.embeddingDim + row) * p.cStride + column",
  },
  projectTransposed: {
    setup: slotTile,
    ...along,
    bBase: "p.b + (field * p.embeddingDim + column) * p.bStride",
    b: "x[base + depth]",
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

/** The shape that a form takes: slots go by the list's tiles, and no side is longer than the embeddings it covers. */
export function tileOf(form: ProductForm, tile: ProductTile, embeddingDim: number): ProductTile {
  const short = (length: number) => Math.min(length, Math.ceil(embeddingDim / THREADS) * THREADS);
  switch (form) {
    case "project":
      return { ...tile, rows: SLOT_TILE };
    case "projectTransposed":
      return { ...tile, rows: SLOT_TILE, columns: divisor(short(tile.columns)) };
    case "projectColumns":
      return { ...tile, rows: divisor(short(tile.rows)) };
    default:
      return tile;
  }
}

/** The largest of the tile lengths that is not above `length`. */
function divisor(length: number): number {
  return [64, 32, 16, 8].find((side) => side <= length)!;
}

/** One product kernel; `tile` is the form's own (`tileOf`). All sum along the depth in order, so all round alike. */
export function productKernel(form: ProductForm, tile: ProductTile): Kernel {
  return tile.shared ? sharedProduct(form, tile) : directProduct(form, tile);
}

/** Operands come from the buffers as vectors: a thread has four columns, and rows or depths by fours where they lie so. */
function directProduct(form: ProductForm, { rows, columns }: ProductTile): Kernel {
  const { setup, aBase, bBase } = accesses[form];
  const R = Math.min(rows, ROWS_OF_THREAD);
  const threadsX = columns / 4;
  const threadsY = rows / R;
  // Where A lies along its rows, a thread's lie together, and vectors hold them.
  const rowsTogether = form === "columns" || form === "projectColumns";
  const rowOf = (i: number) =>
    rowsTogether ? `rowStart + local.y * ${R}u + ${i}u` : `rowStart + local.y + ${i * threadsY}u`;
  const each = (count: number, line: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => line(i)).join("\n");
  const bTransposed = form === "transposed" || form === "projectTransposed";

  const bVector = (depth: string) => `x[(bBase0 + (${depth}) * p.bStride) / 4u]`;
  const oneDepth = `
  for (var depth = depthStart; depth < depthEnd; depth++) {
    let b = ${bVector("depth")};
    ${each(R / 4, (i) => `let a${i} = x[(aBase${4 * i} + depth * p.aStride) / 4u];`)}
    ${each(R, (i) => `c${i} = fma(vec4<f32>(a${i >> 2}[${i % 4}]), b, c${i});`)}
  }`;
  // Depths beyond the last one meet zeros in A; B's are held within it, so that they stay numbers.
  const fourDepths = `
  for (var depth = depthStart; depth < depthEnd; depth += 4u) {
    ${each(R, (i) => `let a${i} = x[(aBase${i} + depth) / 4u];`)}
    ${each(4, (j) => (bTransposed ? `let t${j} = x[(bBase${j} + depth) / 4u];` : ""))}
    ${each(4, (k) => {
      const b = bTransposed
        ? `vec4<f32>(t0[${k}], t1[${k}], t2[${k}], t3[${k}])`
        : bVector(`min(depth + ${k}u, depthEnd - 1u)`);
      return `let b${k} = ${b};\n${each(R, (i) => `c${i} = fma(vec4<f32>(a${i}[${k}]), b${k}, c${i});`)}`;
    })}
  }`;
  return defineKernel({
    name: `${form} ${rows}×${columns}`,
    numbers: NUMBERS,
    vectors: true,
    workgroupSize: [threadsX, threadsY],
    declarations: `
fn baseA(row: u32, field: u32) -> u32 { return ${aBase}; }
fn baseB(column: u32, field: u32) -> u32 { return ${bBase}; }`,
    body: `${setup.replaceAll("TILE_ROWS", `${rows}u`)}
  let column = workgroup.x * ${columns}u + local.x * 4u;
  if (column >= p.n) { return; }
  ${each(R, (i) => `let row${i} = ${rowOf(i)};\nlet aBase${i} = baseA(min(row${i}, rowEnd - 1u), field);`)}
  ${each(bTransposed ? 4 : 1, (j) => `let bBase${j} = baseB(column + ${j}u, field);`)}
  ${each(R, (i) => `var c${i} = vec4<f32>(0.0);`)}
  ${rowsTogether ? oneDepth : fourDepths}
  var bias = vec4<f32>(0.0);
  if (p.hasBias == 1u) { bias = x[(p.bias + column) / 4u]; }
  ${each(
    R,
    (i) => `if (row${i} < rowEnd) {
    let row = row${i};
    let at = (${accesses[form].c}) / 4u;
    var value = c${i} + bias;
    if (p.accumulate == 1u) { value += x[at]; }
    x[at] = value;
  }`,
  )}`,
  });
}

/** Operands go through workgroup memory; a thread's rows are 8 apart and so are its columns: neighbours read neighbours. */
function sharedProduct(form: ProductForm, tile: ProductTile): Kernel {
  const access = accesses[form];
  const [R, C] = [tile.rows / THREADS, tile.columns / THREADS];
  const each = (count: number, line: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => line(i)).join("\n");
  const grid = (line: (i: number, j: number) => string) => each(R, (i) => each(C, (j) => line(i, j)));
  const alongRows = form === "columns" || form === "projectColumns";
  const alongColumns = form !== "transposed" && form !== "projectTransposed";
  return defineKernel({
    name: `${form} ${tile.rows}×${tile.columns} shared`,
    numbers: NUMBERS,
    vectors: false,
    workgroupSize: [THREADS, THREADS],
    declarations: `
var<workgroup> tileA: array<f32, ${tile.rows * DEPTH}>;
var<workgroup> tileB: array<f32, ${tile.columns * DEPTH}>;
fn baseA(row: u32, field: u32) -> u32 { return ${access.aBase}; }
fn baseB(column: u32, field: u32) -> u32 { return ${access.bBase}; }
fn loadA(base: u32, depth: u32) -> f32 { return ${access.a}; }
fn loadB(base: u32, depth: u32) -> f32 { return ${access.b}; }`,
    body: `${access.setup.replaceAll("TILE_ROWS", `${tile.rows}u`)}
  let firstRow = rowStart + local.y;
  let firstColumn = workgroup.x * ${tile.columns}u + local.x;
  ${grid((i, j) => `var c${i}_${j} = 0.0;`)}
  let thread = local.y * ${THREADS}u + local.x;
  for (var start = depthStart; start < depthEnd; start += ${DEPTH}u) {
    for (var i = thread; i < ${tile.rows * DEPTH}u; i += ${THREADS * THREADS}u) {
      ${loadOrder(alongRows, tile.rows)}
      let row = rowStart + line; let depth = start + at;
      let value = loadA(baseA(min(row, rowEnd - 1u), field), min(depth, depthEnd - 1u));
      tileA[at * ${tile.rows}u + line] = select(0.0, value, row < rowEnd && depth < depthEnd);
    }
    for (var i = thread; i < ${tile.columns * DEPTH}u; i += ${THREADS * THREADS}u) {
      ${loadOrder(alongColumns, tile.columns)}
      let column = workgroup.x * ${tile.columns}u + line; let depth = start + at;
      let value = loadB(baseB(min(column, p.n - 1u), field), min(depth, depthEnd - 1u));
      tileB[at * ${tile.columns}u + line] = select(0.0, value, column < p.n && depth < depthEnd);
    }
    workgroupBarrier();
    for (var at = 0u; at < ${DEPTH}u; at++) {
      ${each(R, (i) => `let a${i} = tileA[at * ${tile.rows}u + local.y + ${i * THREADS}u];`)}
      ${each(C, (j) => `let b${j} = tileB[at * ${tile.columns}u + local.x + ${j * THREADS}u];`)}
      ${grid((i, j) => `c${i}_${j} = fma(a${i}, b${j}, c${i}_${j});`)}
    }
    workgroupBarrier();
  }
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
  )}`,
  });
}

/** The sum of a product's parts, in order; `count` vectors each. */
export const sumParts = defineKernel({
  name: "sumParts",
  numbers: "count parts source sum",
  vectors: true,
  body: `
  if (index >= p.count) { return; }
  var sum = x[p.source / 4u + index];
  for (var i = 1u; i < p.parts; i++) { sum += x[p.source / 4u + i * p.count + index]; }
  x[p.sum / 4u + index] = sum;`,
});

/** Neighbouring threads load neighbouring numbers: along the tile's line, or along the depth. */
function loadOrder(alongLine: boolean, lines: number): string {
  return alongLine
    ? `let line = i % ${lines}u; let at = i / ${lines}u;`
    : `let line = i / ${DEPTH}u; let at = i % ${DEPTH}u;`;
}
