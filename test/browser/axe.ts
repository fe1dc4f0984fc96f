import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { ContextSpec, RunOptions } from "axe-core";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** What depends on colours; all else is the same in the light and in the dark. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];
const SETTINGS = 'nav[aria-label="Settings"]';
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What a state scans where it does not change the whole page. */
export const [DIALOG, VIEW] = ["[role=dialog]", "[role=tabpanel]"];

export interface AxeScope {
  /** With the settings at the left, which are the same in most states and a third of the page. */
  settings?: boolean;
  /** Only what matches this: all that differs from a state that was scanned before. */
  within?: string;
}

/** Fails with what axe finds wrong in this state of the page, in the light and in the dark. */
export async function expectAccessible(
  { page }: { page: Page },
  state: string,
  { settings = false, within }: AxeScope = {},
): Promise<void> {
  await expectNoViolation(`${state}, light`);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.locator('html[data-mantine-color-scheme="dark"]').waitFor();
  await expectNoViolation(`${state}, dark`, COLOUR_RULES);
  await page.emulateMedia({ colorScheme: "light" });
  await page.locator('html[data-mantine-color-scheme="light"]').waitFor();

  async function expectNoViolation(scheme: string, rules?: string[]): Promise<void> {
    // A colour on its way from the light to the dark is neither, and what is half faded in has less contrast.
    await page.waitForFunction(
      () =>
        !document
          .getAnimations()
          .some((each) => each instanceof CSSTransition && /color|opacity/.test(each.transitionProperty)),
    );
    // Read once a page: half a megabyte of script.
    if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
    const scope = within ? { include: [within] } : { exclude: settings ? [] : [SETTINGS] };
    expect(await page.evaluate(violations, { scope, rules }), scheme).toEqual([]);
  }
}

/** Runs in the page. What passes would be described as expensively as what fails, and nobody reads it. */
async function violations({ scope, rules }: { scope: ContextSpec; rules?: string[] }): Promise<string[]> {
  const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
  const options: RunOptions = { resultTypes: ["violations"], ...(rules && { runOnly: rules }) };
  const found = await axe.run(scope, options);
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}
