// A graph as a file. Arrays are framed by hand, so that the largest pass through without a copy; beyond protobuf's 2 GiB
// they lie in a file of their own, which a runtime maps into memory.

import { create, toBinary } from "@bufbuild/protobuf";
import {
  GraphProtoSchema,
  ModelProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
} from "onnx-buf";
import { fieldHead, lengthOf } from "../bytes.ts";
import { DOUBLE, type ElementType, FLOAT, type Graph, INT32, INT64, type Initializer } from "./graph.ts";

/** Version 8 belongs to opset 17. */
const IR_VERSION = 8n;
const OPSET = 17n;
const CLASSIC_OPSET = 2n;
/** Places of the messages in each other, in onnx.proto. */
const FIELD = { graph: 7, initializer: 5, rawData: 9 };
/** Arrays in a file of their own start on a page, so that they can be mapped. */
const PAGE = 4096;
/** Of arrays that stay in the model when the others do not. */
const SMALL_BYTES = 256;

export interface OnnxFile {
  /** The model's file, as pieces that follow each other. */
  pieces: Uint8Array<ArrayBuffer>[];
  /** Of the second file; null where all lies in the first. */
  external: { name: string; pieces: Uint8Array<ArrayBuffer>[] } | null;
}

export interface FileOptions {
  /** Of the graph. */
  name: string;
  /** As `metadata_props`. */
  metadata: Record<string, string>;
  /** The name of the file for the arrays; null puts all into one. */
  externalName: string | null;
}

/** Bytes of all arrays. */
export function arrayBytes({ initializers }: Graph): number {
  return initializers.reduce((sum, { values }) => sum + values.byteLength, 0);
}

/** A graph as an ONNX file; large arrays go to a file beside it where `externalName` names one. */
export function onnxFile(graph: Graph, { name, metadata, externalName }: FileOptions): OnnxFile {
  const outside: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  const tensors = graph.initializers.flatMap((array) => {
    const bytes = bytesOf(array);
    if (externalName === null || bytes.length < SMALL_BYTES) return inlineTensor(array, bytes);
    const gap = (PAGE - (offset % PAGE)) % PAGE;
    if (gap > 0) outside.push(new Uint8Array(gap));
    outside.push(bytes);
    const tensor = externalTensor(array, externalName, offset + gap, bytes.length);
    offset += gap + bytes.length;
    return tensor;
  });
  const { nodes, inputs, outputs } = graph;
  const rest = toBinary(
    GraphProtoSchema,
    create(GraphProtoSchema, { name, node: nodes, input: inputs, output: outputs }),
  ) as Uint8Array<ArrayBuffer>;
  const graphPieces = [rest, ...tensors];
  const head = toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: IR_VERSION,
      producerName: "FINAL Studio",
      opsetImport: opsetsOf(graph),
      metadataProps: Object.entries(metadata).map(([key, value]) =>
        create(StringStringEntryProtoSchema, { key, value }),
      ),
    }),
  ) as Uint8Array<ArrayBuffer>;
  return {
    pieces: [head, fieldHead(FIELD.graph, lengthOf(graphPieces)), ...graphPieces],
    external: externalName === null ? null : { name: externalName, pieces: outside },
  };
}

function opsetsOf({ nodes }: Graph) {
  const classic = nodes.some(({ domain }) => domain === "ai.onnx.ml");
  return [
    create(OperatorSetIdProtoSchema, { domain: "", version: OPSET }),
    ...(classic ? [create(OperatorSetIdProtoSchema, { domain: "ai.onnx.ml", version: CLASSIC_OPSET })] : []),
  ];
}

function inlineTensor(array: Initializer, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>[] {
  const described = toBinary(
    TensorProtoSchema,
    create(TensorProtoSchema, describe(array)),
  ) as Uint8Array<ArrayBuffer>;
  const tensor = [described, fieldHead(FIELD.rawData, bytes.length), bytes];
  return [fieldHead(FIELD.initializer, lengthOf(tensor)), ...tensor];
}

function externalTensor(array: Initializer, location: string, offset: number, length: number) {
  const tensor = toBinary(
    TensorProtoSchema,
    create(TensorProtoSchema, {
      ...describe(array),
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: Object.entries({ location, offset, length }).map(([key, value]) =>
        create(StringStringEntryProtoSchema, { key, value: String(value) }),
      ),
    }),
  ) as Uint8Array<ArrayBuffer>;
  return [fieldHead(FIELD.initializer, tensor.length), tensor];
}

function describe({ name, shape, values }: Initializer) {
  return { name, dims: shape.map(BigInt), dataType: typeOf(values) };
}

function typeOf(values: Initializer["values"]): ElementType {
  if (values instanceof Float32Array) return FLOAT;
  if (values instanceof Float64Array) return DOUBLE;
  return values instanceof Int32Array ? INT32 : INT64;
}

function bytesOf({ values }: Initializer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
}
