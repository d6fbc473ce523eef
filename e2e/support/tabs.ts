/**
 * Pages that are tabs of one browser window: the one in front is visible, the others are truly hidden.
 *
 * Playwright tells every page it opens that it has the focus, which makes all of them visible at all times. Attached to a
 * browser as it is, over its debugging port, it does not.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type BrowserServer, chromium, expect, type Page } from "@playwright/test";
import { chromiumLaunchOptions } from "./chromium.ts";
import { test as base } from "./fixture.ts";

/** As in fixture.ts; `page` is a tab, and `context.newPage()` opens one in front of it. */
export const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from its pattern
  context: async ({}, use) => {
    const { args = [], ...options } = chromiumLaunchOptions();
    const server = await chromium.launchServer({
      ...options,
      args: [...args, "--remote-debugging-port=0"],
      ignoreDefaultArgs: ["--disable-back-forward-cache"],
    });
    const browser = await chromium.connectOverCDP(await debuggingAddress(server), { noDefaults: true });
    const [context] = browser.contexts();
    if (context === undefined) throw new Error("expected the browser's own context, found none");
    await use(context);
    await browser.close();
    await server.close();
  },
});

/** Opens a tab in front of the page, which is hidden when this returns. The caller closes the tab to go back. */
export async function hide(page: Page): Promise<Page> {
  const front = await page.context().newPage();
  await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe("hidden");
  return front;
}

/** Closes the tab in front and goes back to the page, which is visible when this returns. */
export async function lookAt(page: Page, front: Page): Promise<void> {
  await front.close();
  await page.bringToFront();
  await expect.poll(() => page.evaluate(() => document.visibilityState)).toBe("visible");
}

/** Chromium chooses a free port and writes it into its profile, whose place Playwright chooses. */
async function debuggingAddress(server: BrowserServer): Promise<string> {
  const option = "--user-data-dir=";
  const profile = server.process().spawnargs.find((argument) => argument.startsWith(option));
  if (profile === undefined) throw new Error(`expected Chromium to be started with ${option}`);
  let port: string | undefined;
  await expect(async () => {
    const text = await readFile(join(profile.slice(option.length), "DevToolsActivePort"), "utf8");
    // The file is there a moment before its two lines are.
    port = /^(\d+)\n\S/.exec(text)?.[1];
    expect(port).toBeDefined();
  }).toPass();
  return `http://127.0.0.1:${port}`;
}
