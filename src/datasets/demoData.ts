/** The synthetic data that a first visit opens, and that the build makes in advance. */
export const DEMO_DATA = { rows: 100_000, seed: 1, edition: 2 } as const;
