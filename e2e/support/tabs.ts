/** Pages that are tabs of one browser window: the one in front is visible, the others are truly hidden. See window.ts. */
import { expect, type Page } from "@playwright/test";
import { test as base } from "./fixture.ts";

/** As in fixture.ts; `page` is a tab, and `context.newPage()` opens one in front of it. */
export const test = base.extend({
  context: async ({ window }, use) => {
    await use(window);
    for (const page of window.pages()) await page.close();
    await window.clearCookies();
    await window.setOffline(false);
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
