// Takes the tensors of an opened file one by one, each with the shape and type that it must have.

import type { NamedArrays } from "../base/batch.ts";
import type { Tensor, TensorFile } from "./safetensors.ts";

/** Takes tensors that must be there, and remembers the first fault. */
export interface TensorReader {
  /** The first thing found wrong. */
  readonly fault: { tensor: string; reason: string } | null;
  fail(tensor: string, reason: string): void;
  has(name: string): boolean;
  /** The first dimension as the file has it; 0 where there is none. */
  rows(name: string): number;
  /** The values of a tensor that must have this shape and type; empty ones when it does not. */
  take<T extends Tensor["values"]>(name: string, shape: number[], type: new () => T): T;
  named(prefix: string, specs: { name: string; shape: number[] }[]): NamedArrays;
  /** A tensor that nobody took. */
  leftOver(): { tensor: string; reason: string } | null;
}

/** Reads the tensors of an opened file. */
export function createTensorReader({ tensors }: TensorFile): TensorReader {
  const taken = new Set<string>();
  let fault: TensorReader["fault"] = null;

  function fail(tensor: string, reason: string): void {
    fault ??= { tensor, reason };
  }
  function take<T extends Tensor["values"]>(name: string, shape: number[], type: new () => T): T {
    const tensor = tensors.get(name);
    taken.add(name);
    if (!tensor) fail(name, "it is missing");
    else if (!(tensor.values instanceof type)) fail(name, "it has another type of numbers");
    else if (tensor.shape.join() !== shape.join())
      fail(name, `its shape is [${tensor.shape.join(", ")}], not [${shape.join(", ")}]`);
    else return tensor.values;
    return new type();
  }

  return {
    get fault() {
      return fault;
    },
    fail,
    has: (name) => tensors.has(name),
    rows: (name) => tensors.get(name)?.shape[0] ?? 0,
    take,
    named: (prefix, specs) =>
      new Map(
        specs.map(({ name, shape }) => [name, { shape, values: take(prefix + name, shape, Float32Array) }]),
      ),
    leftOver() {
      const name = [...tensors.keys()].find((key) => !taken.has(key));
      return name === undefined ? null : { tensor: name, reason: "its configuration has no such tensor" };
    },
  };
}
