/** The demo in Firefox ESR: Jane uploads, renames and deletes, and Joe's open page follows. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Browser, ElementHandle, Page } from "puppeteer-core";
import { readConfig } from "../../demo/config.ts";
import { pdf } from "../../demo/docconv/samples.ts";
import { createDemo } from "../../demo/server.ts";
import { installedFirefox, launchFirefox } from "./firefox.ts";

const path = installedFirefox();
const TIMEOUT = { timeout: 45_000 };

test("Jane's upload gets its preview in both places of her page and of Joe's, and he follows what she does with it", {
  skip: path === undefined && "Firefox is not installed",
  timeout: 180_000,
}, async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), "demo-"));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  const demo = createDemo(readConfig({ PORT: "0", DATA_DIR: dataDir }), () => {});
  const site = (await demo.listen()).replace(/\/$/, "");
  t.after(() => demo.close());
  const browser = await launchFirefox(path ?? "");
  t.after(() => browser.close());
  const [jane, joe] = [await logIn(browser, site, "jane"), await logIn(browser, site, "joe")];

  const file = join(dataDir, "Report.pdf");
  await writeFile(file, pdf(["Revenue is up"]));
  const input = await jane.waitForSelector("input[type=file][name=file]");
  await (input as ElementHandle<HTMLInputElement>).uploadFile(file);
  await jane.click(".upload button[type=submit]");
  await contains(jane, "#uploads", "Report.pdf is in the workspace.");
  for (const page of [jane, joe]) {
    for (const place of ["#documents", "#activity-stream"]) {
      await page.waitForFunction(
        (place) =>
          (document.querySelector<HTMLImageElement>(`${place} img[src*="@@preview/"]`)?.naturalWidth ?? 0) > 50,
        TIMEOUT,
        place,
      );
    }
  }
  await contains(jane, "#uploads", "Its preview is ready.");
  assert.equal(await joe.$eval("#notifications-count", (count) => count.textContent), "1");

  await act(jane, "Rename or delete Report.pdf");
  await jane.$eval("[name=title]", (field) => {
    if (field instanceof HTMLInputElement) field.value = "Final.pdf";
  });
  await jane.focus("[name=title]");
  await jane.keyboard.press("Enter");
  for (const page of [jane, joe]) await contains(page, "#documents", "Final.pdf");
  await act(jane, "Rename or delete Final.pdf");
  await act(jane, "Delete…");
  await act(jane, "Delete");
  for (const page of [jane, joe]) {
    await page.waitForFunction(() => document.querySelectorAll("#documents .document").length === 0, TIMEOUT);
  }
});

/** A window of a user's own, with messages flowing. */
async function logIn(browser: Browser, site: string, user: "jane" | "joe"): Promise<Page> {
  const page = await (await browser.createBrowserContext()).newPage();
  await page.goto(`${site}/login`);
  await page.type("[name=__ac_name]", user);
  await page.type("[name=__ac_password]", user);
  await page.keyboard.press("Enter");
  await page.waitForSelector("body[data-inject-async-state=open]", TIMEOUT);
  return page;
}

async function contains(page: Page, selector: string, words: string): Promise<void> {
  await page.waitForFunction(
    (selector, words) => document.querySelector(selector)?.textContent?.replace(/\s+/g, " ").includes(words),
    TIMEOUT,
    selector,
    words,
  );
}

/** Press the button of this name. */
async function act(page: Page, name: string): Promise<void> {
  const button = await page.waitForSelector(`aria/${name}[role="button"]`, TIMEOUT);
  await button?.click();
}
