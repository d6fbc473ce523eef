/** Snippets that could not be loaded at once: what is tried again, how often, and how the page shows that it was in vain. */
import { drainEvents, expect, NETWORK_ERROR, nextEvent, test } from "../support/fixture.ts";
import { bodyWith, FAILED, opened, placeholder, upToDate } from "../support/opened.ts";
import { holdClock, loadDice, standStill } from "../support/page-time.ts";
import type { Reply } from "../support/snippet.ts";

const TARGET = '<div id="target">old</div>';

const PASSING: readonly (readonly [string, Reply])[] = [
  ["a network error", NETWORK_ERROR],
  ["500", { status: 500 }],
  ["502", { status: 502, body: "<h1>Bad Gateway</h1>" }],
  ["503", { status: 503 }],
  ["404, as the transaction is not visible yet", { status: 404 }],
  ["408", { status: 408 }],
  ["429", { status: 429 }],
  ["204", { status: 204 }],
  ["an empty answer", "  \n"],
];

test("what may be there in a moment is tried again, and injected once", async ({ page, push, allow }) => {
  allow(FAILED);
  await loadDice(page, 0);
  await opened(page, push, { body: TARGET });
  for (const [index, [what, failure]] of PASSING.entries()) {
    await test.step(`after ${what}`, async () => {
      let requests = 0;
      push.snippet("/doc/1", () => (++requests < 3 ? failure : `<p>new ${index}</p>`));
      push.broadcast({ url: "/doc/1", inject: "target: #target" });
      await expect(page.locator("#target")).toHaveText(`new ${index}`);
      await push.settled(page);
      expect(requests).toBe(3);
      const types = (await drainEvents(page)).map(({ type }) => type);
      expect(types.filter((type) => type === "pat-inject-async-injected")).toHaveLength(1);
      expect(types).not.toContain("pat-inject-async-error");
      await expect(page.locator("#target")).not.toHaveClass(/is-error/);
    });
  }
});

test("an answer that does not come in time is not waited for", async ({ page, push }) => {
  await loadDice(page, 0);
  let requests = 0;
  push.snippet("/doc/1", () => (++requests === 1 ? new Promise<Reply>(() => {}) : "<p>new</p>"));
  await opened(page, push, { bodyAttributes: bodyWith("timeout: 1000"), body: TARGET });
  push.broadcast({ url: "/doc/1", inject: "target: #target" });
  expect(await (await push.nextRequest("/doc/1")).outcome).toBe("aborted");
  await expect(page.locator("#target")).toHaveText("new");
});

test("what fails for good is asked for four times, then shown on every target", async ({ page, push, allow }) => {
  allow(FAILED);
  await loadDice(page, 0);
  push.snippet("/doc/1", { status: 500, body: '<div id="a">Internal Server Error</div>' });
  const body = '<div id="listing" aria-busy="true">old</div><div id="stream" aria-busy="true">old</div>';
  await opened(page, push, { body });
  push.broadcast({ url: "/doc/1", inject: "source: #a; target: #listing && source: #a; target: #stream" });
  for (const id of ["listing", "stream"]) {
    const event = await nextEvent(page, "pat-inject-async-error");
    expect(event).toMatchObject({ target: id, detail: { url: "/doc/1", id: "1732361000000-1" } });
    expect(String(event.detail["error"])).toContain("expected a snippet, found status 500");
    await expect(page.locator(`#${id}`)).toHaveClass(/is-error/);
    await expect(page.locator(`#${id}`)).not.toHaveAttribute("aria-busy");
    await expect(page.locator(`#${id}`)).toHaveText("old");
  }
  expect(push.requestsFor("/doc/1")).toHaveLength(4);
  expect((await drainEvents(page)).map(({ type }) => type)).not.toContain("pat-inject-async-error");
});

test("a placeholder whose snippet fails for good no longer says that it is busy", async ({ page, push, allow }) => {
  allow(FAILED);
  await loadDice(page, 0);
  push.snippet("/doc/1", { status: 500 });
  const body = placeholder("preview", "/doc/1");
  await opened(page, push, { ...upToDate(push), body });
  push.broadcast({ url: "/doc/1" }); // without `inject`: only the placeholder knows that it is meant
  await nextEvent(page, "pat-inject-async-error");
  await expect(page.locator("#preview")).toHaveClass(/is-error/);
  await expect(page.locator("#preview")).not.toHaveAttribute("aria-busy");
});

test("a later success takes the error away", async ({ page, push, allow }) => {
  allow(FAILED);
  await loadDice(page, 0);
  const snippet = push.snippet("/doc/1", { status: 500 });
  await opened(page, push, { body: TARGET });
  push.broadcast({ url: "/doc/1", inject: "target: #target" });
  await expect(page.locator("#target")).toHaveClass(/is-error/);
  snippet.answer = "<p>new</p>";
  push.broadcast({ url: "/doc/1", inject: "target: #target" });
  await expect(page.locator("#target")).toHaveText("new");
  await expect(page.locator("#target")).not.toHaveClass(/is-error/);
});

test("how often is the page's choice", async ({ page, push, allow }) => {
  allow(FAILED);
  await loadDice(page, 0);
  push.snippet("/doc/1", { status: 503 });
  await opened(page, push, { bodyAttributes: bodyWith("retries: 0"), body: TARGET });
  push.broadcast({ url: "/doc/1", inject: "target: #target" });
  await nextEvent(page, "pat-inject-async-error");
  expect(push.requestsFor("/doc/1")).toHaveLength(1);
});

test("other answers than that are final", async ({ page, push, allow }) => {
  allow(FAILED);
  await loadDice(page, 0);
  await opened(page, push, { body: TARGET });
  for (const status of [400, 405, 410, 418]) {
    await test.step(`${status}`, async () => {
      push.snippet(`/doc/${status}`, { status });
      push.broadcast({ url: `/doc/${status}`, inject: "target: #target" });
      await nextEvent(page, "pat-inject-async-error");
      await push.settled(page);
      expect(push.requestsFor(`/doc/${status}`)).toHaveLength(1);
    });
  }
});

test("between two tries there is a pause, longer each time", async ({ page, push, allow }) => {
  allow(FAILED);
  await holdClock(page);
  await loadDice(page, 0.999);
  push.snippet("/doc/1", { status: 500 });
  await opened(page, push, { body: TARGET });
  await standStill(page);
  push.broadcast({ url: "/doc/1", inject: "target: #target" });
  await push.settled(page);
  for (const [index, pause] of [400, 800, 1_600].entries()) {
    await page.clock.runFor(pause - 5);
    await push.settled(page);
    expect(push.requestsFor("/doc/1"), `${pause - 5} ms later`).toHaveLength(index + 1);
    await page.clock.runFor(5);
    await push.settled(page);
    expect(push.requestsFor("/doc/1"), `${pause} ms later`).toHaveLength(index + 2);
  }
});

test("when the target goes during the pause, nothing is asked for any more", async ({ page, push, allow }) => {
  allow(FAILED);
  await holdClock(page);
  await loadDice(page, 0.999);
  push.snippet("/doc/1", { status: 500 });
  await opened(page, push, { body: TARGET });
  await standStill(page);
  push.broadcast({ url: "/doc/1", inject: "target: #target" });
  await push.settled(page);
  await page.evaluate(() => document.getElementById("target")?.remove());
  await page.clock.runFor(20_000); // less than the page's patience with a server that does not beat
  await push.settled(page);
  expect(push.requestsFor("/doc/1")).toHaveLength(1);
  expect((await drainEvents(page)).map(({ type }) => type)).not.toContain("pat-inject-async-error");
});

test("one of two targets goes during the fetch: the other still gets its part", async ({ page, push }) => {
  const snippet = push.snippet("/doc/1", '<p id="a">listing</p><p id="b">stream</p>').hold();
  await opened(page, push, { body: '<div id="listing"></div><div id="stream"></div>' });
  push.broadcast({ url: "/doc/1", inject: "source: #a; target: #listing && source: #b; target: #stream" });
  const request = await push.nextRequest("/doc/1");
  await page.evaluate(() => document.getElementById("listing")?.remove());
  snippet.release();
  await expect(page.locator("#stream")).toHaveText("stream");
  expect(await request.outcome).toBe("answered");
});

test("while snippets wait to be tried again, others are not held up, however many those are", async ({
  page,
  push,
  allow,
}) => {
  allow(FAILED);
  await holdClock(page);
  await loadDice(page, 0.999);
  await opened(page, push, { body: '<div id="one"></div><div id="two"></div>' });
  await standStill(page);
  for (const [name, answer] of [
    ["404", { status: 404 }],
    ["503", { status: 503 }],
    ["429", { status: 429 }],
    ["nothing", ""],
    ["no-network", NETWORK_ERROR],
  ] as const) {
    await test.step(name, async () => {
      const failing = Array.from({ length: 30 }, (_, index) => `/failing/${name}/${index}`);
      for (const url of failing) push.snippet(url, answer);
      push.snippet(`/doc/${name}`, `<p>in time, despite ${name}</p>`);
      for (const url of failing) push.broadcast({ url, inject: "target: #one::after" });
      await push.settled(page);
      push.broadcast({ url: `/doc/${name}`, inject: "target: #two" });
      await expect(page.locator("#two")).toHaveText(`in time, despite ${name}`);
      await expect(page.locator("#one")).not.toHaveClass(/is-error/);
    });
  }
});
