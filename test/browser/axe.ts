import { AxeBuilder } from "@axe-core/playwright";
import { expect } from "vitest";
import type { StudioPage } from "./studioPage.ts";

/** Fails with what axe finds wrong in this state of the page. */
export async function expectAccessible({ page }: StudioPage, state: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  expect(told, state).toEqual([]);
}
