// A model as an ONNX file, from ids and weights or from a log's values, with what one must know to use it.

import type { ExportedModel } from "../model.ts";
import { arrayBytes, type OnnxFile, onnxFile } from "./file.ts";
import { idsGraph, type Precision } from "./final.ts";
import { type RawColumns, rawGraph, rawInputs } from "./raw.ts";

/** Protobuf ends at 2 GiB; beyond this the arrays lie in a file of their own. */
const MOST_INLINE_BYTES = 1.9e9;

export interface OnnxOptions extends Precision {
  /** null: from ids and weights. */
  raw: RawColumns | null;
  /** The name of a second file for the arrays, where they are too many for one or `external` asks for it. */
  dataName: string;
  external: boolean;
}

export function exportOnnx(model: ExportedModel, { raw, dataName, external, ...how }: OnnxOptions): OnnxFile {
  const { graph } = raw ? rawGraph(model, raw, how) : idsGraph(model, how);
  const apart = external || arrayBytes(graph) > MOST_INLINE_BYTES;
  return onnxFile(graph, {
    name: "FINAL",
    metadata: { ...metadataOf(model), ...(raw && { raw_inputs: JSON.stringify(rawInputs(raw.columns)) }) },
    externalName: apart ? dataName : null,
  });
}

/** What the file says of itself: enough to encode rows for it, or to find the data set that can. */
function metadataOf({ name, config, dataset, step, shape }: ExportedModel): Record<string, string> {
  const texts: Record<string, string> = {
    run: name,
    step: String(step),
    config: JSON.stringify(config),
    shape: JSON.stringify(shape),
  };
  if (!dataset) return texts;
  const { identity, vocabulary, columns } = dataset;
  // Buckets are in the graph, where it needs them.
  const described = columns.map((column) => ({ ...column, buckets: undefined }));
  return {
    ...texts,
    dataset: JSON.stringify({ name: dataset.name, identity, vocabulary }),
    columns: JSON.stringify(described),
  };
}
