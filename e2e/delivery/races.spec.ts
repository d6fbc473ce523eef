/** Messages, fetches and targets at the same time, in the order that hurts. Each test tells its interleaving first. */
import { addElements } from "../support/elements.ts";
import { drainEvents, expect, libraryPage, nextEvent, test } from "../support/fixture.ts";
import { expectState, FAILED, opened, placeholder, upToDate } from "../support/opened.ts";
import { loadDice } from "../support/page-time.ts";

test("destroy during a fetch", async ({ page, push }) => {
  // 1. A message comes; its fetch is held.
  // 2. The pattern is destroyed on the only element, whose target stays on the page.
  // 3. Nobody is subscribed any more: the fetch is aborted, and nothing is injected.
  push.snippet("/doc/1", "<p>never</p>").hold();
  const socket = await opened(page, push, { body: '<div id="target">old</div>' });
  push.broadcast({ url: "/doc/1", inject: "target: #target" });
  const request = await push.nextRequest("/doc/1");
  await page.evaluate(() => document.body["pattern-inject-async"]?.destroy());
  expect(await request.outcome).toBe("aborted");
  await socket.closed;
  await expect(page.locator("#target")).toHaveText("old");
  const events = (await drainEvents(page)).map(({ type }) => type);
  expect(events).not.toContain("pat-inject-async-error");
  expect(events).not.toContain("pat-inject-async-injected");
});

test("destroyed and used again before the connection is given up", async ({ page, push }) => {
  // 1. A message is being fetched; the answer is held.
  // 2. The only element is replaced by another one of the same endpoint.
  // 3. The answer comes.
  // The connection never closed, and the message is not lost.
  const snippet = push.snippet("/doc/1", "<p>new</p>").hold();
  const only = '<div id="only" class="pat-inject-async"></div><div id="target">old</div>';
  await page.goto(push.page("/", libraryPage({ bodyAttributes: "", body: only })));
  const socket = await push.nextSocket();
  await expectState(page, "open", page.locator("#only"));
  push.broadcast({ url: "/doc/1", inject: "target: #target" });
  await push.nextRequest("/doc/1");
  await page.evaluate(() => document.getElementById("only")?.remove());
  await addElements(page, '<div id="other" class="pat-inject-async"></div>');
  await expectState(page, "open", page.locator("#other"));
  snippet.release();
  await expect(page.locator("#target")).toHaveText("new");
  expect(push.sockets).toEqual([socket]);
  expect(socket.isOpen).toBe(true);
});

test("a gap during a fetch", async ({ page, push }) => {
  // 1. A message makes the page fetch the placeholder's snippet; the answer is held.
  // 2. The line is cut; the server cannot bridge: a gap, so the placeholder is to be fetched again.
  // 3. The first answer comes, which was made before the gap, and is no placeholder any more; then the second.
  // The placeholder ends with the second; it is applied after the first, or instead of it.
  await loadDice(page, 0);
  const socket = await opened(page, push, { ...upToDate(push), body: placeholder("preview", "/doc/1") });
  const snippet = push.snippet("/doc/1", '<div id="preview">before the gap</div>').hold();
  push.broadcast({ url: "/doc/1" });
  await push.nextRequest("/doc/1");
  push.welcome("gap");
  socket.drop();
  await push.nextSocket();
  await nextEvent(page, "pat-inject-async-gap");
  // The placeholder asks in a timer that was set before this one: the first answer must not come before that.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  snippet.release();
  snippet.hold();
  await expect(page.locator("#preview")).toHaveText("before the gap");
  await push.nextRequest("/doc/1");
  snippet.answer = '<div id="preview">after the gap</div>';
  // That the placeholder went is told in a timer, too, of 50 ms: what has been asked must not be given up by that.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
  snippet.release();
  await expect(page.locator("#preview")).toHaveText("after the gap");
});

test("a newer message while an older fetch is slow", async ({ page, push }) => {
  // 1. Message 1 for the target: its fetch is held.
  // 2. Message 2 for the same target, another URL: answered at once, applied.
  // 3. The answer to message 1 comes.
  // The older never wins.
  push.snippet("/doc/new", "<p>new</p>");
  const old = push.snippet("/doc/old", "<p>old</p>").hold();
  await opened(page, push, { body: '<div id="target"></div>' });
  push.broadcast({ url: "/doc/old", inject: "target: #target" });
  await push.nextRequest("/doc/old");
  push.broadcast({ url: "/doc/new", inject: "target: #target" });
  await expect(page.locator("#target")).toHaveText("new");
  old.release();
  await push.settled(page);
  await expect(page.locator("#target")).toHaveText("new");
});

test("a newer message before an older one that was refused is tried again", async ({ page, push, allow }) => {
  // 1. Message 1 for the target: the session is over, its snippet is refused.
  // 2. The user logs in elsewhere; message 2 for the same target comes and is applied.
  // 3. The page is looked at: what was refused is tried again, and would now be had.
  // The older never wins.
  allow(FAILED);
  const old = push.snippet("/doc/old", { status: 401 });
  push.snippet("/doc/new", "<p>new</p>");
  push.snippet("/doc/other", { status: 401 });
  await opened(page, push, { body: '<div id="target"></div><div id="other"></div>' });
  push.broadcast({ url: "/doc/old", inject: "target: #target" });
  push.broadcast({ url: "/doc/other", inject: "target: #other" });
  for (const path of ["/doc/old", "/doc/other"]) await (await push.nextRequest(path)).outcome;
  await nextEvent(page, "pat-inject-async-unauthorized");
  push.broadcast({ url: "/doc/new", inject: "target: #target" });
  await expect(page.locator("#target")).toHaveText("new");

  old.answer = "<p>old</p>";
  push.snippet("/doc/other", "<p>other</p>");
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await expect(page.locator("#other")).toHaveText("other");
  await push.settled(page);
  await expect(page.locator("#target")).toHaveText("new");
});

test("a newer message for one URL while its fetch is under way", async ({ page, push }) => {
  // 1. Message 1: the snippet is being fetched and has been rendered, but its answer is slow.
  // 2. Message 2 for the same URL: there is something newer.
  // 3. The first answer comes.
  // It is asked again, and the page ends with the second answer.
  const texts = ["first"];
  const snippet = push.snippet("/doc/1", () => `<div id="target">${texts.shift() ?? "second"}</div>`).hold();
  await opened(page, push, { body: '<div id="target"></div>' });
  push.broadcast({ url: "/doc/1" });
  await push.nextRequest("/doc/1");
  push.broadcast({ url: "/doc/1" });
  await push.settled(page);
  snippet.release();
  await push.settled(page);
  await expect(page.locator("#target")).toHaveText("second");
  expect(push.requestsFor("/doc/1")).toHaveLength(2);
});

test("a placeholder that appears after its message was applied", async ({ page, push }) => {
  // 1. The server renders a listing with a placeholder, slowly.
  // 2. The message comes; the snippet is fetched; its target is not on the page: applied to nothing, or kept.
  // 3. The listing arrives, with the placeholder, rendered before the message.
  // There will be no second message: the placeholder is fetched again, or gets what was kept.
  push.snippet("/doc/1", '<div id="preview-1">ready</div>');
  await opened(page, push, { ...upToDate(push), body: '<div id="listing"></div>' });
  push.broadcast({ url: "/doc/1", inject: "source: #preview-1::element; target: #preview-1::element" });
  await push.settled(page);
  push.broadcast({ html: placeholder("preview-1", "/doc/1"), inject: "target: #listing" });
  await expect(page.locator("#preview-1")).toHaveText("ready");
});

test("a stale listing brings a placeholder back after its message was applied", async ({ page, push }) => {
  // 1. The page shows a placeholder; its message comes and it is replaced by the preview.
  // 2. A listing that was rendered before the message replaces the whole list, placeholder included.
  // 3. No message will come again.
  // The placeholder is fetched again, by itself.
  push.snippet("/doc/1", '<div id="preview-1">ready</div>');
  const listing = placeholder("preview-1", "/doc/1");
  await opened(page, push, { ...upToDate(push), body: `<div id="listing">${listing}</div>` });
  push.broadcast({ url: "/doc/1" });
  await expect(page.locator("#preview-1")).toHaveText("ready");
  push.broadcast({ html: listing, inject: "target: #listing" });
  await nextEvent(page, "pat-inject-async-injected", { target: "#listing" });
  await expect(page.locator("#preview-1")).toHaveText("ready");
});

test("a message for a container while one for a target inside it is applied", async ({ page, push }) => {
  // 1. Message 1 replaces the container: its fetch is slow, and was rendered before message 2.
  // 2. Message 2 fills the placeholder inside: applied.
  // 3. The container arrives, with the placeholder in it.
  // The placeholder ends filled.
  const listing = push.snippet("/listing", "").hold();
  listing.answer = `<div id="listing">${placeholder("preview-1", "/doc/1")}</div>`;
  push.snippet("/doc/1", '<div id="preview-1">ready</div>');
  await opened(page, push, {
    ...upToDate(push),
    body: `<div id="listing">${placeholder("preview-1", "/doc/1")}</div>`,
  });
  push.broadcast({ url: "/listing", inject: "source: #listing; target: #listing" });
  await push.nextRequest("/listing");
  push.broadcast({ url: "/doc/1", inject: "source: #preview-1; target: #preview-1" });
  await expect(page.locator("#preview-1")).toHaveText("ready");
  listing.release();
  await nextEvent(page, "pat-inject-async-injected", { target: "#listing" });
  await expect(page.locator("#preview-1")).toHaveText("ready");
});
