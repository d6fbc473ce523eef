/** The batch view: several snippets with one request, where the site has such a view. */
import { alone, append, docs, serveAlone, serveView, test, VIEW } from "../support/batch-view.ts";
import { expect } from "../support/fixture.ts";
import { bodyWith, items, opened } from "../support/opened.ts";
import { holdClock, standStill } from "../support/page-time.ts";

test("what is queued is asked for with one request, as the user, and comes in order", async ({
  page,
  push,
  open,
  asked,
}) => {
  await page.context().addCookies([{ name: "__ac", value: "ticket", url: push.url }]);
  serveView(push);
  const first = await open();
  const urls = ["/doc/1", "/doc/2?a=1&b=%C3%A4", "/doc/3/@@snippet"];
  await append(page, push, urls);
  first.release();
  await expect(items(page)).toHaveText(urls);
  expect(asked()).toEqual([urls]);
  const { method, headers } = await push.nextRequest(VIEW);
  expect(method).toBe("GET");
  expect(headers).toMatchObject({ cookie: "__ac=ticket", "x-requested-with": "XMLHttpRequest" });
  expect(headers["x-trace-id"]?.toString().split(",")).toHaveLength(3);
  for (const url of urls) expect(push.requestsFor(url)).toEqual([]);
});

test("a single message is fetched as ever", async ({ page, push, open, asked }) => {
  serveView(push);
  const first = await open();
  await append(page, push, [serveAlone(push, "/doc/1")]);
  first.release();
  await expect(alone(page)).toHaveText("/doc/1");
  expect(asked()).toEqual([]);
});

test("many messages for one URL are one snippet, which is fetched as ever", async ({ page, push, open, asked }) => {
  serveView(push);
  const first = await open();
  for (const _ of docs(10)) push.broadcast({ url: serveAlone(push, "/doc/1"), inject: "target: #last" });
  await push.settled(page); // those that come later would be one more fetch
  first.release();
  await expect(page.locator("#last")).toHaveText("/doc/1");
  expect(asked()).toEqual([]);
  expect(push.requestsFor("/doc/1")).toHaveLength(1);
});

test("not more than fifty are asked for at once", async ({ page, push, open, asked }) => {
  serveView(push);
  const first = await open();
  const urls = docs(120);
  await append(page, push, urls);
  first.release();
  await expect(items(page)).toHaveText(urls);
  expect(asked().map(({ length }) => length)).toEqual([50, 50, 20]);
});

test("the request is of a length that servers take, and what has no room is asked for with the next", async ({
  page,
  push,
  open,
  asked,
}) => {
  serveView(push);
  const first = await open();
  const urls = docs(39, `/plone/${"folder/".repeat(30)}`);
  for (const url of urls) serveAlone(push, url);
  await append(page, push, urls);
  first.release();
  await expect(items(page)).toHaveText(urls);
  for (const { url } of push.requestsFor(VIEW)) expect(url.length).toBeLessThanOrEqual(4_096);
  await expect(alone(page)).toHaveCount(0);
  expect(asked().flat()).toEqual(urls);
});

test("addresses that are too long for it are fetched by themselves, and it is used again for others", async ({
  page,
  push,
  open,
  asked,
}) => {
  serveView(push);
  const first = await open();
  push.snippet("/long", ({ url }) => `<li>${url.at(-1)}</li>`);
  await append(
    page,
    push,
    ["a", "b"].map((letter) => `/long?${letter.repeat(5_000)}`),
  );
  first.release();
  await expect(items(page)).toHaveText(["a", "b"]);
  expect(asked()).toEqual([]);

  await first.again();
  await append(page, push, ["/doc/1", "/doc/2"]);
  first.release();
  await expect(items(page)).toHaveText(["a", "b", "/doc/1", "/doc/2"]);
  expect(asked()).toEqual([["/doc/1", "/doc/2"]]);
});

test("when all targets go while the view is asked, the request is aborted", async ({ page, push, open }) => {
  push.snippet(VIEW, "").hold();
  const first = await open();
  await append(page, push, docs(3));
  first.release();
  const request = await push.nextRequest(VIEW);
  await page.evaluate(() => document.getElementById("list")?.remove());
  expect(await request.outcome).toBe("aborted");
});

test("what is overtaken while snippets are gathered is not asked for", async ({ page, push, asked }) => {
  serveView(push);
  await holdClock(page);
  await opened(page, push, { bodyAttributes: bodyWith(`batch: ${VIEW}`), body: '<p id="b"></p><p id="c"></p>' });
  await standStill(page);
  push.broadcast({ url: "/doc/old", inject: "target: #b" });
  push.broadcast({ html: "newer", inject: "target: #b" });
  await push.settled(page);
  await expect(page.locator("#b")).toHaveText("newer");
  await page.clock.runFor(1_000);
  push.broadcast({ url: serveAlone(push, "/doc/next"), inject: "target: #c" });
  await push.settled(page);
  await page.clock.resume();
  await expect(page.locator("#c")).toHaveText("/doc/next");
  expect(asked()).toEqual([]);
  expect(push.requestsFor("/doc/old")).toEqual([]);
});

test("what is asked for again while the view is asked is fetched once more at the end", async ({
  page,
  push,
  open,
}) => {
  const view = push.snippet(VIEW, "").hold();
  view.answer = '<template data-url="/doc/last" data-status="200">stale</template>';
  const first = await open();
  for (const target of ["first", "last"]) push.broadcast({ url: `/doc/${target}`, inject: `target: #${target}` });
  await push.settled(page); // both are queued: of one alone the view would not be asked
  first.release();
  await push.nextRequest(VIEW);
  push.broadcast({ url: serveAlone(push, "/doc/last", "newest"), inject: "target: #last" });
  serveAlone(push, "/doc/first");
  await push.settled(page); // the newest has come while the view is asked, and not after its answer
  view.release();
  await expect(page.locator("#last")).toHaveText("newest");
  await expect(page.locator("#first")).toHaveText("/doc/first");
});

test("what is sent at the same moment goes in one request, whatever `concurrency` is", async ({
  page,
  push,
  asked,
}) => {
  serveView(push);
  await holdClock(page);
  for (const [count, options] of [
    [7, ""],
    [2, ""],
    [25, "; concurrency: 24"],
    [7, "; concurrency: 1"],
    [50, "; concurrency: 6"],
  ] as const) {
    await test.step(`${count} messages${options}`, async () => {
      await opened(page, push, { bodyAttributes: bodyWith(`batch: ${VIEW}${options}`), body: '<ul id="list"></ul>' });
      await standStill(page);
      const before = asked().length;
      const urls = docs(count);
      // On the page's clock, all of them come at the same moment.
      for (const url of urls) push.broadcast({ url, inject: "target: #list::after" });
      await push.settled(page);
      await page.clock.resume();
      await expect(items(page)).toHaveText(urls);
      expect(asked().slice(before)).toEqual([urls]);
    });
  }
});

test("a single message at rest is fetched as ever", async ({ page, push, asked }) => {
  serveView(push);
  serveAlone(push, "/doc/1");
  await opened(page, push, { bodyAttributes: bodyWith(`batch: ${VIEW}`), body: '<ul id="list"></ul>' });
  push.broadcast({ url: "/doc/1", inject: "target: #list::after" });
  await expect(alone(page)).toHaveText("/doc/1");
  expect(asked()).toEqual([]);
});
