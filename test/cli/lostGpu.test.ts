// train on a GPU that is lost: it continues from its newest checkpoint on a new device, to the same model. WASM computes; its device
// says that it is lost.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import * as devices from "../../src/cli/device.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { preprocessLog, runCommand } from "./command.ts";
import { syntheticLog } from "./syntheticLog.ts";

vi.mock("../../src/cli/device.ts", { spy: true });

const { namingLoss, openDevice: openTrueDevice } =
  await vi.importActual<typeof import("../../src/cli/device.ts")>("../../src/cli/device.ts");
const folder = mkdtempSync(join(tmpdir(), "lost-gpu-"));
const dataset = join(folder, "dataset");
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  vi.mocked(devices.openDevice).mockClear();
});

beforeAll(() => preprocessLog(folder, syntheticLog(3000)));

/** Each device that is opened is lost when it has done so many steps; those after the last number are not. */
function loseAfter(...steps: number[]): void {
  let opened = 0;
  vi.mocked(devices.openDevice).mockImplementation(async (target, options) => {
    const device = await openTrueDevice(target, options);
    const most = steps[opened++] ?? Number.POSITIVE_INFINITY;
    let lost: string | null = null;
    let report: (reason: string) => void;
    const loss = new Promise<string>((resolve) => {
      report = resolve;
    });
    return {
      ...device,
      async createEngine(...given) {
        const engine = await device.createEngine(...given);
        let done = 0;
        const step: Engine["step"] = async (batch, learningRate) => {
          if (++done <= most) return engine.step(batch, learningRate);
          lost = "the driver was reset";
          report(lost);
          throw new Error("mapAsync failed");
        };
        return namingLoss({ ...engine, step }, loss);
      },
      get lost() {
        return lost;
      },
    };
  });
}

function train(name: string) {
  return runCommand("train", [
    `--dataset_path=${dataset}`,
    `--ckpt_path=${join(folder, name)}`,
    "--train_epochs=2",
    "--batch_size=128",
    "--save_checkpoint_steps=4",
    "--keep_checkpoint_max=2",
  ]);
}

/** The lines of a run's loss.log without their times. */
function lossesOf(name: string): string[] {
  const text = readFileSync(join(folder, name, "loss.log"), "utf8");
  return text.split("\n").map((line) => line.replace(/^\S+ \S+ /, ""));
}

it("continues from the newest checkpoint, to the very same model", async () => {
  loseAfter();
  const whole = await train("whole");
  expect(whole.code, whole.stderr).toBe(0);
  // The second device is lost before it has saved anything.
  loseAfter(10, 2);
  const mended = await train("mended");
  expect(mended.code, mended.stderr).toBe(0);
  const said = "The GPU was lost (the driver was reset). Training continues from step 8 on a new device.";
  expect(mended.stderr.split(said)).toHaveLength(3);
  const { auc, logLoss, step } = mended.result;
  expect({ auc, logLoss, step }).toEqual({
    auc: whole.result.auc,
    logLoss: whole.result.logLoss,
    step: whole.result.step,
  });
  expect(lossesOf("mended")).toEqual(lossesOf("whole"));
});

it("begins again where nothing was saved, and ends with a sentence when the GPU is lost a third time", async () => {
  loseAfter(2, 3, 1);
  const { code, result, stderr } = await train("unreliable");
  expect(code).toBe(1);
  expect(stderr).toContain("Training begins again on a new device.");
  expect(result.problem).toMatchObject({ code: "device-unreliable" });
  expect(devices.openDevice).toHaveBeenCalledTimes(3);

  loseAfter(2);
  const again = await train("again");
  expect(again.code, again.stderr).toBe(0);
  expect(lossesOf("again")).toEqual(lossesOf("whole"));
});

it("names the loss of a GPU where that is why a call failed, and nothing else", async () => {
  const failing = { step: () => Promise.reject(new Error("mapAsync failed")) } as unknown as Engine;
  const later = new Promise<string>((resolve) => setTimeout(resolve, 20, "the driver was reset"));
  const batch = {} as Parameters<Engine["step"]>[0];
  await expect(namingLoss(failing, later).step(batch, 0.1)).rejects.toMatchObject({
    problem: { code: "gpu-lost", sentence: "The GPU was lost (the driver was reset)." },
  });
  await expect(namingLoss(failing, new Promise(() => {})).step(batch, 0.1)).rejects.toThrow(
    "mapAsync failed",
  );
});
