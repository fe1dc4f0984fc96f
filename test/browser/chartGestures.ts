// What every tab of charts must obey: one crosshair, one window, a frozen view, a table, by pointer and by keyboard.

import { expect } from "vitest";
import type { StudioPage } from "./studioPage.ts";

/** Goes through them on the charts of the tab in front, and leaves them as they were. */
export async function expectChartsObey({ page, button }: StudioPage): Promise<void> {
  const loss = page.getByRole("application", { name: /^Log loss vs clicks/ });
  const auc = page.getByRole("application", { name: /^AUC/ });
  const ends = (chart: string) =>
    page.locator(`[data-chart="${chart}"] svg text[text-anchor="middle"]`).allTextContents();
  await expect.poll(() => ends("auc")).not.toEqual([]);
  // The newest points are drawn a moment after they came.
  let whole: string[] = [];
  const hasSettled = async () => {
    const before = whole;
    whole = await ends("logLoss");
    return whole.length > 2 && whole.join() === before.join();
  };
  await expect.poll(hasSettled, { interval: 600 }).toBe(true);

  await loss.hover();
  await expect.poll(() => page.locator("[data-crosshair]").count()).toBeGreaterThan(1);
  const [ofLoss, ofAuc] = await Promise.all(
    [loss, auc].map((plot) =>
      plot.evaluate((element) => {
        const line = element.querySelector<HTMLElement>("[data-crosshair]")!;
        return line.offsetLeft / element.clientWidth;
      }),
    ),
  );
  expect(ofAuc).toBeCloseTo(ofLoss!, 1);

  await zoomByDragging(page, loss);
  await expect.poll(() => ends("auc")).not.toEqual(whole);
  // Each chart draws when it comes to it.
  await expect.poll(async () => String(await ends("auc")) === String(await ends("logLoss"))).toBe(true);
  await button("Show all").click();
  await expect.poll(() => ends("logLoss")).toEqual(whole);

  await loss.focus();
  await loss.press("+");
  await loss.press("Shift+ArrowRight");
  await loss.press("ArrowRight");
  await page.locator('[role="status"]', { hasText: / rows/ }).first().waitFor();
  await expect.poll(() => ends("auc")).not.toEqual(whole);
  await loss.press("0");
  await expect.poll(() => ends("auc")).toEqual(whole);

  await page.getByText("steps", { exact: true }).click();
  await expect.poll(() => ends("logLoss")).not.toEqual(whole);
  await page.getByText("rows", { exact: true }).click();
  await expect.poll(() => ends("logLoss")).toEqual(whole);

  await button("Log loss vs clicks: logarithmic axis").click();
  await expect
    .poll(() => button("Log loss vs clicks: logarithmic axis").getAttribute("aria-pressed"))
    .toBe("true");
  await button("Log loss vs clicks: logarithmic axis").click();

  await page.getByLabel("Freeze view").check();
  await page.getByText("View frozen at").waitFor();
  await page.getByLabel("Freeze view").uncheck();
  await page.getByText("View frozen at").waitFor({ state: "detached" });

  await button("AUC: as a table").click();
  await page.getByLabel("AUC, table").getByRole("cell", { name: /0\.\d/ }).first().waitFor();
  await button("AUC: as a table").click();
}

async function zoomByDragging(page: StudioPage["page"], plot: ReturnType<StudioPage["page"]["locator"]>) {
  const { x, y, width, height } = (await plot.boundingBox())!;
  await page.mouse.move(x + width / 4, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2, y + height / 2, { steps: 3 });
  await page.mouse.up();
}
