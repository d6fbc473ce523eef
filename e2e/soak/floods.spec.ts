/** Servers that talk too much: the page stays alive and its memory bounded, and a good message still arrives. */
import type { Browser, Page } from "@playwright/test";
import { expect, test } from "../support/fixture.ts";
import { GARBAGE } from "../support/garbage.ts";
import { heap } from "../support/heap.ts";
import { expectState, item, items, opened, upToDate } from "../support/opened.ts";
import { standStill } from "../support/page-time.ts";

const LIST = '<ul id="list"></ul>';

test.describe("a flood", () => {
  test("of garbage leaves the page alive and its memory bounded", async ({ browser, push }) => {
    await withoutRecorder(browser, async (page) => {
      const devtools = await page.context().newCDPSession(page);
      const socket = await opened(page, push, { body: LIST });
      const short = GARBAGE.filter((text) => text.length < 1_000);
      for (let count = 0; count < 10_000; count++) socket.sendRaw(short[count % short.length] ?? "");
      push.broadcast(item("good"));
      await expect(items(page)).toHaveCount(1);
      const before = await heap(devtools);
      for (let count = 0; count < 10_000; count++) socket.sendRaw(short[count % short.length] ?? "");
      push.broadcast(item("good"));
      await expect(items(page)).toHaveCount(2);
      expect((await heap(devtools)) - before).toBeLessThan(2 * 1024 * 1024);
      await expectState(page, "open");
      expect(push.sockets).toHaveLength(1);
    });
  });

  test("of messages for targets that never come: the newest 20,000 changes wait, and a gap is told", async ({
    browser,
    push,
  }) => {
    await withoutRecorder(browser, async (page) => {
      await page.clock.install();
      // A page that fetches to be on the safe side, in a while, would not be told of another gap meanwhile.
      const socket = await opened(page, push, { ...upToDate(push), body: LIST });
      await standStill(page); // no target has waited for half a minute
      const gap = await listenForGap(page);
      for (let n = 0; n <= 20_000; n++) socket.send({ html: `${n}`, inject: `target: #nowhere-${n}` });
      await gap();
      push.broadcast(item("good"));
      await expect(items(page)).toHaveCount(1);
      const late = [0, 1, 2, 20_000].map((n) => `<p id="nowhere-${n}">empty</p>`).join("");
      await page.evaluate((html) => document.body.insertAdjacentHTML("beforeend", html), late);
      await page.clock.runFor(1_000);
      await expect(page.locator("p")).toHaveText(["empty", "empty", "2", "20000"]);
    });
  });

  test("of insertions into what the user is typing in counts too, and a gap is told", async ({ browser, push }) => {
    await withoutRecorder(browser, async (page) => {
      const socket = await opened(page, push, { ...upToDate(push), body: '<div id="target"><input></div>' });
      await page.locator("input").fill("typed");
      socket.send({ html: "new", inject: "target: #target" });
      await expect(page.locator("#target")).toHaveClass(/has-update/);
      const gap = await listenForGap(page);
      for (let n = 1; n <= 20_000; n++) socket.send({ html: `<p>${n}</p>`, inject: "target: #target::after" });
      await gap();
      await expect(page.locator("input")).toHaveValue("typed");
      await expectState(page, "open");
    });
  });
});

/** A page whose events nobody reports to the test: thousands of them would take longer than what is tested. */
async function withoutRecorder(browser: Browser, use: (page: Page) => Promise<void>): Promise<void> {
  const page = await browser.newPage();
  await use(page);
  await page.close();
}

/** Listens from now on. What is returned resolves when the page has been told that messages may have been missed. */
async function listenForGap(page: Page): Promise<() => Promise<void>> {
  const gap = await page.evaluateHandle(() => ({
    told: new Promise<void>((resolve) => addEventListener("pat-inject-async-gap", () => resolve(), { once: true })),
  }));
  return () => gap.evaluate(({ told }) => told);
}
