import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** What depends on colours; all else is the same in the light and in the dark. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

/** Fails with what axe finds wrong in this state of the page, in the light and in the dark. */
export async function expectAccessible({ page }: { page: Page }, state: string): Promise<void> {
  await expectNoViolation(new AxeBuilder({ page }), `${state}, light`);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
  await expectNoViolation(new AxeBuilder({ page }).withRules(COLOUR_RULES), `${state}, dark`);
  await page.emulateMedia({ colorScheme: "light" });
  await page.locator('html[data-mantine-color-scheme="light"]').waitFor();
}

async function expectNoViolation(axe: AxeBuilder, state: string): Promise<void> {
  // The page has no frames, whose results would otherwise be put together on a page of their own, which takes as long again.
  const { violations } = await axe.setLegacyMode().analyze();
  const reported = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  expect(reported, state).toEqual([]);
}
