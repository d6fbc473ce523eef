/** People before a real Plone, in browsers of their own. One site for all tests; each has documents of its own. */
import type { Locator, Page } from "@playwright/test";
import { Redis } from "ioredis";
import { pdf } from "../../demo/docconv/samples.ts";
import { test as base, expect } from "../support/fixture.ts";
import { type Intranet, startIntranet } from "./intranet.ts";

/** Of a folder, below the site's address. */
type Folder = string;

interface Fixtures {
  readonly redis: Redis;
  /** A user's browser, logged in, on the site's first page, with messages flowing. */
  readonly logIn: (user: "jane" | "joe") => Promise<Page>;
}

interface WorkerFixtures {
  readonly intranet: Intranet;
}

/** Installing, the first time, and two instances that start. */
const START_TIMEOUT_MS = 600_000;

export const test = base.extend<Fixtures, WorkerFixtures>({
  intranet: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from its pattern
    async ({}, use) => {
      const intranet = await startIntranet();
      await use(intranet);
      await intranet.stop();
      expect(intranet.log().match(/__ac=.*/g), "cookies in the log").toBeNull();
    },
    { scope: "worker", timeout: START_TIMEOUT_MS },
  ],

  redis: async ({ intranet }, use) => {
    const redis = new Redis(intranet.redisUrl);
    await use(redis);
    redis.disconnect();
  },

  logIn: async ({ intranet, otherUser, allow }, use) => {
    allow(/status of 404/);
    await use(async (user) => {
      const page = await otherUser();
      await page.goto(`${intranet.url}/login`);
      await page.locator("#__ac_name").fill(user);
      await page.locator("#__ac_password").fill(`${user} of the test`);
      await page.locator("#buttons-login").click();
      await expect(page.locator("body")).toHaveClass(/userrole-authenticated/);
      await page.goto(intranet.url);
      await isOpen(page);
      return page;
    });
  },
});

export async function isOpen(page: Page): Promise<void> {
  await expect(page.locator("body")).toHaveAttribute("data-inject-async-state", "open");
}

/** Through Plone's own form. */
export async function upload(page: Page, site: string, name: string, folder: Folder = ""): Promise<void> {
  await page.goto(`${site}${folder}/++add++File`);
  const buffer = Buffer.from(pdf([name]));
  await page.locator("input[type=file]").setInputFiles({ name: `${name}.pdf`, mimeType: "application/pdf", buffer });
  await page.locator("#form-buttons-save").click();
  await expect(page.locator("h1")).toHaveText(`${name}.pdf`);
}

/** A document among the recent files. */
export function recent(page: Page, name: string): Locator {
  return page.locator("#recent-files li").filter({ hasText: `${name}.pdf` });
}

/** The picture on the document's own page. */
export function ownPreview(page: Page): Locator {
  return page.locator("[id^=preview-][id$=-view] img");
}

/** Waits until there is a picture, decoded. */
export async function isShown(image: Locator): Promise<void> {
  await expect(image).toBeVisible();
  await expect.poll(() => image.evaluate((it: HTMLImageElement) => it.naturalWidth)).toBeGreaterThan(0);
}

export { drainEvents, expect, nextEvent } from "../support/fixture.ts";
