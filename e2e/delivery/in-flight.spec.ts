/** What happens while a snippet is on its way: more messages, other answers first, targets that go. */
import type { Page } from "@playwright/test";
import { test as base, drainEvents, expect } from "../support/fixture.ts";
import { bodyWith, opened } from "../support/opened.ts";
import type { PushSocket } from "../support/push-socket.ts";

const test = base.extend<{ open: (body: string) => Promise<PushSocket> }>({
  /**
   * Loads a page with the library and this in its body. Fetches have no time limit that a test could live to see: what is
   * aborted here is aborted for its own reason.
   */
  open: async ({ page, push }, use) => {
    const bodyAttributes = bodyWith("timeout: 3600000");
    await use((body) => opened(page, push, { bodyAttributes, body }));
  },
});

const failures = async (page: Page) => (await drainEvents(page)).filter(({ type }) => /error|rejected/.test(type));

test("messages that insert are none of them lost, though one is in flight", async ({ page, push, open }) => {
  const snippet = push.snippet("/doc/1", "<i>+</i>").hold();
  const socket = await open('<p id="b">old</p><p id="c">old</p>');
  socket.send({ url: "/doc/1", inject: "target: #b::after" });
  await push.nextRequest("/doc/1");
  for (const target of ["#b::after", "#c", "#b::before", "#b::after", "#c"]) {
    socket.send({ url: "/doc/1", inject: `target: ${target}` });
  }
  await push.settled(page);
  snippet.release();
  await expect(page.locator("#b")).toHaveText("+old+++");
  await expect(page.locator("#c")).toHaveText("+");
});

test("messages for a URL in flight are answered by one more fetch, made after the first", async ({
  page,
  push,
  open,
}) => {
  let answers = 0;
  const snippet = push.snippet("/doc/1", () => (++answers === 1 ? "old" : "new")).hold();
  const socket = await open('<p id="b"></p><p id="c"></p>');
  socket.send({ url: "/doc/1", inject: "target: #b" });
  await push.nextRequest("/doc/1");
  for (const target of ["#b", "#c", "#b", "#c", "#b"]) socket.send({ url: "/doc/1", inject: `target: ${target}` });
  await push.settled(page);
  expect(push.requestsFor("/doc/1")).toHaveLength(1);
  snippet.release();
  await expect(page.locator("#b")).toHaveText("new");
  await expect(page.locator("#c")).toHaveText("new");
  expect(push.requestsFor("/doc/1")).toHaveLength(2);
});

for (const [name, older, newer, answer] of [
  ["the same way", "target: #b", "target: #b", "new"],
  ["with other modifiers", "target: #b", "source: p; target: #b::element", '<p><b id="b">new</b></p>'],
  ["by the snippet itself", "target: #b", undefined, '<p id="b">new</p>'],
] as const) {
  test(`of two URLs for one target, named ${name}, the newer wins, though it is answered first`, async ({
    page,
    push,
    open,
  }) => {
    const first = push.snippet("/first", "old").hold();
    const second = push.snippet("/second", answer).hold();
    const socket = await open('<p id="b">none</p>');
    socket.send({ url: "/first", inject: older });
    socket.send({ url: "/second", ...(newer && { inject: newer }) });
    const request = await push.nextRequest("/first");
    await push.nextRequest("/second");
    second.release();
    await expect(page.locator("#b")).toHaveText("new");
    first.release();
    await request.outcome;
    await push.settled(page);
    await expect(page.locator("#b")).toHaveText("new");
    expect(await failures(page)).toEqual([]);
  });
}

test("a target is the same however its id is written", async ({ page, push, open }) => {
  const first = push.snippet("/first", "old").hold();
  push.snippet("/second", '<p id="4f2a">new</p>');
  const socket = await open('<p id="4f2a">none</p>');
  socket.send({ url: "/first", inject: "target: #4f2a" });
  const request = await push.nextRequest("/first");
  socket.send({ url: "/second" });
  await expect(page.locator('[id="4f2a"]')).toHaveText("new");
  first.release();
  await request.outcome;
  await push.settled(page);
  await expect(page.locator('[id="4f2a"]')).toHaveText("new");
});

test("insertions are in the order of their messages, whichever is answered first", async ({ page, push, open }) => {
  const snippets = [1, 2, 3].map((n) => push.snippet(`/doc/${n}`, `<i>${n}</i>`).hold());
  const socket = await open('<p id="b"></p>');
  for (const n of [1, 2, 3]) socket.send({ url: `/doc/${n}`, inject: "target: #b::after" });
  const requests = await Promise.all([1, 2, 3].map((n) => push.nextRequest(`/doc/${n}`)));
  for (const index of [2, 1, 0]) {
    snippets[index]?.release();
    await requests[index]?.outcome;
  }
  await expect(page.locator("#b")).toHaveText("123");
});

test("a target that is removed while its snippet is loading aborts the request, without an error", async ({
  page,
  push,
  open,
}) => {
  const snippet = push.snippet("/doc/1", "new").hold();
  const socket = await open('<section><p id="b">old</p></section>');
  socket.send({ url: "/doc/1", inject: "target: #b" });
  const request = await push.nextRequest("/doc/1");
  await page.locator("section").evaluate((section) => section.remove());
  expect(await request.outcome).toBe("aborted");
  snippet.release();
  await push.settled(page);
  expect(await failures(page)).toEqual([]);
  await expect(page.locator("#b")).toHaveCount(0);
});

test("a request goes on while one of its targets is left", async ({ page, push, open }) => {
  const snippet = push.snippet("/doc/1", "new").hold();
  const socket = await open('<p id="b">old</p><p id="c">old</p>');
  socket.send({ url: "/doc/1", inject: "target: #b && target: #c" });
  await push.nextRequest("/doc/1");
  await page.locator("#b").evaluate((element) => element.remove());
  await push.settled(page);
  snippet.release();
  await expect(page.locator("#c")).toHaveText("new");
  expect(push.requestsFor("/doc/1")).toHaveLength(1);
  expect(await failures(page)).toEqual([]);
});

test("a target that is removed and comes back still gets what was on its way", async ({ page, push, open }) => {
  const snippet = push.snippet("/doc/1", "new").hold();
  const socket = await open('<p id="b">old</p>');
  socket.send({ url: "/doc/1", inject: "target: #b" });
  const request = await push.nextRequest("/doc/1");
  await page.locator("#b").evaluate((element) => element.remove());
  await request.outcome;
  snippet.release();
  await page.evaluate(() => document.body.append(Object.assign(document.createElement("p"), { id: "b" })));
  await expect(page.locator("#b")).toHaveText("new");
});
