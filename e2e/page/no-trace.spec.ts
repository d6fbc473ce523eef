/** When the last element has gone, the page is as if the library had never been used: nothing is open. */
import type { Page } from "@playwright/test";
import { addElements } from "../support/elements.ts";
import { expect, test } from "../support/fixture.ts";
import { ledger } from "../support/ledger.ts";
import { FAILED, INFO, item, items, placeholder } from "../support/opened.ts";
import { loadDice } from "../support/page-time.ts";
import type { PushServer } from "../support/push-server.ts";
import { ELEMENT, unusedPage } from "../support/unused-page.ts";

/** Each leaves the connection, or a message, in the middle of something; then the element goes. */
const SITUATIONS: readonly (readonly [string, (page: Page, push: PushServer) => Promise<void>])[] = [
  [
    "after a quiet life",
    async (page, push) => {
      await addElements(page, ELEMENT);
      await push.nextSocket();
      await expectElement(page, "open");
      push.broadcast(item("one"));
      await expect(items(page)).toHaveText(["one"]);
    },
  ],
  [
    "while connecting",
    async (page, push) => {
      push.snippet("/push/info", INFO).hold();
      await addElements(page, ELEMENT);
      await expect.poll(() => push.held.length).toBe(1);
    },
  ],
  [
    "while every answer fails",
    async (page, push) => {
      push.snippet("/push/info", { status: 503 });
      await addElements(page, placeholder("element", "/doc/1"));
      await expectElement(page, "waiting");
    },
  ],
  [
    "when the session is over",
    async (page, push) => {
      await addElements(page, ELEMENT);
      const socket = await push.nextSocket();
      push.snippet("/push/info", { status: 401 });
      socket.close(4401, "session over");
      await expectElement(page, "stopped");
    },
  ],
  [
    "while a message waits for its target",
    async (page, push) => {
      await addElements(page, ELEMENT);
      await push.nextSocket();
      await expectElement(page, "open");
      push.broadcast(item("late", "not-there-yet"));
      await push.settled(page);
    },
  ],
  [
    "during a fetch",
    async (page, push) => {
      push.snippet("/doc/2", "<p>never</p>").hold();
      await addElements(page, ELEMENT);
      await push.nextSocket();
      await expectElement(page, "open");
      push.broadcast({ url: "/doc/2", inject: "target: #target" });
      await push.nextRequest("/doc/2");
    },
  ],
  [
    "between two tries of a fetch",
    async (page, push) => {
      push.snippet("/doc/3", { status: 500 });
      await addElements(page, ELEMENT);
      await push.nextSocket();
      await expectElement(page, "open");
      push.broadcast({ url: "/doc/3", inject: "target: #target" });
      await (await push.nextRequest("/doc/3")).outcome;
    },
  ],
  [
    "with a gap to heal",
    async (page, push) => {
      push.welcome("gap");
      await addElements(page, placeholder("element", "/doc/1"));
      await push.nextSocket();
      await expectElement(page, "open");
    },
  ],
];

test("nothing is left when the last element goes, whatever it was in the middle of", async ({ page, push, allow }) => {
  allow(FAILED);
  await loadDice(page, 0.999);
  const untouched = await unusedPage(page, push);
  for (const [situation, arrange] of SITUATIONS) {
    await test.step(situation, async () => {
      push.snippet("/push/info", INFO);
      push.welcome("recover");
      await arrange(page, push);
      expect(await ledger(page)).not.toEqual(untouched);

      await page.evaluate(() => document.getElementById("element")?.remove());
      await expect.poll(() => ledger(page)).toEqual(untouched);
      await expect.poll(() => push.sockets.filter(({ isOpen }) => isOpen).length).toBe(0);
      await expect(page.locator("#target")).toBeEmpty();
      const asked = push.requests.length;
      await page.clock.fastForward(120_000);
      push.snippet("/later", "");
      await page.evaluate(() => fetch("/later"));
      expect(push.requests.slice(asked).map(({ path }) => path)).toEqual(["/later"]);
    });
  }
});

test("nothing is left on an element whose pattern is destroyed", async ({ page, push }) => {
  const untouched = await unusedPage(page, push);
  const before = await page.locator("#place").evaluate((element) => element.outerHTML);
  await page.locator("#place").evaluate((element) => {
    const Pattern = window.__patternslib_registry?.["inject-async"];
    if (typeof Pattern === "function") Reflect.construct(Pattern, [element]);
  });
  const socket = await push.nextSocket();
  await expect(page.locator("#place")).toHaveAttribute("data-inject-async-state", "open");
  await page.locator("#place").evaluate((element) => {
    const instance = element["pattern-inject-async"];
    instance?.destroy();
    instance?.destroy();
  });
  await socket.closed;
  await expect.poll(() => ledger(page)).toEqual(untouched);
  expect(await page.locator("#place").evaluate((element) => element.outerHTML)).toBe(before);
  expect(await page.locator("#place").evaluate((element) => "pattern-inject-async" in element)).toBe(false);
});

async function expectElement(page: Page, state: string): Promise<void> {
  await expect(page.locator("#element")).toHaveAttribute("data-inject-async-state", state);
}
