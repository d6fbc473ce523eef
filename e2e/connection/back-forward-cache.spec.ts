/** Chromium keeps a page with an open connection in its back/forward cache, and what comes out of it catches up, once. */
import type { Page } from "@playwright/test";
import { expect, libraryPage } from "../support/fixture.ts";
import { expectState, FAILED, FALLBACK, INFO, item, items, opened, upToDate } from "../support/opened.ts";
import { loadDice } from "../support/page-time.ts";
import { test } from "../support/tabs.ts";
import { blockAllBut } from "../support/transports.ts";

const LIST = { body: '<ul id="list"></ul>' };

test.describe("the back/forward cache", () => {
  for (const transport of ["websocket", "xhr-streaming", "xhr-polling"] as const) {
    test(`takes a page with an open ${transport}, which on return catches up, once`, async ({ page, push, allow }) => {
      allow(FALLBACK);
      blockAllBut(push, transport);
      await notePageshow(page);
      const socket = await opened(page, push, LIST);
      expect(socket.transport).toBe(transport);
      push.broadcast(item("before"));
      await expect(items(page)).toHaveText(["before"]);

      await page.goto(push.page("/elsewhere", "<!DOCTYPE html><title>Elsewhere</title>"));
      await socket.closed; // a page in the cache keeps no connection
      for (const text of ["away 1", "away 2"]) push.broadcast(item(text));
      await page.goBack({ waitUntil: "commit" });
      await expectRestored(page);
      await push.nextSocket();
      push.broadcast(item("back"));
      await expect(items(page)).toHaveText(["before", "away 1", "away 2", "back"]);
      await expectState(page, "open");
    });
  }

  test("takes a page that is connecting, and one that is waiting", async ({ page, push, allow }) => {
    allow(FAILED);
    await loadDice(page, 0.999);
    await notePageshow(page);
    const info = push.snippet("/push/info", INFO).hold();
    push.page("/elsewhere", "<!DOCTYPE html><title>Elsewhere</title>");
    await page.goto(push.page("/", libraryPage(LIST)));
    await push.nextRequest("/push/info");
    await page.goto(`${push.url}/elsewhere`);
    await page.goBack({ waitUntil: "commit" });
    await expectRestored(page);

    info.answer = { status: 503 };
    info.release();
    await expectState(page, "waiting");
    await page.goto(`${push.url}/elsewhere`);
    info.answer = INFO;
    await page.goBack({ waitUntil: "commit" });
    await expectRestored(page);
    await push.nextSocket();
    await expectState(page, "open");
  });

  test("takes a page whose session is over, which on return tries again", async ({ page, push, allow }) => {
    allow(FAILED);
    await notePageshow(page);
    const socket = await opened(page, push, LIST);
    const info = push.snippet("/push/info", { status: 401 });
    socket.close(4401, "session over");
    await expectState(page, "stopped");
    info.answer = INFO;
    await page.goto(push.page("/elsewhere", "<!DOCTYPE html><title>Elsewhere</title>"));
    push.broadcast(item("away"));
    await page.goBack({ waitUntil: "commit" });
    await expectRestored(page);
    await expectState(page, "open");
    await expect(items(page)).toHaveText(["away"]);
  });

  test("or a reload: what was being fetched when the page was left is there on return", async ({
    page,
    push,
    allow,
  }) => {
    allow(FAILED);
    await loadDice(page, 0);
    const snippet = push.snippet("/doc/1", "<p>new</p>").hold();
    await opened(page, push, { ...upToDate(push), body: '<div id="target">old</div>' });
    push.broadcast({ url: "/doc/1", inject: "target: #target" });
    await push.nextRequest("/doc/1");
    await page.goto(push.page("/elsewhere", "<!DOCTYPE html><title>Elsewhere</title>"));
    snippet.release();
    await page.goBack({ waitUntil: "commit" });
    // Chromium may keep a page with a request under way, or may not: then the message is replayed to the new one.
    await expect(page.locator("#target")).toHaveText("new");
  });
});

async function notePageshow(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.addEventListener("pageshow", (event) => Reflect.set(window, "persisted", event.persisted));
  });
}

/** The page came from the cache as it was left, and nothing in it would have kept it from that. */
async function expectRestored(page: Page): Promise<void> {
  await page.waitForFunction(() => Reflect.get(window, "persisted") !== undefined);
  const found = await page.evaluate(() => {
    const [entry] = performance.getEntriesByType("navigation");
    return {
      persisted: Reflect.get(window, "persisted"),
      notRestoredReasons: entry && Reflect.get(entry, "notRestoredReasons"),
    };
  });
  expect(found).toEqual({ persisted: true, notRestoredReasons: null });
}
