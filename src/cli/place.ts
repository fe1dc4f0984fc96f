// Where this code runs: from a clone's sources, or bundled in the installed package.

export const fromSource = import.meta.url.endsWith(".ts");
