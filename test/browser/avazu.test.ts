// A table that is none of Criteo's: Avazu's columns as CSV in a ZIP archive, dropped on the page, its columns set by keyboard
// alone, split by time, trained on, and evaluated on the next day's file, whose columns have another order.

import { BlobWriter, TextReader, ZipWriter } from "@zip.js/zip.js";
import { expect, inject, it } from "vitest";
import { DIALOG, expectAccessible } from "./axe.ts";
import { chooseByKeyboard, focusOn, openStudio, SMALL, type StudioPage } from "./studioPage.ts";

const NAMES =
  "id,click,hour,C1,banner_pos,site_id,site_domain,site_category,app_id,app_domain,app_category,device_id,device_ip,device_model,device_type,device_conn_type,C14,C15,C16,C17,C18,C19,C20,C21".split(
    ",",
  );

/** Rows of Avazu's shape, made up: the site says most about the click. */
function avazu(rows: number, day: number, names = NAMES): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const site = (i * 7) % 11;
    const row = new Map<string, string>(NAMES.map((name, c) => [name, String(100 + ((i * (c + 3)) % 9))]));
    row.set("id", String(10_000_000_000_000_000_000n + BigInt(day * rows + i)));
    row.set("click", (i * 31) % 13 < site ? "1" : "0");
    row.set("hour", `1410${day}${String(Math.floor((24 * i) / rows)).padStart(2, "0")}`);
    row.set("site_id", (site * 0x1111111).toString(16).padStart(8, "0"));
    return names.map((name) => row.get(name)!).join(",");
  });
  return `${[names.join(","), ...lines].join("\n")}\n`;
}

async function zipOf(files: Record<string, string>): Promise<Buffer> {
  const writer = new ZipWriter(new BlobWriter());
  for (const [name, text] of Object.entries(files)) await writer.add(name, new TextReader(text));
  return Buffer.from(await (await writer.close()).arrayBuffer());
}

async function drop({ page }: StudioPage, name: string, bytes: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ name, base64 }) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
      return data;
    },
    { name, base64: bytes.toString("base64") },
  );
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

it("is imported from a ZIP archive and split by time, by keyboard alone, trained on, and evaluated on the next day", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 3000 });
  const { page } = studio;
  // Before that nobody listens for what is dropped.
  await studio.untilState("Ready to train");
  await drop(
    studio,
    "avazu.zip",
    await zipOf({ "avazu/train.csv": avazu(6000, 21), "avazu/readme.txt": "About\n" }),
  );
  const dialog = page.getByRole("dialog", { name: "Import avazu" });
  await dialog.getByText("CSV with the columns of Avazu").waitFor();
  await dialog.getByText("The label is click; 1 is a click.").waitFor();
  await dialog.getByText("Left out: avazu.zip/avazu/readme.txt").waitFor();
  // By keyboard: the table of columns is opened, hour stays the time, C20 is left out.
  await focusOn(dialog.getByRole("button", { name: "What each column is" }));
  await page.keyboard.press("Enter");
  expect(await dialog.getByLabel("What hour is").inputValue()).toBe("time");
  await focusOn(dialog.getByLabel("What C20 is"));
  // The last choice of all. Letters would have to follow each other within a second.
  await page.keyboard.press("End");
  await expect.poll(() => dialog.getByLabel("What C20 is").inputValue()).toBe("ignore");
  await expectAccessible(studio, "columns of a table", { within: DIALOG });
  // The last six hours are test rows, the three before them validation rows.
  await focusOn(dialog.getByRole("button", { name: "More settings" }));
  await page.keyboard.press("Enter");
  await chooseByKeyboard(page.locator("#control-import-split"), /by time/, "ArrowUp");
  expect(await page.locator("#control-import-split").inputValue()).toContain("by time");
  for (const [label, hours] of [
    ["Test rows: the last", "6h"],
    ["Validation rows: the last", "3h"],
  ] as const) {
    await focusOn(dialog.getByLabel(label));
    await page.keyboard.press("Control+a");
    await page.keyboard.type(hours);
  }
  await focusOn(dialog.getByLabel("Name", { exact: true }));
  await page.keyboard.press("Enter");
  await page.getByTestId("dataset-summary").getByText("avazu").waitFor();
  // Rows are spread evenly over the day's 24 hours.
  const summary = (await page.getByTestId("dataset-summary").textContent())!;
  for (const rows of ["3,750", "750", "1,500"]) expect(summary).toContain(rows);
  await studio.configure(SMALL);
  await focusOn(studio.button("Train"));
  await page.keyboard.press("Enter");
  await studio.untilState("Done");
  await studio.showTab("Numbers");
  const aucs = await studio.evaluations("aucFused");
  expect(aucs.at(-1)).toBeGreaterThan(0.6);
  // The next day's file has its columns the other way round.
  await drop(
    studio,
    "tomorrow.zip",
    await zipOf({
      "day.csv": avazu(500, 22, NAMES.toReversed()),
      "again.csv": avazu(80, 23),
      "prices.csv": "click,price\n1,2\n0,3\n1,2\n",
    }),
  );
  // Its tables are offered by name: another table is not ticked, a day too many can be unticked.
  const offered = page.getByRole("dialog", { name: "Import tomorrow.zip" });
  await offered.getByText("prices.csv has click, price: they are not one data set").waitFor();
  expect(await offered.getByLabel("tomorrow.zip/prices.csv").isChecked()).toBe(false);
  await expectAccessible(studio, "tables of an archive", { within: DIALOG });
  await offered.getByRole("button", { name: "Look again" }).click();
  const next = page.getByRole("dialog", { name: "Import tomorrow", exact: true });
  await next.getByLabel("tomorrow.zip/again.csv").click();
  await next.getByRole("button", { name: "Look again, at these alone" }).click();
  await next.getByText("500 rows", { exact: false }).first().waitFor();
  await next.getByLabel("Those of avazu").click();
  await next.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByTestId("dataset-summary").getByText("for evaluation").waitFor();
  await page.getByRole("tab", { name: "Evaluate" }).click();
  await studio.button("Evaluate").click();
  await page.getByTestId("evaluated-heads").filter({ hasText: "on test rows" }).waitFor();
  const evaluated = page.locator("[data-evaluation]");
  expect(await evaluated.textContent()).toContain("tomorrow");
  const figures = await evaluated.locator("td:nth-child(4), td:nth-child(6)").allTextContents();
  const [rows, auc] = figures.map((text) => Number.parseFloat(text));
  expect(rows).toBe(500);
  expect(auc).toBeGreaterThan(0.6);
  expect(studio.errors).toEqual([]);
});
