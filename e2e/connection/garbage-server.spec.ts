/** Servers that answer with nonsense or not at all: the page stays sound, and recovers when they do. */
import type { Page } from "@playwright/test";
import { drainEvents, expect, libraryPage, test } from "../support/fixture.ts";
import { expectState, FALLBACK, INFO, item, items, opened, placeholder, stateOf, upToDate } from "../support/opened.ts";
import { holdClock, loadDice, pass } from "../support/page-time.ts";
import type { PushServer } from "../support/push-server.ts";
import type { Reply } from "../support/snippet.ts";

const LIST = '<ul id="list"></ul>';

test("a server that accepts and never speaks is left, tried again, and done without", async ({ page, push, allow }) => {
  allow(FALLBACK);
  await holdClock(page);
  push.fallSilent();
  push.snippet("/doc/1", '<div id="preview">ready</div>');
  const body = LIST + placeholder("preview", "/doc/1");
  await page.goto(push.page("/", libraryPage({ ...upToDate(push), body })));
  await expectState(page, "connecting");
  await expect(async () => {
    await page.clock.fastForward(10_000);
    await expect(page.locator("#preview")).toHaveText("ready", { timeout: 200 });
  }).toPass({ intervals: [10] });
  push.breakSilence();
  await expect(async () => {
    await page.clock.fastForward(10_000);
    await expectOpenSoon(page);
  }).toPass({ intervals: [10] });
  push.broadcast(item("good"));
  await expect(items(page)).toHaveText(["good"]);
});

test("an /info that never answers costs one request at a time, and none when the element is gone", async ({
  page,
  push,
  allow,
}) => {
  allow(FALLBACK);
  await holdClock(page);
  await loadDice(page, 0);
  push.snippet("/push/info", "").hold();
  push.snippet("/doc/1", "<p>new</p>");
  const body = '<div id="only" class="pat-inject-async"></div>';
  await page.goto(push.page("/", libraryPage({ bodyAttributes: "", body })));
  for (let minutes = 0; minutes < 3; minutes++) {
    for (let second = 0; second < 60; second += 5) await page.clock.runFor(5_000);
  }
  const unanswered = await pending(push, "/push/info");
  expect(unanswered).toBeLessThanOrEqual(2); // SockJS's own and ours
  // The page's six connections to its server are not used up.
  expect(await page.evaluate(() => fetch("/doc/1").then((response) => response.text()))).toBe("<p>new</p>");
  await page.evaluate(() => document.getElementById("only")?.remove());
  await page.clock.runFor(5_000);
  await expect.poll(() => pending(push, "/push/info")).toBe(0);
});

const INFOS: readonly (readonly [string, Reply])[] = [
  ["HTML", "<!DOCTYPE html><title>Plone site</title><h1>Welcome</h1>"],
  ["a redirect to HTML", { status: 302, headers: { Location: "/somewhere" } }],
  ["a redirect to itself", { status: 302, headers: { Location: "/push/info" } }],
  ["500", { status: 500, body: "<h1>Internal Server Error</h1>" }],
  ["404", { status: 404 }],
  ["JSON that is no information", "[1, 2, 3]"],
  ["null", "null"],
  ["nothing", ""],
  ["an object without what SockJS says", '{"status": "ok"}'],
  ["words for what should be yes or no", '{"websocket": "true"}'],
  ["an image", { headers: { "Content-Type": "image/png" }, body: "\u0089PNG" }],
];

test("an /info that answers with something else is tried again until it is one", async ({ page, push, allow }) => {
  allow(FALLBACK);
  await loadDice(page, 0);
  await holdClock(page);
  push.snippet("/somewhere", "<h1>Somewhere</h1>");
  const info = push.snippet("/push/info", INFO);
  let socket = await opened(page, push, { ...upToDate(push), body: LIST });
  for (const [index, [what, answer]] of INFOS.entries()) {
    await test.step(what, async () => {
      info.answer = answer;
      const asked = push.requestsFor("/push/info").length;
      socket.drop();
      await expect(async () => {
        await page.clock.fastForward(5_000);
        expect(push.requestsFor("/push/info").length).toBeGreaterThan(asked + 2);
      }).toPass({ intervals: [100] });
      await expect(page.locator("body")).toHaveAttribute("data-inject-async-state", /^(connecting|waiting)$/);

      info.answer = INFO;
      await expect(async () => {
        // Not while it connects: that needs real time, and with so much of the page's it would be given up.
        if ((await stateOf(page)) === "waiting") await page.clock.fastForward(5_000);
        await expectOpenSoon(page);
      }).toPass({ intervals: [100] });
      push.broadcast(item(index));
      await expect(items(page)).toHaveCount(index + 1);
      socket = push.sockets.findLast(({ isOpen }) => isOpen) ?? socket;
    });
  }
  const types = (await drainEvents(page)).map(({ type }) => type);
  expect(types).not.toContain("pat-inject-async-unauthorized");
});

test("an /info that answers with something else is asked a few times a minute, and lets no transport loose", async ({
  page,
  push,
  allow,
}) => {
  allow(FALLBACK);
  await loadDice(page, 0.999);
  await holdClock(page);
  push.snippet("/somewhere", "<h1>Somewhere</h1>");
  for (const [what, answer] of INFOS) {
    await test.step(what, async () => {
      push.snippet("/push/info", answer);
      const before = push.requests.length;
      await page.goto(push.page("/", libraryPage()));
      await expectState(page, "waiting");
      await pass(page, push, 60);
      // Half a second, one, two, four, eight, sixteen: SockJS's question and ours, and to where they are sent from there.
      const requests = push.requests.slice(before);
      const asked = requests.filter(({ path }) => path === "/push/info");
      expect(asked.length).toBeGreaterThan(4);
      if (what !== "a redirect to itself") expect(asked.length).toBeLessThanOrEqual(20);
      expect(requests.filter(({ path }) => /^\/push\/(?!info$)/.test(path))).toEqual([]);
      await expectState(page, "waiting");
    });
  }
});

async function expectOpenSoon(page: Page): Promise<void> {
  await expect(page.locator("body")).toHaveAttribute("data-inject-async-state", "open", { timeout: 500 });
}

/** How many requests for the path have no outcome yet. */
async function pending(push: PushServer, path: string): Promise<number> {
  const open = await Promise.all(
    push.requestsFor(path).map(({ outcome }) => Promise.race([outcome, Promise.resolve("pending")])),
  );
  return open.filter((outcome) => outcome === "pending").length;
}
