/**
 * A page's life in a real Chromium: offline and online, hidden and seen, frozen and thawed, reloaded.
 *
 * Pages here are tabs of a window (see support/tabs.ts), so that a hidden one is truly hidden.
 */
import { drainEvents, expect, libraryPage } from "../support/fixture.ts";
import { expectState, FAILED, INFO, item, items, opened, placeholder, upToDate } from "../support/opened.ts";
import { holdClock, loadDice, passUntil, standStill } from "../support/page-time.ts";
import { hide, lookAt, test } from "../support/tabs.ts";

const LIST = { body: '<ul id="list"></ul>' };

test.describe("offline", () => {
  test("attempts fail, and once online one is made at once", async ({ page, push, context, allow }) => {
    allow(FAILED);
    await holdClock(page);
    await loadDice(page, 0.999);
    const socket = await opened(page, push, LIST);
    push.broadcast(item("before"));
    await expect(items(page)).toHaveText(["before"]);

    await standStill(page);
    socket.drop();
    await passUntil(page, "waiting");
    await context.setOffline(true);
    push.broadcast(item("while offline"));
    // Half a minute between two attempts by now: more than a test has patience.
    for (const _ of Array.from({ length: 9 })) {
      await page.clock.runFor(31_000);
      await passUntil(page, "waiting");
    }
    expect(push.sockets).toHaveLength(1);
    await page.clock.resume();
    await context.setOffline(false);
    await push.nextSocket();
    await expect(items(page)).toHaveText(["before", "while offline"]);
  });

  test("a connection that survives is kept", async ({ page, push, context }) => {
    const socket = await opened(page, push, LIST);
    await context.setOffline(true);
    await context.setOffline(false);
    push.broadcast(item("after"));
    await expect(items(page)).toHaveText(["after"]);
    expect(push.sockets).toEqual([socket]);
  });
});

test.describe("hidden", () => {
  test("a page goes on receiving", async ({ page, push }) => {
    await opened(page, push, LIST);
    const front = await hide(page);
    for (const count of [1, 2, 3]) push.broadcast(item(count));
    await expect(items(page)).toHaveText(["1", "2", "3"]);
    await lookAt(page, front);
    expect(push.sockets).toHaveLength(1);
  });

  test("it waits like any other; looked at, it tries at once", async ({ page, push, allow }) => {
    allow(FAILED);
    await holdClock(page);
    await loadDice(page, 0.999);
    const info = push.snippet("/push/info", INFO);
    const socket = await opened(page, push, LIST);
    const front = await hide(page);
    info.answer = { status: 503 };
    socket.drop();
    for (const _ of Array.from({ length: 9 })) {
      await page.clock.runFor(31_000);
      await expectState(page, "waiting");
    }
    push.broadcast(item("missed"));
    info.answer = INFO;
    expect(push.sockets).toHaveLength(1);
    await lookAt(page, front);
    await push.nextSocket();
    await expect(items(page)).toHaveText(["missed"]);
  });

  test("placeholders are not polled for; looked at, they are", async ({ page, push, allow }) => {
    allow(FAILED);
    await holdClock(page);
    push.snippet("/push/info", { status: 503 });
    const waiting = placeholder("preview", "/doc/1");
    push.snippet("/doc/1", waiting);
    await page.goto(push.page("/", libraryPage({ ...upToDate(push), body: waiting })));
    await expectState(page, "waiting");
    const front = await hide(page);
    const before = push.requestsFor("/doc/1").length;
    for (const _ of Array.from({ length: 60 })) await page.clock.runFor(5_000);
    expect(push.requestsFor("/doc/1")).toHaveLength(before);

    push.snippet("/doc/1", '<div id="preview">ready</div>');
    await lookAt(page, front);
    for (const _ of Array.from({ length: 20 })) await page.clock.runFor(5_000);
    await expect(page.locator("#preview")).toHaveText("ready");
  });

  test("a placeholder is fetched again on return to the page", async ({ page, push }) => {
    // The line is open and nothing was missed; yet the push may have been lost where no stream could replay it.
    await loadDice(page, 0);
    push.snippet("/doc/1", '<div id="preview">ready</div>');
    await opened(page, push, { ...upToDate(push), body: placeholder("preview", "/doc/1") });
    const front = await hide(page);
    expect(push.requestsFor("/doc/1")).toHaveLength(0);
    await lookAt(page, front);
    await expect(page.locator("#preview")).toHaveText("ready");
    expect(push.requestsFor("/doc/1")).toHaveLength(1);
  });
});

test("a frozen page that thaws has lost nothing", async ({ page, push, context, allow }) => {
  allow(/failed: Page entered Back-Forward Cache/); // Chromium's word for what it does to a frozen page's sockets
  await loadDice(page, 0);
  const socket = await opened(page, push, LIST);
  const devtools = await context.newCDPSession(page);
  const front = await hide(page);
  await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
  push.broadcast(item("while frozen"));
  socket.drop();
  push.broadcast(item("while frozen and away"));
  await devtools.send("Page.setWebLifecycleState", { state: "active" });
  await lookAt(page, front);
  await push.nextSocket();
  push.broadcast(item("thawed"));
  await expect(items(page)).toHaveText(["while frozen", "while frozen and away", "thawed"]);
});

test("a page that is reloaded starts from where the server rendered it", async ({ page, push }) => {
  push.snippet("/", () => libraryPage({ ...upToDate(push), ...LIST }));
  await page.goto(`${push.url}/`);
  const first = await push.nextSocket();
  push.broadcast(item("before"));
  await expect(items(page)).toHaveText(["before"]);
  await page.reload();
  await first.closed;
  const second = await push.nextSocket();
  expect(await second.nextMessage()).toEqual({ type: "resume", position: "1732361000000-1" });
  push.broadcast(item("after"));
  await expect(items(page)).toHaveText(["after"]);
  expect((await drainEvents(page)).map(({ type }) => type)).not.toContain("pat-inject-async-gap");
});
