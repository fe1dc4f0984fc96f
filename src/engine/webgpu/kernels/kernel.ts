// What a GPU kernel of ours is: WGSL over six stores that all kernels share, and its numbers, a few words of a uniform
// buffer. So one bind group serves every dispatch, and a step is a list of (kernel, numbers, workgroups).

/**
 * The stores, by binding: work and dense parameters, integers (which kernels only read, so that loops over them may hold
 * barriers), the table with its moments, and each table row's place in the batch.
 */
export const STORES = ["floats", "integers", "table", "tableFirst", "tableSecond", "marks"] as const;
export type StoreName = (typeof STORES)[number];

export interface Kernel {
  name: string;
  /** Its numbers, in order. */
  numbers: readonly { name: string; type: string }[];
  code: string;
}

/** Numbers of one dispatch lie this far apart: the coarsest alignment that a device may ask for. */
export const NUMBERS_STRIDE = 256;

interface Definition {
  name: string;
  /** Names of its numbers, in order, with blanks between; a name with `:f32` is a float32, the others are unsigned integers. */
  numbers: string;
  /** Whether it reads the floats as vec4 (`x[i]` is four numbers) or one by one. */
  vectors: boolean;
  workgroupSize?: [number, number?];
  /** Declarations before `main`. */
  declarations?: string;
  /** `main`'s body. It has `p`, the stores, `index` (the thread's number), `local` and `workgroup`. */
  body: string;
}

/** A kernel's whole WGSL. Threads are numbered over a grid that folds into two dimensions above 65,535 workgroups. */
export function defineKernel(definition: Definition): Kernel {
  const { name, vectors, declarations = "", body } = definition;
  const [width, height = 1] = definition.workgroupSize ?? [64];
  const numbers = definition.numbers.split(" ").map((number) => {
    const [name, type = "u32"] = number.split(":") as [string, string?];
    return { name, type };
  });
  const fields = numbers.map(({ name, type }) => `${name}: ${type}`).join(", ");
  const code = `
struct Numbers { ${fields} }
@group(0) @binding(0) var<uniform> p: Numbers;
@group(0) @binding(1) var<storage, read_write> x: array<${vectors ? "vec4<f32>" : "f32"}>;
@group(0) @binding(2) var<storage, read> integers: array<i32>;
@group(0) @binding(3) var<storage, read_write> table: array<f32>;
@group(0) @binding(4) var<storage, read_write> tableFirst: array<f32>;
@group(0) @binding(5) var<storage, read_write> tableSecond: array<f32>;
@group(0) @binding(6) var<storage, read_write> marks: array<u32>;
${declarations}
@compute @workgroup_size(${width}, ${height})
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>,
        @builtin(local_invocation_id) local: vec3<u32>) {
  let index = (workgroup.y * workgroups.x + workgroup.x) * ${width * height}u + local.y * ${width}u + local.x;
${body}
}`;
  return { name, numbers, code };
}

/** Writes a dispatch's numbers where the kernel expects them. */
export function writeNumbers(
  kernel: Kernel,
  values: Readonly<Record<string, number>>,
  view: DataView,
  offset: number,
): void {
  for (const [i, { name, type }] of kernel.numbers.entries()) {
    const value = values[name];
    if (value === undefined) throw new Error(`${kernel.name} was not given ${name}`);
    if (type === "f32") view.setFloat32(offset + 4 * i, value, true);
    else view.setUint32(offset + 4 * i, value, true);
  }
}
