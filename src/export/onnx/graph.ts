// An ONNX graph in the making: nodes in the order of their work, and the arrays that they use. Opset 17, which CANN 7.0
// (Ascend 310) reads too: there `ReduceMean` has its axes as an attribute, `ReduceSum` and `Split` as inputs.

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";

export const { FLOAT, DOUBLE, INT32, INT64, STRING } = TensorProto_DataType;
export type ElementType = TensorProto_DataType;

/** A constant array, row-major. */
export interface Initializer {
  name: string;
  shape: number[];
  values: Float32Array | Float64Array | Int32Array | BigInt64Array;
}

export type Attribute = number | number[] | { float: number } | string[] | bigint[];

export interface Graph {
  nodes: NodeProto[];
  initializers: Initializer[];
  inputs: ValueInfoProto[];
  outputs: ValueInfoProto[];
}

/** Adds to a graph. A name stands for the value that a node makes or an array holds. */
export interface GraphBuilder {
  readonly graph: Graph;
  input(name: string, type: ElementType, shape: (number | string)[]): string;
  constant(name: string, values: Initializer["values"], shape: number[]): string;
  /** A node of one output, which gets a name out of `label`. */
  node(op: string, label: string, inputs: string[], attributes?: Record<string, Attribute>): string;
  /** A node of several outputs. */
  nodes(op: string, labels: string[], inputs: string[], attributes?: Record<string, Attribute>): string[];
  /** A node of the operators for classic machine learning, `ai.onnx.ml`. */
  classic(op: string, label: string, inputs: string[], attributes: Record<string, Attribute>): string;
  output(name: string, value: string, type: ElementType, shape: (number | string)[]): void;
}

export function createGraph(): GraphBuilder {
  const graph: Graph = { nodes: [], initializers: [], inputs: [], outputs: [] };

  function add(
    domain: string,
    op: string,
    outputs: string[],
    inputs: string[],
    attributes: Record<string, Attribute>,
  ): string[] {
    graph.nodes.push(
      create(NodeProtoSchema, {
        domain,
        opType: op,
        name: outputs[0]!,
        input: inputs,
        output: outputs,
        attribute: Object.entries(attributes).map(([name, value]) => attributeOf(name, value)),
      }),
    );
    return outputs;
  }

  return {
    graph,
    input(name, type, shape) {
      graph.inputs.push(valueInfo(name, type, shape));
      return name;
    },
    constant(name, values, shape) {
      graph.initializers.push({ name, shape, values });
      return name;
    },
    node: (op, label, inputs, attributes = {}) => add("", op, [label], inputs, attributes)[0]!,
    nodes: (op, labels, inputs, attributes = {}) => add("", op, labels, inputs, attributes),
    classic: (op, label, inputs, attributes) => add("ai.onnx.ml", op, [label], inputs, attributes)[0]!,
    output(name, value, type, shape) {
      add("", "Identity", [name], [value], {});
      graph.outputs.push(valueInfo(name, type, shape));
    },
  };
}

function attributeOf(name: string, value: Attribute) {
  const { FLOAT: F, INT, INTS, STRINGS } = AttributeProto_AttributeType;
  const of = (rest: Omit<MessageInitShape<typeof AttributeProtoSchema>, "$typeName">) =>
    create(AttributeProtoSchema, { name, ...rest });
  if (typeof value === "number") return of({ type: INT, i: BigInt(value) });
  if (!Array.isArray(value)) return of({ type: F, f: value.float });
  if (typeof value[0] === "string") {
    const encoder = new TextEncoder();
    return of({ type: STRINGS, strings: (value as string[]).map((text) => encoder.encode(text)) });
  }
  return of({ type: INTS, ints: (value as (number | bigint)[]).map(BigInt) });
}

function valueInfo(name: string, elemType: ElementType, shape: (number | string)[]): ValueInfoProto {
  const dim = shape.map((size) =>
    create(TensorShapeProto_DimensionSchema, {
      value:
        typeof size === "string"
          ? { case: "dimParam", value: size }
          : { case: "dimValue", value: BigInt(size) },
    }),
  );
  const tensor = create(TypeProto_TensorSchema, { elemType, shape: create(TensorShapeProtoSchema, { dim }) });
  const type = create(TypeProtoSchema, { value: { case: "tensorType", value: tensor } });
  return create(ValueInfoProtoSchema, { name, type });
}
