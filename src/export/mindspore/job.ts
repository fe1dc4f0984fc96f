// A folder that takes a model to MindSpore's tools and to Ascend 310: the checkpoint under the released network's names, the
// lines that make MindIR and OM of it, an entry for MindSpore Hub, and rows as the released ascend310_infer reads them. The
// Python in `job` is the same in every folder.

import type { Batch } from "../../base/batch.ts";
import { auc } from "../../metrics/auc.ts";
import type { JobFile, JobFolder } from "../jobFolder.ts";
import type { ExportedModel } from "../model.ts";
import { exportOnnx } from "../onnx/export.ts";
import { encodeCkpt } from "./ckpt.ts";
import { mindsporeArrays } from "./names.ts";

/** Rows for a device, and what the studio computes of them. */
export interface DeviceRows {
  /** In their order; one that is smaller than `batchSize` is left out, as a graph for a device has a fixed size. */
  batches: AsyncIterable<Batch>;
  /** Fused logits, one a row. */
  logits(batch: Batch): Promise<Float32Array>;
}

/** Throws a ProblemError for a model that the released network does not hold. `rows` null: the folder has no inputs. */
export function mindsporeFolder(model: ExportedModel, batchSize: number, rows: DeviceRows | null): JobFolder {
  const arrays = mindsporeArrays(model);
  return { job: "mindspore", own: files(model, arrays, batchSize, rows) };
}

async function* files(
  model: ExportedModel,
  arrays: ReturnType<typeof mindsporeArrays>,
  batchSize: number,
  rows: DeviceRows | null,
): AsyncGenerator<JobFile> {
  const { fields, tableRows } = model.shape;
  const sizes = {
    data_field_size: fields,
    data_vocab_size: tableRows,
    data_emb_dim: model.config.embeddingDim,
    batch_size: batchSize,
  };
  yield { name: "final.ckpt", content: encodeCkpt(arrays) };
  const onnx = exportOnnx(model, { float64: false, raw: null, dataName: "final.onnx.data", external: false });
  yield { name: "final.onnx", content: onnx.pieces };
  if (onnx.external) yield { name: "final.onnx.data", content: onnx.external.pieces };
  yield { name: "make_mindir.sh", content: mindirScript(sizes) };
  yield { name: "make_om.sh", content: omScript(sizes) };
  const inputs = rows && (yield* inputFiles(rows, batchSize));
  yield { name: "job.json", content: `${JSON.stringify({ ...sizes, ...inputs }, null, 1)}\n` };
}

/** Three files a batch, in the folders and types of the released preprocess.py. Returns how many rows, and their AUC. */
async function* inputFiles(
  { batches, logits }: DeviceRows,
  batchSize: number,
): AsyncGenerator<JobFile, { rows: number; auc: number | null }> {
  const scores: Float32Array[] = [];
  const labels: Float32Array[] = [];
  for await (const batch of batches) {
    if (batch.rowCount < batchSize) continue;
    const name = `batch_${scores.length}.bin`;
    const bytes = ({ buffer, byteOffset, byteLength }: Int32Array | Float32Array) => [
      new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
    ];
    yield { name: `inputs/00_batch_ids/${name}`, content: bytes(batch.ids) };
    yield { name: `inputs/01_batch_wts/${name}`, content: bytes(batch.weights) };
    yield { name: `inputs/02_labels/${name}`, content: bytes(batch.labels) };
    scores.push(await logits(batch));
    labels.push(batch.labels);
  }
  return { rows: scores.length * batchSize, auc: auc(flat(scores), flat(labels)) };
}

function flat(parts: Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

type Sizes = Record<"data_field_size" | "data_vocab_size" | "data_emb_dim" | "batch_size", number>;

/** The released code computes in 16 bits unless `convert_dtype` is false. */
function mindirScript(sizes: Sizes): string {
  const options = Object.entries(sizes).map(([name, value]) => `--${name}=${value}`);
  return `#!/bin/bash
# final.mindir by the released export.py: bash make_mindir.sh RESEARCH_RECOMMEND_FINAL [CPU|GPU|Ascend]
set -e
here=$(cd "$(dirname "$0")" && pwd)
cd "\${1:?name the folder research/recommend/final of MindSpore models}"
\${PYTHON:-python} export.py --device_target="\${2:-CPU}" --file_format=MINDIR --file_name="$here/final" \\
  --ckpt_file="$here/final.ckpt" --convert_dtype=False \\
  ${options.join(" ")}
`;
}

function omScript({ batch_size: rows, data_field_size: fields }: Sizes): string {
  return `#!/bin/bash
# final.om by ATC of CANN, which turns ONNX into a model for one kind of device: bash make_om.sh [SOC_VERSION]
set -e
cd "$(dirname "$0")"
atc --framework=5 --model=final.onnx --output=final \\
  --input_shape="ids:${rows},${fields};weights:${rows},${fields}" --soc_version="\${1:-Ascend310}"
`;
}
