// Vite plugin: makes the demo data set while the page is built, so that who opens it need not wait for that.

import type { Plugin } from "vite";
import { DEMO_DATA } from "../datasets/demoData.ts";
import { makeDemoDataset } from "../preprocess/synthetic.ts";
import { withFile } from "../shards/byteSource.ts";
import { MANIFEST_FILE } from "../shards/manifest.ts";

interface Named {
  vocabulary: { file: string };
  shards: { file: string }[];
}

/** Writes its files to `demo/`, where `src/datasets/openAt.ts` looks for them. */
export function demoFiles(): Plugin {
  return {
    name: "demo-files",
    apply: "build",
    async generateBundle() {
      const folder = await makeDemoDataset(DEMO_DATA);
      const emit = (name: string) =>
        withFile(folder, name, async (file) => {
          const source = await file.read(0, file.byteLength);
          this.emitFile({ type: "asset", fileName: `demo/${name}`, source });
          return source;
        });
      const manifest: Named = JSON.parse(new TextDecoder().decode(await emit(MANIFEST_FILE)));
      for (const name of [manifest.vocabulary.file, ...manifest.shards.map(({ file }) => file)])
        await emit(name);
    },
  };
}
