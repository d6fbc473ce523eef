/** What is told to those who cannot see the page: who waits, and what has changed, if it was asked to be told. */
import type { Page } from "@playwright/test";
import { test as base, expect } from "../support/fixture.ts";
import { bodyWith, opened, placeholder } from "../support/opened.ts";
import { holdClock, loadDice, standStill } from "../support/page-time.ts";
import type { PushSocket } from "../support/push-socket.ts";

interface Announcements {
  /** Loads a page with the library and a clock that a test moves, and this in its body. */
  readonly open: (body: string, bodyAttributes?: string) => Promise<PushSocket>;
  /** Everything the live region has said so far. */
  readonly said: () => Promise<string[]>;
}

const test = base.extend<Announcements>({
  open: async ({ page, push }, use) => {
    await use(async (body, bodyAttributes = bodyWith("")) => {
      await holdClock(page);
      await page.addInitScript(listenInPage);
      const socket = await opened(page, push, { body, bodyAttributes });
      await standStill(page);
      return socket;
    });
  },
  said: async ({ page }, use) => {
    await use(() => page.evaluate((): string[] => Reflect.get(window, "said")));
  },
});

/** Hears as a screen reader does: changes of text in a region that was there before. */
function listenInPage(): void {
  const said: string[] = [];
  Reflect.set(window, "said", said);
  new MutationObserver((records) => {
    for (const { target, addedNodes } of records) {
      const isRegion = target instanceof Element && target.matches("[aria-live]");
      if (isRegion && addedNodes.length > 0) said.push(target.textContent ?? "");
    }
  }).observe(document, { subtree: true, childList: true });
}

const region = (page: Page) => page.locator("[aria-live]");
const announced = (id: string, text: string) => `<p id="${id}" data-pat-inject-async="announce: ${text}"></p>`;
const update = (html: string, target = "#b", more: object = {}) => ({ html, inject: `target: ${target}`, ...more });

test("by default nothing is told, and there is no region", async ({ page, push, open }) => {
  const socket = await open('<p id="b"></p>');
  socket.send(update("new"));
  await push.settled(page);
  await page.clock.runFor(5_000);
  await expect(region(page)).toHaveCount(0);
});

test("a target may ask for it, and is told of once it has changed, politely and out of sight", async ({
  page,
  push,
  open,
  said,
}) => {
  const socket = await open(announced("b", "The preview is ready."));
  socket.send(update("new"));
  await push.settled(page);
  await page.clock.runFor(2_000);
  expect(await said()).toEqual(["The preview is ready."]);
  await expect(region(page)).toHaveAttribute("aria-live", "polite");
  await expect(page.getByRole("status")).toHaveText("The preview is ready.");
  expect((await region(page).boundingBox())?.width).toBeLessThanOrEqual(1);
});

test("a message may ask for it, in words of its own", async ({ page, push, open, said }) => {
  const socket = await open(announced("b", "The preview is ready."));
  socket.send(update("new", "#b", { announce: "Joe has answered." }));
  await push.settled(page);
  await page.clock.runFor(2_000);
  expect(await said()).toEqual(["Joe has answered."]);
});

test("it is the wish of the target itself, not of what is in it", async ({ page, push, open, said }) => {
  const socket = await open('<div data-pat-inject-async="announce: outer"><p id="b"></p></div>');
  socket.send(update("new"));
  await push.settled(page);
  await page.clock.runFor(2_000);
  expect(await said()).toEqual([]);
});

test("what does not reach the page is not told", async ({ page, push, open, said }) => {
  const socket = await open(`${announced("b", "ready")}<form>${announced("c", "ready")}</form>`);
  await page.evaluate(() => {
    document.getElementById("b")?.addEventListener("pat-inject-async-before-inject", (event) => event.preventDefault());
    document.getElementById("c")?.classList.add("is-dirty");
  });
  socket.send(update("new", "#b"));
  socket.send(update("new", "#c"));
  socket.send(update("new", "#missing", { announce: "ready" }));
  await push.settled(page);
  await page.clock.runFor(5_000);
  expect(await said()).toEqual([]);
});

for (const [what, attributes, summary] of [
  ["in the language of the page", `lang="de" ${bodyWith("")}`, "3 Aktualisierungen"],
  ["in words of the page's own", bodyWith("summary-text: %n previews are ready"), "3 previews are ready"],
] as const) {
  test(`what comes together is told as one summary, ${what}`, async ({ page, push, open, said }) => {
    const socket = await open(["b", "c", "d"].map((id) => announced(id, `${id} is ready`)).join(""), attributes);
    for (const id of ["#b", "#c", "#d"]) socket.send(update("new", id));
    await push.settled(page);
    await page.clock.runFor(2_000);
    expect(await said()).toEqual([summary]);
  });
}

test("the same said twice is said once", async ({ page, push, open, said }) => {
  const socket = await open(announced("b", "ready"));
  for (const html of ["1", "2", "3"]) socket.send(update(html));
  await push.settled(page);
  await page.clock.runFor(2_000);
  expect(await said()).toEqual(["ready"]);
});

test("a steady stream is told at most once a second, by one region", async ({ page, push, open, said }) => {
  const socket = await open('<p id="b"></p>');
  for (let count = 0; count < 40; count++) {
    socket.send(update("new", "#b", { announce: `message ${count}` }));
    await push.settled(page);
    await page.clock.runFor(100);
  }
  await page.clock.runFor(1_000);
  const { length } = await said();
  expect(length).toBeGreaterThanOrEqual(4);
  expect(length).toBeLessThanOrEqual(6); // five seconds, both ends counted
  await expect(region(page)).toHaveCount(1);
});

test("when the library's last element goes, what was to be told can still be heard, and then the region goes", async ({
  page,
  push,
  open,
  said,
}) => {
  const socket = await open(announced("b", "ready"));
  socket.send(update("new"));
  await push.settled(page);
  await page.evaluate(() => document.body["pattern-inject-async"]?.destroy());
  await page.clock.runFor(2_500);
  expect(await said()).toEqual(["ready"]);
  await expect(region(page)).toHaveCount(1);
  await page.clock.runFor(2_500);
  await expect(region(page)).toHaveCount(0);
  expect(push.sockets).toHaveLength(1);
});

test("what waits for its snippet is marked busy until it is there", async ({ page, push, open }) => {
  await loadDice(page, 0);
  const socket = await open(placeholder("b", "/doc/1"), bodyWith(`position: ${push.position}`));
  await expect(page.locator("#b")).toHaveAttribute("aria-busy", "true");
  push.snippet("/doc/1", '<div id="b">ready</div>');
  socket.send("/doc/1");
  await expect(page.locator("#b")).toHaveText("ready");
  await expect(page.locator("[aria-busy]")).toHaveCount(0);
});
