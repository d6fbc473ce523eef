/** Servers that talk too much: the page stays alive and its memory bounded, and a good message still arrives. */
import type { Browser, Page } from "@playwright/test";
import { expect, test } from "../support/fixture.ts";
import { GARBAGE } from "../support/garbage.ts";
import { heap } from "../support/heap.ts";
import { expectState, item, items, opened } from "../support/opened.ts";

const LIST = '<ul id="list"></ul>';

test.describe("a flood", () => {
  test("of garbage leaves the page alive and its memory bounded", async ({ browser, push }) => {
    await withoutRecorder(browser, async (page) => {
      const devtools = await page.context().newCDPSession(page);
      const socket = await opened(page, push, { body: LIST });
      const short = GARBAGE.filter((text) => text.length < 1_000);
      for (let count = 0; count < 10_000; count++) socket.sendRaw(short[count % short.length] ?? "");
      push.broadcast(item("good"));
      await expect(items(page)).toHaveCount(1, { timeout: 45_000 });
      const before = await heap(devtools);
      for (let count = 0; count < 10_000; count++) socket.sendRaw(short[count % short.length] ?? "");
      push.broadcast(item("good"));
      await expect(items(page)).toHaveCount(2, { timeout: 45_000 });
      expect((await heap(devtools)) - before).toBeLessThan(2 * 1024 * 1024);
      await expectState(page, "open");
      expect(push.sockets).toHaveLength(1);
    });
  });

  test("of messages for targets that never come is bounded too", async ({ browser, push }) => {
    await withoutRecorder(browser, async (page) => {
      const devtools = await page.context().newCDPSession(page);
      const socket = await opened(page, push, { body: LIST });
      const html = "x".repeat(1_000);
      for (const round of [1, 2, 3]) {
        const before = await heap(devtools);
        for (let count = 0; count < 5_000; count++) socket.send({ html, inject: `target: #nowhere-${count}` });
        push.broadcast(item("good"));
        await expect(items(page)).toHaveCount(round, { timeout: 45_000 });
        // In the first round 500 messages find room, and stay.
        if (round > 1) expect((await heap(devtools)) - before).toBeLessThan(2 * 1024 * 1024);
      }
    });
  });
});

/** A page whose events nobody reports to the test: thousands of them would take longer than what is tested. */
async function withoutRecorder(browser: Browser, use: (page: Page) => Promise<void>): Promise<void> {
  const page = await browser.newPage();
  await use(page);
  await page.close();
}
