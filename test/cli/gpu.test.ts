// WebGPU without a browser, on SwiftShader: the software GPU that comes with Chromium. Skipped where there is none.

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { runProcess } from "./command.ts";

const folder = ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/opt/google/chrome"].find((path) =>
  existsSync(join(path, "vk_swiftshader_icd.json")),
);
const dawn = join(
  dirname(new URL(import.meta.resolve("webgpu")).pathname),
  "dist",
  `${process.platform}-${process.arch}`,
  "dawn.node",
);
const onLinux = process.platform === "linux" && existsSync(dawn);

it.skipIf(!onLinux || !folder)(
  "computes golden files on a GPU in Node, and says which adapter it is",
  async () => {
    const { code, result, stderr } = await runProcess(
      "golden",
      ["test/golden/single-branch.json", "--device_target=GPU", "--engine=fast"],
      { LD_LIBRARY_PATH: folder, VK_ICD_FILENAMES: join(folder!, "vk_swiftshader_icd.json") },
    );
    expect(stderr).toContain("GPU: SwiftShader");
    expect(stderr).toContain("computes on the CPU");
    expect(result).toMatchObject({ backend: "webgpu", engine: "fast", passed: true });
    expect(code).toBe(0);
  },
);

it.skipIf(!onLinux)("says in a sentence that there is no GPU", async () => {
  const { code, result } = await runProcess(
    "golden",
    ["test/golden/single-branch.json", "--device_target=GPU"],
    { LD_LIBRARY_PATH: "", VK_ICD_FILENAMES: "none.json", VK_DRIVER_FILES: "none.json" },
  );
  expect(code).toBe(1);
  expect(result.problem).toMatchObject({ code: "gpu-missing" });
  expect(result.problem.sentence).toContain("No GPU can be used here");
});
