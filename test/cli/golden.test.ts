import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCommand, runProcess } from "./command.ts";

it("prints each file's largest errors and exits with 0 where all keep the limits", async () => {
  const { code, result } = await runCommand("golden", ["test/golden/single-branch.json", "--backend=cpu"]);
  expect(code).toBe(0);
  expect(result).toMatchObject({ backend: "cpu", engine: "reference", passed: true });
  expect(result.files[0]).toMatchObject({ file: "single-branch.json", passed: true });
  for (const kind of ["logits", "losses", "gradients", "parameters"])
    expect(result.files[0][kind]).toBeLessThan(2e-5);
});

it("exits with 1 where a number is off", async () => {
  const folder = mkdtempSync(join(tmpdir(), "golden-"));
  try {
    const file = JSON.parse(readFileSync("test/golden/single-branch.json", "utf8"));
    file.steps[0].loss.fused *= 1.001;
    writeFileSync(join(folder, "off.json"), JSON.stringify(file));
    const { code, result } = await runCommand("golden", [join(folder, "off.json"), "--backend=cpu"]);
    expect(code).toBe(1);
    expect(result.files[0].passed).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("refuses a file that is no golden file of a model, by name", async () => {
  const { code, result, stderr } = await runCommand("golden", ["test/golden/metrics.json"]);
  expect(code).toBe(1);
  expect(result.problem.code).toBe("golden-invalid");
  expect(stderr).toContain("metrics.json");
});

it("says which backends an engine runs on", async () => {
  const { code, stderr } = await runCommand("golden", [
    "test/golden/single-branch.json",
    "--backend=cpu",
    "--engine=fast",
  ]);
  expect(code).toBe(1);
  expect(stderr).toContain("The fast engine does not run on the cpu backend.");
});

it("ends its process with the command's code, the result alone on standard output", async () => {
  const { code, result, stdout, stderr } = await runProcess("golden", ["test/golden/metrics.json"]);
  expect(code).toBe(1);
  expect(stdout).toBe(`${JSON.stringify(result)}\n`);
  expect(stderr).toContain("metrics.json");
});

it("exits with 2 and the usage where it is called wrongly", async () => {
  expect(await runCommand("golden", [])).toMatchObject({ code: 2, result: undefined });
  const wrong = await runCommand("train", ["--dataset_path=x", "--ckpt_path=y", "--epochs=2"]);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain("--epochs");
  expect((await runCommand("serve", [])).code).toBe(2);
});
