// FuxiCTR's model_config.yaml for a model that was trained here, so that its own code builds the network and loads it.

import type { Config } from "../../model/config.ts";
import { finalNetShape } from "./names.ts";

/** As YAML; `datasetId` is the folder that `export --fuxictr` wrote, `expid` the experiment's name. */
export function modelConfigText(config: Config, datasetId: string, expid: string): string {
  const { branches, blockType, batchNorm, featureGating, residual } = finalNetShape(config);
  const { embeddingDim, batchSize, epochs, seed, optimizer, l2Embedding } = config;
  const block = (b: number) => {
    const units = (branches[b] ?? branches[0]!).units;
    const activations = units.map(({ activation }) => (activation === "linear" ? "null" : activation));
    return [
      `    block${b + 1}_hidden_units: [${units.map(({ size }) => size).join(", ")}]`,
      `    block${b + 1}_hidden_activations: [${activations.join(", ")}]`,
      `    block${b + 1}_dropout: [${units.map(({ dropout }) => dropout).join(", ")}]`,
    ];
  };
  const lines = [
    "Base:",
    "    model_root: './checkpoints/'",
    "    num_workers: 3",
    "    verbose: 1",
    "    early_stop_patience: 2",
    "    pickle_feature_encoder: True",
    "    save_best_only: True",
    "    eval_steps: null",
    "    debug_mode: False",
    "    group_id: null",
    "    ordered_features: null",
    "    feature_specs: null",
    "",
    `${JSON.stringify(expid)}:`,
    "    model: FinalNet",
    `    dataset_id: ${JSON.stringify(datasetId)}`,
    "    loss: binary_crossentropy",
    "    metrics: ['logloss', 'AUC']",
    "    task: binary_classification",
    "    optimizer: adam",
    `    learning_rate: ${yamlNumber(optimizer.learningRate)}`,
    // Half of it multiplies the squares, here as there.
    `    embedding_regularizer: ${yamlNumber(l2Embedding)}`,
    "    net_regularizer: 0",
    `    batch_size: ${batchSize}`,
    `    embedding_dim: ${embeddingDim}`,
    `    block_type: "${blockType}"`,
    `    batch_norm: ${python(batchNorm)}`,
    `    use_feature_gating: ${python(featureGating)}`,
    ...block(0),
    ...block(1),
    `    residual_type: ${residual}`,
    `    epochs: ${epochs}`,
    "    shuffle: True",
    `    seed: ${seed}`,
    "    monitor: {'AUC': 1, 'logloss': -1}",
    "    monitor_mode: 'max'",
  ];
  return `${lines.join("\n")}\n`;
}

function python(value: boolean): string {
  return value ? "True" : "False";
}

/** YAML reads 1e-5 as a text, 1.e-5 as a number. */
function yamlNumber(value: number): string {
  const text = String(value);
  return /^\d+e/.test(text) ? text.replace("e", ".e") : text;
}
