// Builds the page once, and serves it at the root of one address and below a path of another.

import { rm } from "node:fs/promises";
import type { TestProject } from "vitest/node";
import { buildPage, servePage } from "../../src/cli/builtPage.ts";

declare module "vitest" {
  export interface ProvidedContext {
    rootUrl: string;
    subPathUrl: string;
    pageFolder: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await buildPage();
  const atRoot = await servePage(folder);
  const atSubPath = await servePage(folder, "/some/path/");
  project.provide("pageFolder", folder);
  project.provide("rootUrl", atRoot.url);
  project.provide("subPathUrl", atSubPath.url);
  return async () => {
    await Promise.all([atRoot.close(), atSubPath.close()]);
    await rm(folder, { recursive: true });
  };
}
