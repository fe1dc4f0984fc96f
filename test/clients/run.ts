// Checks what leaves the studio with the programs that it is for: onnxruntime, Netron, torch and FuxiCTR, MindSpore,
// Python's safetensors. They are installed into a virtual environment outside the repository; what cannot be is skipped in a line.
// `npm run test:clients -- mindspore` runs one part.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCheckpoint } from "../../src/cli/checkpoints.ts";
import { openDevice } from "../../src/cli/device.ts";
import { diskFolder } from "../../src/cli/files.ts";
import { exportOnnx } from "../../src/export/onnx/export.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { runCommand } from "../cli/command.ts";
import { syntheticLog } from "../cli/syntheticLog.ts";
import { goldenModels, narrow, rounded } from "../export/goldenModel.ts";
import { at, check, command, environment, fail, finish, folder } from "./environment.ts";
import { checkNetron } from "./netron.ts";
import { checkPython } from "./python.ts";
import { sparkJobs } from "./spark.ts";
import { checkTorchrun } from "./torchrun.ts";

/** The last four are what the released scripts use besides. */
const MINDSPORE = "mindspore==2.10.0\nscikit-learn==1.9.1\nPyYAML==6.0.4\npandas==2.3.3\ntables==3.10.2\n";

/** Every way in which numbers may enter. */
const MIXED = { I1: "log", I2: "max", I3: "standard", I4: "minmax", I5: "quantile", "*": "bucket" };

/** Trains on the synthetic log; gives the checkpoint's path. */
async function trained(name: string, config: object): Promise<string> {
  writeFileSync(
    at(`${name}.json`),
    JSON.stringify({ optimizer: { learningRate: 0.005 }, batchSize: 500, ...config }),
  );
  await command(
    "train",
    `--dataset_path=${at("data")}`,
    `--config=${at(`${name}.json`)}`,
    `--ckpt_path=${at(name)}`,
  );
  return at(`${name}/${readdirSync(at(name)).find((file) => file.endsWith(".safetensors"))}`);
}

/** The test split's rows and the studio's logits of them, as raw numbers. */
async function writeRows(checkpointPath: string): Promise<void> {
  const { config, dataset: shape, state } = await readCheckpoint(checkpointPath);
  const dataset = await openDataset(diskFolder(at("data")));
  const device = await openDevice("WASM");
  const engine = await device.createEngine(config, shape);
  await engine.write(state);
  const rows = dataset.manifest.splits.test.rows;
  for await (const batch of dataset.batches({
    split: "test",
    batchSize: rows,
    integers: config.integers,
    shuffle: null,
  })) {
    const { logits } = await engine.evaluate(batch);
    const heads = config.branches.length + 1;
    const fused = Float32Array.from({ length: rows }, (_, r) => logits[r * heads + heads - 1]!);
    writeFileSync(at("ids.bin"), batch.ids);
    writeFileSync(at("weights.bin"), batch.weights);
    writeFileSync(at("labels.bin"), Float32Array.from(batch.labels));
    writeFileSync(at("logits.bin"), fused);
    writeFileSync(
      at("probabilities.bin"),
      fused.map((logit) => 1 / (1 + Math.exp(-logit))),
    );
    writeFileSync(at("shape.txt"), [shape.fields, shape.tableRows, config.embeddingDim, rows].join(" "));
  }
  engine.dispose();
  await dataset.close();
}

async function onnxFiles(): Promise<void> {
  const cases: object[] = [];
  for (const { file, model, batch, fusedLogits } of goldenModels()) {
    const name = file.replace(".json", "");
    const kinds = [
      { ending: ".float64.onnx", of: model, rows: batch, float64: true, external: false },
      { ending: ".onnx", of: rounded(model), rows: narrow(batch), float64: false, external: false },
      { ending: ".external.onnx", of: rounded(model), rows: narrow(batch), float64: false, external: true },
    ];
    for (const { ending, of, rows, float64, external } of kinds) {
      const output = `${name}${ending}`;
      const written = exportOnnx(of, { float64, external, raw: null, dataName: `${output}.data` });
      writeFileSync(at(output), Buffer.concat(written.pieces));
      if (written.external) writeFileSync(at(`${output}.data`), Buffer.concat(written.external.pieces));
      const { fields, ids, weights } = rows;
      cases.push({
        file: output,
        float64,
        fields,
        ids: [...ids],
        weights: [...weights],
        logits: fusedLogits,
      });
    }
  }
  writeFileSync(at("cases.json"), JSON.stringify(cases));
  const raws: object[] = [];
  for (const [name, integers] of Object.entries({ buckets: "bucket", mixed: MIXED })) {
    const checkpoint = await trained(name, {
      embeddingDim: 4,
      integers,
      branches: [{ units: [{ size: 16, order: 2 }] }, { units: [{ size: 8, order: 2 }] }],
    });
    const model = [`--checkpoint_path=${checkpoint}`, `--dataset_path=${at("data")}`];
    const file = `${name}-raw.onnx`;
    await command("export", ...model, "--format=onnx-raw", `--output=${at(file)}`);
    const scores = `--output=${at(`${name}.csv`)}`;
    const { labelled } = await command("predict", ...model, `--input=${at("log.txt")}`, scores);
    raws.push({ file, log: at("log.txt"), auc: labelled.auc.fused });
    writeFileSync(at("checkpoint.safetensors"), readFileSync(checkpoint));
  }
  writeFileSync(at("raw.json"), JSON.stringify(raws));
}

async function fuxictrFiles(): Promise<void> {
  const unit = { order: 2, interaction: "concat", gate: "linear", batchNorm: true };
  const branches = [
    {
      featureGating: true,
      units: [
        { ...unit, size: 32, activation: "relu" },
        { ...unit, size: 16 },
      ],
    },
    { units: [{ ...unit, size: 16 }] },
  ];
  const checkpoint = await trained("fuxi", { embeddingDim: 4, branches, integers: "log" });
  await command(
    "export",
    `--checkpoint_path=${checkpoint}`,
    "--format=fuxictr",
    `--output=${at("final.model")}`,
  );
  await command("export", at("data"), "--fuxictr", "--integers=log", `--output=${at("fuxictr")}`);
  await writeRows(checkpoint);
}

async function mindsporeFiles(): Promise<void> {
  const units = [256, 128, 64, 32].map((size) => ({ size, order: 3 }));
  const how = {
    embeddingDim: 4,
    branches: [{ units }, { units }],
    initialization: "mindspore",
    integers: "max",
    // Long enough that no two rows' logits differ by rounding alone: their order is the AUC.
    batchSize: 100,
    epochs: 6,
  };
  const checkpoint = await trained("released", how);
  const model = [`--checkpoint_path=${checkpoint}`, "--format=mindspore"];
  await command("export", ...model, `--output=${at("final.ckpt")}`);
  const rows = [`--dataset_path=${at("data")}`, "--batch_size=100"];
  await command("export", ...model, "--job", ...rows, `--output=${at("ascend")}`);
  await writeRows(checkpoint);
  const data = `--dataset_path=${at("data")}`;
  const evaluated = await command("eval", `--checkpoint_path=${checkpoint}`, data);
  writeFileSync(at("eval.json"), JSON.stringify(evaluated));
}

async function savedAgain(): Promise<void> {
  for (const name of ["again", "rounded"]) {
    const { result } = await runCommand("eval", [
      `--dataset_path=${at("data")}`,
      `--checkpoint_path=${at(`${name}.safetensors`)}`,
    ]);
    if (!(result.auc?.fused > 0.6)) {
      fail(`${name}.safetensors: ${JSON.stringify(result)}`);
    }
  }
}

/** What may be named after the command; without names all of them run. */
const PARTS: Record<string, () => Promise<void> | void> = {
  python: checkPython,
  spark: sparkJobs,
  async torch() {
    const python = environment("torch", readFileSync(join(import.meta.dirname, "requirements.txt"), "utf8"));
    if (!python) return;
    await onnxFiles();
    check(python, "check_onnx.py");
    const shown = ["deepfm", "fuxictr-feature-gating.external", "buckets-raw", "mixed-raw"];
    await checkNetron(shown.map((name) => `${name}.onnx`));
    check(python, "check_safetensors.py");
    await savedAgain();
    await fuxictrFiles();
    check(python, "check_fuxictr.py");
  },
  async torchrun() {
    const python = environment("torch", readFileSync(join(import.meta.dirname, "requirements.txt"), "utf8"));
    if (python) await checkTorchrun(python, folder);
  },
  async mindspore() {
    const python = environment("mindspore", MINDSPORE);
    if (!python) return;
    await mindsporeFiles();
    check(python, "check_mindspore.py");
  },
};

try {
  const wanted = process.argv.slice(2);
  const parts = Object.entries(PARTS).filter(([name]) => wanted.length === 0 || wanted.includes(name));
  if (parts.length < wanted.length) throw new Error(`the parts are ${Object.keys(PARTS).join(", ")}`);
  writeFileSync(at("log.txt"), syntheticLog(6000));
  await command("preprocess", `--input=${at("log.txt")}`, `--output=${at("data")}`, "--threshold=5");
  for (const [name, run] of parts)
    await Promise.resolve(run()).catch((cause: Error) => fail(`${name}: ${cause.message}`));
} finally {
  finish();
}
