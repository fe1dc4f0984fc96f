// A job for PyTorch's distributed engine, run here on gloo processes: the golden files, the studio's batches and initial
// values, a whole run beside the studio's, one that was killed, and one that began there and ended here.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { NUMBER_MODES } from "../../src/base/numberModes.ts";
import { orThrow } from "../../src/base/result.ts";
import { diskFolder } from "../../src/cli/files.ts";
import { type ConfigInput, parseConfig } from "../../src/model/config.ts";
import { initialParameters } from "../../src/model/initialize.ts";
import { crc32c } from "../../src/shards/checksums.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { runCommand } from "../cli/command.ts";
import { syntheticLog } from "../cli/syntheticLog.ts";

const root = resolve(import.meta.dirname, "..", "..");
const sources = join(root, "src", "export", "torchrun", "job");
const realRows = resolve(root, "..", "shared", "criteo", "criteo-100k.tsv.gz");
const LOSS_LIMIT = 2e-6;
const AUC_LIMIT = 1e-5;

const EVERY_OPTION = {
  embeddingDim: 6,
  fusion: "gate",
  updates: "lazy",
  l2Embedding: 1e-4,
  embeddingDropout: 0.1,
  distillationWeight: 0.7,
  batchSize: 8000,
  epochs: 1,
  warmupSteps: 4,
  optimizer: { kind: "adamw", learningRate: 0.003, weightDecay: 0.5, clipNorm: 0.3 },
  schedule: { type: "cosine", floor: 0.1 },
  earlyStopping: { patience: 1 },
  integers: { "*": "log", I2: "bucket", I3: "quantile", I5: "standard" },
  branches: [
    { kind: "fm" },
    {
      featureGating: true,
      units: [
        {
          size: 12,
          order: 3,
          interaction: "sum",
          gate: "sigmoid",
          batchNorm: true,
          activation: "relu",
          dropout: 0.2,
        },
        { size: 8, order: 1, batchNorm: true, activation: "tanh" },
      ],
    },
    { kind: "cross", layers: 2 },
    { units: [{ size: 9, order: 3, interaction: "concat", gate: "linear" }] },
  ],
};

/** Checks what a job does with the Python that has torch, in `folder`. Throws where something is not as it should be. */
export async function checkTorchrun(python: string, folder: string): Promise<void> {
  const at = (...names: string[]) => join(folder, "torchrun", ...names);
  mkdirSync(at("golden"), { recursive: true });
  const environment = { ...process.env, OMP_NUM_THREADS: "1", PYTHONDONTWRITEBYTECODE: "1" };
  const torchrun = (processes: number, ...args: string[]) => [
    ...["-m", "torch.distributed.run", "--standalone", `--nproc-per-node=${processes}`],
    ...args,
  ];

  function run(args: string[], cwd = root): string {
    const { status, stdout, stderr } = spawnSync(python, args, { env: environment, encoding: "utf8", cwd });
    if (status !== 0)
      throw new Error(`${args.join(" ")} failed:\n${stdout.slice(-3000)}${stderr.slice(-3000)}`);
    return stdout;
  }

  async function command(name: string, ...args: string[]) {
    const { code, result, stderr } = await runCommand(name, args);
    if (code !== 0) throw new Error(`${name} failed: ${stderr}`);
    return result;
  }

  for (const how of [["check"], ["format", "--check"]])
    run(["-m", "ruff", ...how, "--no-cache", "."], sources);
  run(["-m", "mypy", "--cache-dir", at("mypy"), "."], sources);
  for (const script of readdirSync(join(sources, "launch")).filter((name) => name.endsWith(".sh"))) {
    const { status } = spawnSync("bash", ["-n", join(sources, "launch", script)]);
    if (status !== 0) throw new Error(`${script} is not a shell script`);
  }

  const check = join(import.meta.dirname, "check_torchrun.py");
  for (const name of readdirSync(join(root, "test", "golden")).filter((file) => file.endsWith(".json"))) {
    const text = readFileSync(join(root, "test", "golden", name), "utf8");
    if ("config" in JSON.parse(text)) writeFileSync(at("golden", name), text);
  }
  for (const processes of [1, 2, 4])
    process.stdout.write(run(torchrun(processes, check, sources, at(), "golden")));

  // Above 128,000 training rows there are several windows of row groups.
  writeFileSync(at("log.txt"), syntheticLog(170_000));
  await command("preprocess", `--input=${at("log.txt")}`, `--output=${at("data")}`, "--threshold=5");
  await command(
    "preprocess",
    `--input=${at("log.txt")}`,
    `--output=${at("packed")}`,
    "--format=packed",
    "--train_line_count=20000",
  );
  await writeCases(at());
  process.stdout.write(run([check, sources, at(), "values"]));

  const rows = existsSync(realRows) ? realRows : at("log.txt");
  await command("preprocess", `--input=${rows}`, `--output=${at("rows")}`, "--threshold=10");
  await command("export", at("rows"), "--torchrun", "--preset=demo", `--output=${at("job")}`);
  const train = (processes: number, to: string, ...more: string[]) =>
    torchrun(
      processes,
      at("job", "train.py"),
      `--dataset_path=${at("rows")}`,
      `--ckpt_path=${at(to)}`,
      ...more,
    );
  const studio = await command(
    "train",
    `--dataset_path=${at("rows")}`,
    `--ckpt_path=${at("studio")}`,
    "--preset=demo",
  );
  const speeds: string[] = [];
  for (const processes of [1, 2, 4]) {
    const result = JSON.parse(
      run(train(processes, `torch${processes}`))
        .trim()
        .split("\n")
        .at(-1)!,
    );
    speeds.push(`${processes}: ${result.rowsPerSecond}`);
    const { curvesOnly } = await command("inspect", at(`torch${processes}`, "curves.safetensors"));
    if (curvesOnly !== true) throw new Error("curves.safetensors does not open as curves alone");
    const difference = largestDifference(at("studio", "loss.log"), at(`torch${processes}`, "loss.log"));
    const aucDifference = Math.abs(result.auc.fused - studio.auc.fused);
    if (difference > LOSS_LIMIT || aucDifference > AUC_LIMIT)
      throw new Error(`${processes} processes differ from the studio: ${difference}, AUC ${aucDifference}`);
    process.stdout.write(
      `demo on ${processes} processes: losses within ${difference.toExponential(1)} of the studio's, AUC ${aucDifference.toExponential(1)}\n`,
    );
  }
  process.stdout.write(`rows/s by processes: ${speeds.join(", ")}\n`);

  // Every option that the preset leaves off, on few steps: batch norm and dropout let rounding grow with each. On the
  // made-up rows the studio's own two ways to round (--simd) differ by more than the limit from the fourth step on.
  const steps = rows === realRows ? 8 : 3;
  writeFileSync(at("options.json"), JSON.stringify(EVERY_OPTION));
  await command(
    "train",
    `--dataset_path=${at("rows")}`,
    `--ckpt_path=${at("options")}`,
    `--config=${at("options.json")}`,
  );
  await command(
    "export",
    at("rows"),
    "--torchrun",
    `--config=${at("options.json")}`,
    `--output=${at("optionsJob")}`,
  );
  const optionPaths = [`--dataset_path=${at("rows")}`, `--ckpt_path=${at("optionsTorch")}`];
  run(torchrun(2, at("optionsJob", "train.py"), ...optionPaths));
  const apart = largestDifference(at("options", "loss.log"), at("optionsTorch", "loss.log"), steps);
  if (apart > LOSS_LIMIT)
    throw new Error(`with every option on, the first losses differ from the studio's by ${apart}`);
  process.stdout.write(
    `every option on: the first losses within ${apart.toExponential(1)} of the studio's\n`,
  );

  await killWhenSaved(python, train(2, "killed", "--save_checkpoint_steps=20"), at("killed"), environment);
  run(train(2, "killed", "--save_checkpoint_steps=20"));
  const whole = tensorsOf(lastCheckpoint(at("torch2")));
  const resumed = tensorsOf(lastCheckpoint(at("killed")));
  for (const [name, bytes] of whole)
    if (!name.startsWith("history/") && !bytes.equals(resumed.get(name)!))
      throw new Error(`a run that was killed ends with another ${name}`);
  if (largestDifference(at("torch2", "loss.log"), at("killed", "loss.log")) !== 0)
    throw new Error("a run that was killed logs other losses");
  process.stdout.write("killed and resumed: equal to uninterrupted, bit for bit\n");

  const first = join(at("torch2"), readdirSync(at("torch2")).find((name) => name.startsWith("final-1_"))!);
  const both = await command(
    "train",
    `--dataset_path=${at("rows")}`,
    `--ckpt_path=${at("both")}`,
    `--resume=${first}`,
  );
  const off = Math.abs(both.auc.fused - studio.auc.fused);
  if (off > AUC_LIMIT) throw new Error(`torch for one epoch, then the studio: AUC differs by ${off}`);
  process.stdout.write(
    `torch for one epoch, then the studio: AUC within ${off.toExponential(1)} of the studio alone\n`,
  );

  const studioFirst = join(
    at("studio"),
    readdirSync(at("studio")).find((name) => name.startsWith("final-1_"))!,
  );
  await command(
    "export",
    at("rows"),
    "--torchrun",
    `--checkpoint_path=${studioFirst}`,
    `--output=${at("continued")}`,
  );
  const paths = [`--dataset_path=${at("rows")}`, `--ckpt_path=${at("continued", "checkpoints")}`];
  const back = JSON.parse(
    run(torchrun(2, at("continued", "train.py"), ...paths))
      .trim()
      .split("\n")
      .at(-1)!,
  );
  const backOff = Math.abs(back.auc.fused - studio.auc.fused);
  if (backOff > AUC_LIMIT) throw new Error(`the studio for one epoch, then torch: AUC differs by ${backOff}`);
  process.stdout.write(`the studio for one epoch, then torch: AUC within ${backOff.toExponential(1)}\n`);
}

/** What check_torchrun.py compares its batches and initial values with. */
async function writeCases(folder: string): Promise<void> {
  const crc = ({ buffer, byteOffset, byteLength }: Int32Array | Float32Array) =>
    crc32c(new Uint8Array(buffer, byteOffset, byteLength));
  const cases: Record<"batches" | "initial", object[]> = { batches: [], initial: [] };
  const wanted = [
    ...NUMBER_MODES.map((integers) => ({ dataset: "data", integers, skip: 3 })),
    { dataset: "packed", integers: "bucket" as const, skip: 0 },
    { dataset: "packed", integers: { "*": "log", I2: "max", I3: "quantile" } as const, skip: 0 },
  ];
  for (const { dataset: name, integers, skip } of wanted) {
    const dataset = await openDataset(diskFolder(join(folder, name)));
    const options = { integers, batchSize: 3000, skipBatches: skip };
    const batches: number[][] = [];
    for (const rest of [
      { split: "train", shuffle: { seed: 7, epoch: 2 } },
      { split: "test", shuffle: null },
    ] as const)
      for await (const { ids, weights, labels } of dataset.batches({ ...options, ...rest }))
        batches.push([ids, weights, labels].map(crc));
    const { tableRows } = dataset.shape(integers);
    cases.batches.push({
      dataset: name,
      integers,
      batchSize: 3000,
      skip,
      seed: 7,
      epoch: 2,
      tableRows,
      batches,
    });
    await dataset.close();
  }
  const unit = { order: 2, interaction: "concat", batchNorm: true } as const;
  const rest: Omit<ConfigInput, "initialization"> = {
    embeddingDim: 5,
    optimizer: { learningRate: 1 },
    fusion: "gate",
    branches: [
      { kind: "fm" },
      {
        featureGating: true,
        units: [
          { ...unit, size: 8 },
          { ...unit, size: 6 },
        ],
      },
      { kind: "cross", layers: 2 },
    ],
  };
  const shape = { fields: 7, tableRows: 90_001 };
  for (const initialization of ["mindspore", "fuxictr"] as const) {
    const config = orThrow(parseConfig({ ...rest, initialization }));
    const crcs = Object.fromEntries(
      [...initialParameters(config, shape)].map(([name, { values }]) => [name, crc(values)]),
    );
    cases.initial.push({ config, ...shape, crcs });
  }
  writeFileSync(join(folder, "torchrun.json"), JSON.stringify(cases));
}

/** Starts a run and kills all of its processes as soon as it has saved in the middle of its first epoch. */
async function killWhenSaved(
  python: string,
  args: string[],
  checkpoints: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const started = spawn(python, args, { env: environment, stdio: "ignore", detached: true });
  const ended = new Promise((settle) => started.once("exit", settle));
  while (!existsSync(checkpoints) || !readdirSync(checkpoints).some((name) => isCheckpoint(name))) {
    if (started.exitCode !== null) throw new Error("the run to be killed ended before it saved");
    await new Promise((settle) => setTimeout(settle, 20));
  }
  process.kill(-started.pid!, "SIGKILL");
  await ended;
  if (lastCheckpoint(checkpoints).includes("final-2_"))
    throw new Error("the run was over before it was killed");
}

/** A whole run's file; one of curves alone lies beside them. */
function isCheckpoint(name: string): boolean {
  return /^final-.*\.safetensors$/.test(name);
}

function lastCheckpoint(folder: string): string {
  const order = (name: string) => {
    const [, epoch, step] = /final-(\d+)_(\d+)\./.exec(name)!;
    return Number(epoch) * 1e6 + Number(step);
  };
  const names = readdirSync(folder).filter(isCheckpoint);
  return join(folder, names.sort((a, b) => order(a) - order(b)).at(-1)!);
}

/** The bytes of each tensor of a checkpoint. */
function tensorsOf(path: string): Map<string, Buffer> {
  const file = readFileSync(path);
  const start = 8 + Number(file.readBigUInt64LE(0));
  const { __metadata__: _, ...entries } = JSON.parse(file.subarray(8, start).toString());
  return new Map(
    Object.entries(entries as Record<string, { data_offsets: [number, number] }>).map(
      ([name, { data_offsets }]) => [name, file.subarray(start + data_offsets[0], start + data_offsets[1])],
    ),
  );
}

/** Between the losses of two logs, line by line, of the first `steps`; infinite where they are not of the same steps. */
function largestDifference(one: string, other: string, steps = Number.POSITIVE_INFINITY): number {
  const [a, b] = [one, other].map((path) =>
    [...readFileSync(path, "utf8").matchAll(/(epoch: \d+ step: \d+), loss is (\S+)/g)].map(
      ([, step, loss]) => [step!, Number(loss)] as const,
    ),
  ) as [(readonly [string, number])[], (readonly [string, number])[]];
  const same = a.length === b.length && a.every(([step], i) => step === b[i]![0]);
  return same
    ? Math.max(...a.slice(0, steps).map(([, loss], i) => Math.abs(loss - b[i]![1])))
    : Number.POSITIVE_INFINITY;
}
