/** `push.settled` waits for everything that is under way on a page, and for nothing else. */
import { drainEvents, expect, test } from "./fixture.ts";
import { bodyWith, item, items, opened, upToDate } from "./opened.ts";
import { holdClock, loadDice, standStill } from "./page-time.ts";

const LIST = '<ul id="list"></ul>';

test("what was sent is in place: fetched or not, one after the other, or in a burst", async ({ page, push }) => {
  push.snippet("/slow", async () => {
    // The page has time to settle, and must not.
    await push.nextRequest("/tick");
    return "<li>slow</li>";
  });
  push.snippet("/tick", "");
  await opened(page, push, { body: LIST, bodyAttributes: bodyWith("concurrency: 1") });
  const numbers = Array.from({ length: 300 }, (_, n) => `${n}`);
  for (const n of numbers) push.broadcast(item(n));
  push.broadcast({ url: "/slow", inject: "target: #list::after" });
  const settled = push.settled(page);
  await page.evaluate(() => fetch("/tick").then((response) => response.text()));
  await settled;
  expect(await items(page).allTextContents()).toEqual([...numbers, "slow"]);
});

test("a snippet whose answer is held back is not waited for, what it led to is", async ({ page, push }) => {
  await loadDice(page, 0);
  const snippet = push.snippet("/doc/1", "<li>1</li>").hold();
  push.snippet("/doc/2", "<li>2</li>");
  await opened(page, push, { body: LIST });
  for (const url of ["/doc/1", "/doc/2"]) push.broadcast({ url, inject: "target: #list::after" });
  await push.settled(page);
  expect([push.requestsFor("/doc/1").length, push.requestsFor("/doc/2").length]).toEqual([1, 1]);
  expect(await items(page).count()).toBe(0);
  snippet.release();
  await push.settled(page);
  expect(await items(page).allTextContents()).toEqual(["1", "2"]);
});

test("what was sent while the connection was lost is in place, after the replay", async ({ page, push }) => {
  await loadDice(page, 0);
  const socket = await opened(page, push, { ...upToDate(push), body: LIST });
  push.broadcast(item(1));
  socket.drop();
  push.broadcast(item(2));
  await push.settled(page);
  expect(await items(page).allTextContents()).toEqual(["1", "2"]);
});

test("it needs no clock of the page, and leaves no event behind", async ({ page, push }) => {
  await holdClock(page);
  await opened(page, push, { ...upToDate(push), body: LIST });
  await drainEvents(page);
  await standStill(page);
  await Promise.all([push.settled(page), push.settled(page)]);
  push.broadcast(item(1));
  await push.settled(page);
  expect(await items(page).allTextContents()).toEqual(["1"]);
  expect((await drainEvents(page)).map(({ type }) => type)).toEqual([
    "pat-inject-async-before-inject",
    "pat-inject-async-injected",
  ]);
});
