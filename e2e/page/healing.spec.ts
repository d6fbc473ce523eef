/** No placeholder waits for ever: what is fetched again without a message, when, how often, and when that stops. */
import { drainEvents, expect, libraryPage, nextEvent, test } from "../support/fixture.ts";
import { expectState, FAILED, INFO, opened, placeholder, upToDate } from "../support/opened.ts";
import { holdClock, loadDice, pass, standStill } from "../support/page-time.ts";

const READY = '<div id="preview">ready</div>';
/** Still not converted: the snippet is the placeholder again. */
const NOT_YET = placeholder("preview", "/doc/1");

test("after a gap what is waited for is fetched, once for all elements with one URL", async ({ page, push }) => {
  await loadDice(page, 0);
  const body = ["a", "b", "c"].map((id) => placeholder(id, "/doc/1")).join("") + placeholder("other", "/doc/2");
  const socket = await opened(page, push, { ...upToDate(push), body });
  push.snippet("/doc/1", ["a", "b", "c"].map((id) => `<div id="${id}">ready</div>`).join(""));
  push.snippet("/doc/2", '<div id="other">ready</div>');
  expect(push.requestsFor("/doc/1")).toEqual([]);

  push.welcome("gap");
  socket.drop();
  for (const id of ["a", "b", "c", "other"]) await expect(page.locator(`#${id}`)).toHaveText("ready");
  expect(push.requestsFor("/doc/1")).toHaveLength(1);
  expect(push.requestsFor("/doc/2")).toHaveLength(1);
});

test("after a gap browsers spread over two seconds", async ({ page, push }) => {
  await holdClock(page);
  await loadDice(page, 0.999);
  push.snippet("/doc/1", READY);
  const socket = await opened(page, push, { ...upToDate(push), body: NOT_YET });
  await standStill(page);
  socket.send({ type: "welcome", position: push.position, recovered: false });
  await push.settled(page);
  await page.clock.runFor(1_990);
  await push.settled(page);
  expect(push.requestsFor("/doc/1")).toEqual([]);
  await page.clock.runFor(10);
  await push.settled(page);
  await expect(page.locator("#preview")).toHaveText("ready");
});

test("a page that does not say when it was rendered has its placeholders fetched", async ({ page, push }) => {
  push.snippet("/doc/1", READY);
  await opened(page, push, { body: NOT_YET });
  await expect(page.locator("#preview")).toHaveText("ready");
  expect((await drainEvents(page)).map(({ type }) => type)).not.toContain("pat-inject-async-gap");
});

test("a snippet that is fetched again and is a placeholder still goes on waiting", async ({ page, push }) => {
  await loadDice(page, 0);
  push.snippet("/doc/1", NOT_YET);
  const socket = await opened(page, push, { ...upToDate(push), body: NOT_YET });
  push.welcome("gap");
  socket.drop();
  await nextEvent(page, "pat-inject-async-injected", { target: "#preview" });
  push.snippet("/doc/1", READY);
  push.broadcast({ url: "/doc/1" });
  await expect(page.locator("#preview")).toHaveText("ready");
});

for (const id of ["preview", ""]) {
  test(`a placeholder ${id ? "with" : "without"} an id that goes takes its own fetch with it`, async ({
    page,
    push,
  }) => {
    await holdClock(page);
    await loadDice(page, 0);
    const snippet = push.snippet("/doc/1", READY).hold();
    await opened(page, push, { body: `<main>${placeholder(id, "/doc/1")}</main>` });
    const request = await push.nextRequest("/doc/1");
    // Nothing else goes meanwhile, or everything would be looked at once more.
    await standStill(page);
    await page.locator("main").evaluate((main) => main.replaceChildren());
    await page.clock.runFor(100);
    expect(await request.outcome).toBe("aborted");
    snippet.release();
    await push.settled(page);
    await page.clock.runFor(31_000); // more than anything waits for its target
    await push.settled(page);
    expect((await drainEvents(page)).map(({ type }) => type)).not.toContainEqual(expect.stringMatching(/missed|error/));
  });
}

test("a placeholder that a message has satisfied is no error for the answer to its own fetch", async ({
  page,
  push,
}) => {
  await loadDice(page, 0);
  const lines: string[] = [];
  page.on("console", (line) => line.type() === "warning" && lines.push(line.text()));
  const snippet = push.snippet("/doc/1", "<p>fetched</p>").hold();
  await opened(page, push, { body: NOT_YET });
  await push.nextRequest("/doc/1");
  push.broadcast({ html: "<p>ready</p>", inject: "target: #preview" });
  await expect(page.locator("#preview")).toHaveText("ready");
  snippet.release();
  await push.settled(page);
  await expect(page.locator("#preview")).toHaveText("ready");
  expect((await drainEvents(page)).map(({ type }) => type)).not.toContain("pat-inject-async-error");
  expect(lines).toEqual([]);
});

test.describe("while push is unavailable", () => {
  test("placeholders are fetched from time to time, ever more rarely", async ({ page, push, allow }) => {
    allow(FAILED);
    await holdClock(page);
    push.snippet("/push/info", { status: 503 });
    push.snippet("/doc/1", NOT_YET);
    await page.goto(push.page("/", libraryPage({ ...upToDate(push), body: NOT_YET })));
    await expectState(page, "waiting");
    expect(push.requestsFor("/doc/1")).toEqual([]);

    await pass(page, push, 60);
    const first = push.requestsFor("/doc/1").length;
    expect(first).toBeGreaterThanOrEqual(2);
    expect(first).toBeLessThanOrEqual(6);
    await pass(page, push, 300);
    const later = push.requestsFor("/doc/1").length - first;
    expect(later).toBeGreaterThanOrEqual(4);
    expect(later).toBeLessThanOrEqual(12); // at least half a minute between two
  });

  test("and back in ten seconds, nothing is fetched", async ({ page, push, allow }) => {
    allow(FAILED);
    await holdClock(page);
    await loadDice(page, 0);
    push.snippet("/doc/1", READY);
    const socket = await opened(page, push, { ...upToDate(push), body: NOT_YET });
    socket.drop();
    await push.nextSocket();
    await expectState(page, "open");
    await pass(page, push, 40); // less than the page's patience with a server that does not beat
    expect(push.requestsFor("/doc/1")).toEqual([]);
    await expect(page.locator("#preview")).toHaveText("waiting");
  });

  test("fetching stops when the element is satisfied", async ({ page, push, allow }) => {
    allow(FAILED);
    await holdClock(page);
    push.snippet("/push/info", { status: 503 });
    push.snippet("/doc/1", READY);
    await page.goto(push.page("/", libraryPage({ ...upToDate(push), body: NOT_YET })));
    await expectState(page, "waiting");
    await pass(page, push, 20);
    await expect(page.locator("#preview")).toHaveText("ready");
    await pass(page, push, 300);
    expect(push.requestsFor("/doc/1")).toHaveLength(1);
  });

  test("fetching stops when the element is gone", async ({ page, push, allow }) => {
    allow(FAILED);
    await holdClock(page);
    push.snippet("/push/info", { status: 503 });
    push.snippet("/doc/1", NOT_YET);
    await page.goto(push.page("/", libraryPage({ ...upToDate(push), body: NOT_YET })));
    await expectState(page, "waiting"); // from here it is fifteen seconds at most
    await pass(page, push, 20);
    expect(push.requestsFor("/doc/1").length).toBeGreaterThan(0);
    await page.evaluate(() => document.getElementById("preview")?.remove());
    await pass(page, push, 5);
    const before = push.requestsFor("/doc/1").length;
    await pass(page, push, 300);
    expect(push.requestsFor("/doc/1")).toHaveLength(before);
  });

  test("fetching stops when the connection is back", async ({ page, push, allow }) => {
    allow(FAILED);
    await holdClock(page);
    const info = push.snippet("/push/info", { status: 503 });
    push.snippet("/doc/1", NOT_YET);
    await page.goto(push.page("/", libraryPage({ ...upToDate(push), body: NOT_YET })));
    await expectState(page, "waiting");
    await pass(page, push, 20);
    expect(push.requestsFor("/doc/1").length).toBeGreaterThan(0);
    info.answer = INFO;
    await pass(page, push, 40);
    await push.nextSocket();
    await expectState(page, "open");
    const before = push.requestsFor("/doc/1").length;
    await pass(page, push, 20); // less than the page's patience with a server that does not beat
    expect(push.requestsFor("/doc/1")).toHaveLength(before);
  });

  test("a server that has gone altogether is an error on the element, and it recovers", async ({
    page,
    push,
    allow,
  }) => {
    allow(FAILED);
    await holdClock(page);
    push.snippet("/push/info", { status: 503 });
    const snippet = push.snippet("/doc/1", { status: 503 });
    await page.goto(push.page("/", libraryPage({ ...upToDate(push), body: NOT_YET })));
    await expect(async () => {
      await pass(page, push, 5);
      await expect(page.locator("#preview")).toHaveClass(/is-error/, { timeout: 100 });
    }).toPass({ intervals: [10] });
    snippet.answer = READY;
    await expect(async () => {
      await pass(page, push, 10);
      await expect(page.locator("#preview")).toHaveText("ready", { timeout: 100 });
    }).toPass({ intervals: [10] });
    await expect(page.locator("#preview")).not.toHaveClass(/is-error/);
  });
});

test.describe("with a server that speaks only the shorthand", () => {
  test.use({ pushOptions: { welcome: "ignore" } });

  test("what was pushed while the line was down arrives all the same", async ({ page, push }) => {
    await holdClock(page);
    const body = [1, 2, 3].map((n) => placeholder(`preview-${n}`, `/doc/${n}`)).join("");
    const socket = await opened(page, push, { body });
    for (const n of [1, 2, 3]) push.snippet(`/doc/${n}`, placeholder(`preview-${n}`, `/doc/${n}`));
    await page.clock.runFor(6_000); // its patience with a welcome, and the round that follows
    for (const n of [1, 2, 3]) await expect.poll(() => push.requestsFor(`/doc/${n}`).length).toBeGreaterThan(0);

    push.snippet("/doc/1", '<div id="preview-1">ready</div>');
    socket.send({ url: "/doc/1" });
    await expect(page.locator("#preview-1")).toHaveText("ready");
    socket.drop();
    push.snippet("/doc/2", '<div id="preview-2">ready</div>'); // converted while nobody listened
    const next = await push.nextSocket();
    await expectState(page, "open");
    await page.clock.runFor(6_000);
    await expect(page.locator("#preview-2")).toHaveText("ready");

    push.snippet("/doc/3", '<div id="preview-3">ready</div>');
    next.sendRaw('"/doc/3"');
    await expect(page.locator("#preview-3")).toHaveText("ready");
  });
});

test("a placeholder shows that it waits, and no longer when it is satisfied", async ({ page, push }) => {
  push.snippet("/doc/1", "<p>ready</p>");
  await opened(page, push, { ...upToDate(push), body: NOT_YET });
  await expect(page.locator("#preview")).toHaveAttribute("aria-busy", "true");
  push.broadcast({ url: "/doc/1", inject: "target: #preview" });
  await expect(page.locator("#preview")).toHaveText("ready");
  await expect(page.locator("#preview")).not.toHaveAttribute("aria-busy");
});

test.describe("what lives", () => {
  const list = (items: string) =>
    `<ul id="list" class="pat-inject-async" data-pat-inject-async="refresh: /list">${items}</ul>`;
  const lives = (refresh: string) => `class="pat-inject-async" data-pat-inject-async="refresh: ${refresh}"`;

  test("shows after each gap what came meanwhile, and is never busy", async ({ page, push }) => {
    await loadDice(page, 0);
    const body = `${list("<li>one</li>")}<b id="count" ${lives("/count")}>1</b>`;
    let socket = await opened(page, push, { ...upToDate(push), body });
    push.welcome("gap");
    for (const n of [2, 3, 4]) {
      // Sooner or later a snippet does not say that the list lives: it does all the same.
      push.snippet("/list", n === 2 ? list(`<li>${n}</li>`) : `<ul id="list"><li>${n}</li></ul>`);
      push.snippet("/count", String(n));
      socket.drop();
      socket = await push.nextSocket();
      await expect(page.locator("#list")).toHaveText(String(n));
      await expect(page.locator("b#count")).toHaveText(String(n));
      await push.settled(page);
      expect(push.requestsFor("/list")).toHaveLength(n - 1);
      expect(await page.locator("[aria-busy]").count()).toBe(0);
    }
    expect((await drainEvents(page)).map(({ type }) => type)).not.toContain("pat-inject-async-error");
  });

  test("is left alone while nothing is missed, and by what is only for its parts", async ({ page, push, allow }) => {
    allow(FAILED);
    await holdClock(page);
    await loadDice(page, 0.5);
    push.snippet("/list", list("<li>fetched</li>"));
    const socket = await opened(page, push, { ...upToDate(push), body: list('<li class="pat-inject-async">one</li>') });
    push.broadcast({ html: list("<li>two</li>"), inject: "source: #list::element; target: #list::element" });
    await expect(page.locator("#list")).toHaveText("two");
    push.broadcast({ url: "/list", inject: "source: #list::element; target: #list::element" });
    await expect(page.locator("#list")).toHaveText("fetched");
    socket.drop();
    const next = await push.nextSocket();
    await expectState(page, "open");
    await pass(page, push, 20);
    push.snippet("/push/info", { status: 503 });
    next.drop();
    await expectState(page, "waiting");
    await pass(page, push, 60);
    expect(push.requestsFor("/list"), "the one of the message").toHaveLength(1);
  });

  test("is not fetched any more when it is gone, or for what has not said so itself", async ({ page, push }) => {
    await loadDice(page, 0);
    const inside = `<div ${lives("/outer")} id="outer"><p class="pat-inject-async" id="inner">inner</p></div>`;
    const socket = await opened(page, push, { ...upToDate(push), body: list("") + inside });
    push.snippet("/outer", '<p class="pat-inject-async">new</p>');
    push.snippet("/list", list(""));
    await page.locator("#list").evaluate((element) => element.remove());
    push.welcome("gap");
    socket.drop();
    await expect(page.locator("#outer")).toHaveText("new");
    await push.settled(page);
    expect(push.requestsFor("/list")).toEqual([]);
    expect(push.requestsFor("/outer")).toHaveLength(1);
  });

  test("keeps what it shows when it cannot be fetched, and says so", async ({ page, push, allow }) => {
    allow(FAILED);
    await loadDice(page, 0);
    push.snippet("/list", { status: 400 });
    const socket = await opened(page, push, { ...upToDate(push), body: list("<li>one</li>") });
    push.welcome("gap");
    socket.drop();
    await nextEvent(page, "pat-inject-async-error");
    await expect(page.locator("#list")).toHaveText("one");
    await expect(page.locator("#list")).toHaveClass(/is-error/);
    push.snippet("/list", list("<li>two</li>"));
    (await push.nextSocket()).drop();
    await expect(page.locator("#list")).toHaveText("two");
    await expect(page.locator("#list")).not.toHaveClass(/is-error/);
  });
});
