import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** What depends on colours; all else is the same in the light and in the dark. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];
const SETTINGS = 'nav[aria-label="Settings"]';

export interface AxeScope {
  /** With the settings at the left, which are the same in most states and a third of the page. */
  settings?: boolean;
}

/** Fails with what axe finds wrong in this state of the page, in the light and in the dark. */
export async function expectAccessible(
  { page }: { page: Page },
  state: string,
  { settings = false }: AxeScope = {},
): Promise<void> {
  await expectNoViolation(page, scan(), `${state}, light`);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
  await expectNoViolation(page, scan(COLOUR_RULES), `${state}, dark`);
  await page.emulateMedia({ colorScheme: "light" });
  await page.locator('html[data-mantine-color-scheme="light"]').waitFor();

  function scan(rules?: string[]): AxeBuilder {
    // What passes is described as expensively as what fails, and nobody reads it.
    const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] });
    if (rules) axe.withRules(rules);
    return settings ? axe : axe.exclude(SETTINGS);
  }
}

async function expectNoViolation(page: Page, axe: AxeBuilder, state: string): Promise<void> {
  // A colour on its way from the light to the dark is neither.
  await page.waitForFunction(
    () =>
      !document
        .getAnimations()
        .some((each) => each instanceof CSSTransition && each.transitionProperty.includes("color")),
  );
  // The page has no frames, whose results would otherwise be put together on a page of their own, which takes as long again.
  const { violations } = await axe.setLegacyMode().analyze();
  const reported = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  expect(reported, state).toEqual([]);
}
