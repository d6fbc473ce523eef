/** Only what is needed is asked for: one fetch for one URL, none for what is not there, and not all browsers at once. */
import { test as base, drainEvents, expect } from "../support/fixture.ts";
import { bodyWith, items, opened } from "../support/opened.ts";
import { holdClock, loadDice, standStill } from "../support/page-time.ts";

const BODY = '<p id="a">old</p><p id="b">old</p><p id="last"></p><ul id="list"></ul>';

interface Coalescing {
  /** Loads a page with the library and some targets. */
  readonly open: (options?: string) => Promise<void>;
}

const test = base.extend<Coalescing>({
  open: async ({ page, push }, use) => {
    await use(async (options = "") => {
      await opened(page, push, { body: BODY, bodyAttributes: bodyWith(options) });
    });
  },
});

test("a thousand messages for one URL are two requests, and the last answer is shown", async ({ page, push, open }) => {
  let requests = 0;
  const snippet = push.snippet("/doc/1", () => `<p>answer ${++requests}</p>`).hold();
  await open();
  for (let count = 0; count < 1_000; count++) push.broadcast({ url: "/doc/1", inject: "target: #a" });
  await push.settled(page);
  snippet.release();
  await expect(page.locator("#a")).toHaveText("answer 2");
  await push.settled(page);
  expect(requests).toBe(2);
});

test("a thousand messages that only name a URL are two requests", async ({ page, push, open }) => {
  let requests = 0;
  const snippet = push.snippet("/doc/1", () => `<p id="a">answer ${++requests}</p>`).hold();
  await open();
  for (let count = 0; count < 1_000; count++) push.broadcast({ url: "/doc/1" });
  await push.settled(page);
  snippet.release();
  await expect(page.locator("#a")).toHaveText("answer 2");
  await push.settled(page);
  expect(requests).toBe(2);
});

test("one fetch serves the targets of several messages", async ({ page, push, open }) => {
  push.snippet("/doc/1", '<p id="x">one</p><p id="y">two</p>');
  const first = push.snippet("/first", "first").hold();
  await open("concurrency: 1");
  push.broadcast({ url: "/first", inject: "target: #last" });
  push.broadcast({ url: "/doc/1", inject: "source: #x; target: #a" });
  push.broadcast({ url: "/doc/1", inject: "source: #y; target: #b" });
  await push.settled(page);
  first.release();
  await expect(page.locator("#a")).toHaveText("one");
  await expect(page.locator("#b")).toHaveText("two");
  expect(push.requestsFor("/doc/1")).toHaveLength(1);
});

test("of queued replacements of one target only the newest is fetched", async ({ page, push, open }) => {
  const first = push.snippet("/first", "first").hold();
  await open("concurrency: 1");
  push.broadcast({ url: "/first", inject: "target: #b" });
  for (let count = 0; count < 10; count++) {
    push.snippet(`/doc/${count}`, `<p>${count}</p>`);
    push.broadcast({ url: `/doc/${count}`, inject: "target: #a" });
  }
  await push.settled(page);
  first.release();
  await expect(page.locator("#a")).toHaveText("9");
  expect(push.requests.filter(({ path }) => path.startsWith("/doc/")).map(({ path }) => path)).toEqual(["/doc/9"]);
});

test("insertions never merge: each is fetched, and comes once", async ({ page, push, open }) => {
  let requests = 0;
  const snippet = push.snippet("/doc/1", () => `<li>${++requests}</li>`).hold();
  await open();
  for (let count = 0; count < 20; count++) push.broadcast({ url: "/doc/1", inject: "target: #list::after" });
  await push.settled(page);
  snippet.release();
  await expect(items(page)).toHaveText(Array.from({ length: 20 }, (_, index) => `${index + 1}`));
  expect(requests).toBe(20);
});

test("a thousand messages for targets that are not there are no request", async ({ page, push, open }) => {
  await open();
  const before = push.requests.length;
  for (let count = 0; count < 1_000; count++) {
    push.broadcast({ url: `/doc/${count}`, inject: `source: #x; target: #preview-${count}-listing` });
  }
  await push.settled(page);
  expect(push.requests.slice(before)).toEqual([]);
  const types = (await drainEvents(page)).map(({ type }) => type);
  expect(types.filter((type) => /error|rejected/.test(type))).toEqual([]);
});

test("a message for many browsers is fetched some time later, so that they spread", async ({ page, push, open }) => {
  await holdClock(page);
  await loadDice(page, 0.5);
  push.snippet("/doc/1", "<p>new</p>");
  await open();
  await standStill(page);
  push.broadcast({ url: "/doc/1", inject: "target: #a", broadcast: true });
  await push.settled(page);
  await page.clock.runFor(900);
  await push.settled(page);
  expect(push.requestsFor("/doc/1")).toEqual([]);
  await page.clock.runFor(200);
  await expect(page.locator("#a")).toHaveText("new");
});

test("over which time they spread is the site's choice, and for other messages nothing is waited for", async ({
  page,
  push,
  open,
}) => {
  await holdClock(page);
  await loadDice(page, 0.999);
  push.snippet("/doc/1", "<p>new</p>");
  push.snippet("/doc/2", "<p>new</p>");
  await open("jitter: 10000");
  await standStill(page);
  push.broadcast({ url: "/doc/1", inject: "target: #a", broadcast: true });
  push.broadcast({ url: "/doc/2", inject: "target: #b" });
  await expect(page.locator("#b")).toHaveText("new");
  await page.clock.runFor(9_900);
  await push.settled(page);
  expect(push.requestsFor("/doc/1")).toEqual([]);
  await page.clock.runFor(100);
  await expect(page.locator("#a")).toHaveText("new");
});

test("with `jitter: 0`, and for what comes with its message, nothing is waited for", async ({ page, push, open }) => {
  await holdClock(page);
  await loadDice(page, 0.999);
  push.snippet("/doc/1", "<p>new</p>");
  await open("jitter: 0");
  await standStill(page);
  push.broadcast({ url: "/doc/1", inject: "target: #a", broadcast: true });
  push.broadcast({ html: "new", inject: "target: #b", broadcast: true });
  for (const id of ["#a", "#b"]) await expect(page.locator(id)).toHaveText("new");
});

test("a target that goes while a fetch is put off costs no request", async ({ page, push, open }) => {
  await holdClock(page);
  await loadDice(page, 0.999);
  push.snippet("/doc/1", "<p>new</p>");
  await open();
  await standStill(page);
  push.broadcast({ url: "/doc/1", inject: "target: #a", broadcast: true });
  await push.settled(page);
  await page.evaluate(() => document.getElementById("a")?.remove());
  await page.clock.runFor(5_000);
  await push.settled(page);
  expect(push.requestsFor("/doc/1")).toEqual([]);
});

test("a message for the same that is not for many makes the fetch happen at once, for both", async ({
  page,
  push,
  open,
}) => {
  await holdClock(page);
  await loadDice(page, 0.999);
  push.snippet("/doc/1", "<p>new</p>");
  await open();
  await standStill(page);
  push.broadcast({ url: "/doc/1", inject: "target: #a", broadcast: true });
  push.broadcast({ url: "/doc/1", inject: "target: #b" });
  for (const id of ["#a", "#b"]) await expect(page.locator(id)).toHaveText("new");
  await page.clock.runFor(5_000);
  await push.settled(page);
  expect(push.requestsFor("/doc/1")).toHaveLength(1);
});

test("URLs that differ in their fragment are one fetch", async ({ page, push }) => {
  push.snippet("/doc/1", '<p id="a">A</p><p id="b">B</p>');
  const first = push.snippet("/first", "first").hold();
  const bodyAttributes = bodyWith("concurrency: 1");
  const socket = await opened(page, push, { bodyAttributes, body: '<i id="first"></i><p id="a"></p><p id="b"></p>' });
  socket.send({ url: "/first", inject: "target: #first" });
  socket.send({ url: "/doc/1#a", inject: "target: #a" });
  socket.send({ url: "/doc/1#b", inject: "target: #b" });
  await push.settled(page);
  first.release();
  await expect(page.locator("#a")).toHaveText("A");
  await expect(page.locator("#b")).toHaveText("B");
  expect(push.requestsFor("/doc/1")).toHaveLength(1);
});
