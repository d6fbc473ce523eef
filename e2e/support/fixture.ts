/**
 * What every end-to-end test starts from: a push server of its own, pages that are recorded, and a verdict at the end.
 *
 * A test fails when a page of it had an error or a dialog, unless the test said that it would.
 */
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import { type PushServer, type PushServerOptions, startPushServer } from "./push-server.ts";
import { record, troubles } from "./recorder.ts";
import { openWindow } from "./window.ts";

interface Fixtures {
  /** Options of `push`, for `test.use({ pushOptions: { heartbeat: 200 } })`. */
  readonly pushOptions: PushServerOptions;
  /** A push server, closed at the end. */
  readonly push: PushServer;
  /** Says that errors, console errors or dialogs that match are part of the test, e.g. `allow(/status of 404/)`. */
  readonly allow: (pattern: RegExp) => void;
  /** A page of somebody else: a browser session of its own, recorded, closed at the end. */
  readonly otherUser: () => Promise<Page>;
  /** Passed at the end of every test. */
  readonly verdict: Verdict;
}

interface WorkerFixtures {
  /**
   * The context of a browser with a window, for tabs.ts: started by the first test that needs it, which takes longer than the
   * test. It is declared here because Playwright starts a process for each different set of these.
   */
  readonly window: BrowserContext;
}

class Verdict {
  readonly pages: Page[] = [];
  readonly allowed: RegExp[] = [];

  /** @throws when there was trouble on a page that the test has not allowed. */
  pass(): void {
    const found = this.pages.flatMap(troubles);
    expect(found.filter((line) => !this.allowed.some((pattern) => pattern.test(line)))).toEqual([]);
  }
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  window: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from its pattern
    async ({}, use) => {
      const window = await openWindow();
      await use(window.context);
      await window.close();
    },
    { scope: "worker" },
  ],

  pushOptions: [{}, { option: true }],

  push: async ({ pushOptions, verdict }, use) => {
    const server = await startPushServer(pushOptions);
    await use(server);
    // Pages first: trying to reach a server that is gone would be errors of theirs.
    for (const page of verdict.pages) await page.close();
    await server.close();
  },

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from its pattern
  verdict: async ({}, use) => {
    const verdict = new Verdict();
    await use(verdict);
    verdict.pass();
  },

  allow: async ({ verdict }, use) => {
    await use((pattern) => verdict.allowed.push(pattern));
  },

  page: async ({ page, verdict }, use) => {
    verdict.pages.push(await record(page));
    await use(page);
  },

  otherUser: async ({ browser, verdict }, use) => {
    const open: Page[] = [];
    await use(async () => {
      const context = await browser.newContext();
      const page = await record(await context.newPage());
      open.push(page);
      verdict.pages.push(page);
      return page;
    });
    for (const page of open) await page.context().close();
  },
});

export { expect } from "@playwright/test";
export { hostReady, libraryPage, loadLibrary } from "./library-page.ts";
export { drainEvents, navigations, nextEvent } from "./recorder.ts";
export { NETWORK_ERROR } from "./snippet.ts";
