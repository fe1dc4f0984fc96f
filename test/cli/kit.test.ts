// The kit for machines that have nothing but a GPU's driver. Packing takes minutes, most of them xz': `test:full` does it.

import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..", "..");
const place = mkdtempSync(join(tmpdir(), "kit-test-"));
afterAll(() => rmSync(place, { recursive: true }));

interface Ran {
  code: number;
  lines: { step: string; exitCode?: number; failed?: number; skipped?: string; error?: string }[];
}

function run(command: string, args: string[], environment: NodeJS.ProcessEnv = process.env): Promise<Ran> {
  return new Promise((settle) => {
    execFile(command, args, { env: environment, maxBuffer: 2 ** 26 }, (failure, stdout) =>
      settle({
        code: failure ? Number(failure.code) : 0,
        lines: stdout
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line)),
      }),
    );
  });
}

it("says in a line of its own what could not be run, and continues", async () => {
  // A kit whose commands are missing.
  cpSync(join(root, "src/cli/kit/run.mjs"), join(place, "run.mjs"));
  const { code, lines } = await run(process.execPath, [join(place, "run.mjs"), "--seconds=60"]);
  expect(code).toBe(1);
  expect(lines[0]).toMatchObject({ step: "machine" });
  const tried = lines.slice(1, -1);
  expect(tried.map(({ step }) => step)).toContain("check on GPU");
  for (const line of tried) {
    expect(line.exitCode).toBe(1);
    expect(line.error).toBeTruthy();
  }
  expect(lines.at(-1)).toMatchObject({ step: "end", failed: tried.length });
});

it("begins nothing that its limit has no time for", async () => {
  const { lines } = await run(process.execPath, [join(place, "run.mjs"), "--seconds=0"]);
  for (const { skipped } of lines.slice(1, -1)) expect(skipped).toBe("no time is left");
});

it.runIf(process.env.PACK_KIT && process.platform === "linux")(
  "packs under 40 MiB, and runs where there is nothing but it",
  async () => {
    const output = join(place, "kit");
    execFileSync("npm", ["run", "--silent", "pack:gpu", "--", `--output=${output}`], { cwd: root });
    expect(statSync(join(output, "kit.tar.xz")).size).toBeLessThan(40 * 2 ** 20);
    const { VK_ICD_FILENAMES, HOME } = process.env;
    const bare = { PATH: "/usr/bin:/bin", HOME, ...(VK_ICD_FILENAMES && { VK_ICD_FILENAMES }) };
    const { lines } = await run("sh", [join(output, "run.sh")], bare);
    const done = Object.fromEntries(lines.map((line) => [line.step, line.exitCode]));
    for (const step of ["check on WASM", "train on WASM", "eval on WASM"]) expect(done[step]).toBe(0);
    // Without a driver each line says so; with one, every step must come out.
    if (VK_ICD_FILENAMES) expect(lines.at(-1)).toMatchObject({ step: "end", failed: 0 });
  },
  600_000,
);
