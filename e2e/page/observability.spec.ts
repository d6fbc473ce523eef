/** Who runs a site can see what happened to a message: when, under which name, and what became of what got lost. */
import { test as base, drainEvents, expect, libraryPage, nextEvent } from "../support/fixture.ts";
import { bodyWith, expectState, FAILED, opened } from "../support/opened.ts";
import { holdClock, loadDice } from "../support/page-time.ts";
import type { PushSocket } from "../support/push-socket.ts";

const BODY = '<p id="b">old</p><p id="c">old</p>';

/** Loads a page with the library and two targets. */
const test = base.extend<{ open: (options?: string) => Promise<PushSocket> }>({
  open: async ({ page, push }, use) => {
    await use((options = "") => opened(page, push, { body: BODY, bodyAttributes: bodyWith(options) }));
  },
});

test("an injection says when its message came, when its snippet was there, and when it was done", async ({
  page,
  push,
  open,
}) => {
  const snippet = push.snippet("/doc/1", "<p>new</p>").hold();
  const socket = await open();
  const sent = await page.evaluate(() => performance.now());
  socket.send({ url: "/doc/1", inject: "target: #b" });
  await push.nextRequest("/doc/1");
  const released = await page.evaluate(() => performance.now());
  snippet.release();
  const { detail } = await nextEvent(page, "pat-inject-async-injected");
  const now = await page.evaluate(() => performance.now());
  const { received, fetched, injected } = timingsOf(detail);
  const times = [sent, received, released, fetched, injected, now];
  expect(times, "in order").toEqual([...times].sort((a, b) => a - b));
});

test("what came with its message was there when it came", async ({ page, open }) => {
  const socket = await open();
  socket.send({ html: "new", inject: "target: #b" });
  const { received, fetched, injected } = timingsOf((await nextEvent(page, "pat-inject-async-injected")).detail);
  expect(fetched).toBeGreaterThanOrEqual(received);
  expect(injected).toBeGreaterThanOrEqual(fetched);
});

function timingsOf({
  timings,
}: Readonly<Record<string, unknown>>): Record<"received" | "fetched" | "injected", number> {
  const of = (name: string) => Number(timings instanceof Object ? Reflect.get(timings, name) : undefined);
  return { received: of("received"), fetched: of("fetched"), injected: of("injected") };
}

test("a message has a name that goes with the request and is in every event", async ({ page, push, open }) => {
  push.snippet("/doc/1", "<p>new</p>");
  const socket = await open();
  await drainEvents(page);
  for (const [what, message, name] of [
    ["its own", { trace: "upload.4f2a:7" }, /^upload\.4f2a:7$/],
    ["else its id", { id: "1732361000000-1" }, /^1732361000000-1$/],
    ["else one by chance", {}, /^[\w.:-]{6,64}$/],
  ] as const) {
    await test.step(what, async () => {
      socket.send({ url: "/doc/1", inject: "target: #b && target: #c", ...message });
      const header = (await push.nextRequest("/doc/1")).headers["x-trace-id"];
      expect(header).toMatch(name);
      await push.settled(page);
      const events = (await drainEvents(page)).filter((event) => "detail" in event);
      expect(events.map(({ detail }) => detail["trace"])).toEqual([header, header, header, header]);
    });
  }
});

test("an error has the name too", async ({ page, push, open, allow }) => {
  allow(FAILED);
  push.snippet("/doc/1", { status: 410 });
  const socket = await open();
  socket.send({ url: "/doc/1", inject: "target: #b", trace: "t-1" });
  expect((await nextEvent(page, "pat-inject-async-error")).detail).toMatchObject({ trace: "t-1" });
});

test("a name that cannot travel in a header is rejected", async ({ page, push, open }) => {
  const socket = await open();
  for (const trace of ["", "a b", "ä", "x".repeat(65), "a\r\nX-Evil: 1", 5, { a: 1 }]) {
    await test.step(JSON.stringify(trace).slice(0, 20), async () => {
      socket.send({ url: "/doc/1", inject: "target: #b", trace });
      const { detail } = await nextEvent(page, "pat-inject-async-rejected");
      expect(detail["expected"]).toMatch(/trace/);
    });
  }
  await push.settled(page);
  expect(push.requestsFor("/doc/1")).toEqual([]);
});

test("a message whose target does not appear is said to be missed, and counted", async ({ page, push, open }) => {
  await holdClock(page);
  await open();
  const ids = ["#x", "#y"].map((target) => push.broadcast({ url: "/doc/1", inject: `target: ${target}` })["id"]);
  await push.settled(page);
  expect((await drainEvents(page)).map(({ type }) => type)).not.toContain("pat-inject-async-missed");
  await page.clock.runFor(31_000);
  for (const [index, target] of ["#x", "#y"].entries()) {
    const event = await nextEvent(page, "pat-inject-async-missed");
    const id = ids[index];
    expect(event).toEqual({
      type: "pat-inject-async-missed",
      target: "body",
      detail: { id, trace: id, url: "/doc/1", target, count: index + 1 },
    });
  }
  expect(push.requestsFor("/doc/1")).toEqual([]);
});

test("what has been overtaken is not missed", async ({ page, push, open }) => {
  await holdClock(page);
  await open();
  for (const html of ["1", "2"]) push.broadcast({ html, inject: "target: #x" });
  await push.settled(page);
  await page.clock.runFor(31_000);
  expect((await nextEvent(page, "pat-inject-async-missed")).detail).toMatchObject({ id: "1732361000000-2", count: 1 });
  expect((await drainEvents(page)).map(({ type }) => type)).not.toContain("pat-inject-async-missed");
});

test.describe("with ?pat-inject-async-debug", () => {
  test("an overlay lists states, messages, fetches, injections, errors and misses, and counts them", async ({
    page,
    push,
    allow,
  }) => {
    allow(FAILED);
    await holdClock(page);
    await loadDice(page, 0);
    push.snippet("/doc/1", "<p>new</p>");
    push.snippet("/doc/2", { status: 410 });
    await page.goto(`${push.page("/", libraryPage({ body: BODY }))}?pat-inject-async-debug`);
    await expectState(page, "open");
    // A script of its own: it lists what happens from the moment it is there.
    await expect(page.locator("#pat-inject-async-debug")).toBeAttached();
    push.broadcast({ url: "/doc/1", inject: "target: #b", trace: "t-1" });
    push.broadcast({ url: "/doc/2", inject: "target: #c" });
    push.broadcast({ html: "x", inject: "target: #absent" });
    await nextEvent(page, "pat-inject-async-error");
    await page.clock.runFor(31_000);
    await nextEvent(page, "pat-inject-async-missed");

    const overlay = page.locator("#pat-inject-async-debug");
    await expect(overlay).toBeVisible();
    for (const line of [
      /state.*open/,
      /message.*t-1/,
      /fetch.*\/doc\/1.*t-1/,
      /injected.*#b/,
      /error.*410/,
      /missed/,
    ]) {
      await expect(overlay.locator("li").filter({ hasText: line }).first()).toBeVisible();
    }
    for (const count of [/open/, /message 3/, /fetch 2/, /injected 1/, /error 1/, /missed 1/]) {
      await expect(overlay.locator("summary")).toHaveText(count);
    }
    // Whatever is on the page, or in a message, it shows as text.
    push.broadcast({ html: "<img src=x onerror=alert(1)>", inject: "target: #absent-2" });
    await expect(overlay.locator("li").first()).toContainText("<img src=x");
  });

  test("it keeps a bounded number of lines, can be closed, and goes with the library", async ({ page, push }) => {
    await page.goto(`${push.page("/", libraryPage({ body: BODY }))}?a=1&pat-inject-async-debug=`);
    await expectState(page, "open");
    await expect(page.locator("#pat-inject-async-debug")).toBeAttached();
    for (let count = 0; count < 300; count++) push.broadcast({ html: `${count}`, inject: "target: #b" });
    await expect(page.locator("#b")).toHaveText("299");
    const overlay = page.locator("#pat-inject-async-debug");
    await expect(overlay.locator("li")).toHaveCount(200);
    await overlay.locator("summary").click();
    await expect(overlay.locator("li").first()).toBeHidden();
    await page.evaluate(() => document.body["pattern-inject-async"]?.destroy());
    await expect(overlay).toHaveCount(0);
  });
});

test("without the parameter there is no overlay", async ({ page, open }) => {
  const socket = await open();
  socket.send({ html: "new", inject: "target: #b" });
  await expect(page.locator("#b")).toHaveText("new");
  await expect(page.locator("#pat-inject-async-debug")).toHaveCount(0);
});
