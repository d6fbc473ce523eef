/**
 * The demo as an end-to-end test meets it: one of its own per test, and people who log in to it with a browser.
 *
 * The whole stack really runs: cookies are checked, documents converted, messages pushed.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { readConfig } from "../../demo/config.ts";
import { Content } from "../../demo/plone/content/content.ts";
import { createDemo } from "../../demo/server.ts";
import { test as base, expect } from "./fixture.ts";

export type Place = "listing" | "stream";

interface Fixtures {
  /** The time that a conversion is given, in milliseconds. */
  readonly conversionTimeoutMs: number;
  readonly dataDir: string;
  /** The demo's address, without a slash at the end. Two seconds until the end of a session closes its sockets. */
  readonly site: string;
  /** What the demo has stored: a look at its folder of our own. */
  readonly content: Content;
  /** A user's browser, logged in, on the workspace, with messages flowing. */
  readonly logIn: (user: "jane" | "joe") => Promise<Page>;
}

export const test = base.extend<Fixtures>({
  // What spins while a preview is waited for is drawn sixty times a second, without a graphics card: half of the time of a test.
  // With motion, as most people see it: `test.use(MOTION)`.
  contextOptions: { reducedMotion: "reduce" },

  conversionTimeoutMs: [60_000, { option: true }],

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from its pattern
  dataDir: async ({}, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), "demo-"));
    await use(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  },

  content: async ({ site: _running, dataDir }, use) => use(await Content.open(dataDir, () => {})),

  site: async ({ conversionTimeoutMs, dataDir }, use) => {
    const log: string[] = [];
    const config = readConfig({ PORT: "0", DATA_DIR: dataDir, MAX_UPLOAD: "1000000" });
    const demo = createDemo(config, (line) => log.push(line), {
      recheckMs: 2_000,
      conversionTimeoutMs,
      startsAhead: false,
    });
    const url = await demo.listen();
    await use(url.replace(/\/$/, ""));
    await demo.close();
    expect(
      log.filter((line) => /__ac|cookie/i.test(line)),
      "cookies in the log",
    ).toEqual([]);
  },

  logIn: async ({ site, otherUser }, use) => {
    const pages: Page[] = [];
    await use(async (user) => {
      const page = await otherUser();
      pages.push(page);
      await page.goto(`${site}/login`);
      await page.getByLabel("Name").fill(user);
      await page.getByLabel("Password").fill(user);
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect(page.locator("body")).toHaveAttribute("data-inject-async-state", "open");
      return page;
    });
    // Before the server goes: looking for it would be errors of theirs.
    for (const page of pages) await page.close();
  },
});

export const MOTION = { contextOptions: {} };

/** Upload through the page's own form. */
export async function upload(page: Page, name: string, content: Buffer, isPrivate = false): Promise<void> {
  await page.setInputFiles("input[type=file][name=file]", {
    name,
    mimeType: "application/octet-stream",
    buffer: content,
  });
  if (isPrivate) await page.getByLabel(/private/i).check();
  await page.getByRole("button", { name: "Upload" }).click();
}

/** The newest preview in one of its places, in whatever state it is. */
export function preview(page: Page, place: Place): Locator {
  return page.locator(`[id^="preview-"][id$="-${place}"]`).first();
}

/** Wait until the newest preview is a decoded picture in both places. */
export async function expectPreviews(page: Page): Promise<void> {
  for (const place of ["listing", "stream"] as const) {
    const image = preview(page, place).locator('img[src*="@@preview/"]').first();
    await expect(image).toBeVisible();
    await expect.poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBeGreaterThan(50);
    await expect(preview(page, place)).not.toHaveAttribute("aria-busy");
  }
}

export { expect } from "@playwright/test";
export { navigations } from "./recorder.ts";
