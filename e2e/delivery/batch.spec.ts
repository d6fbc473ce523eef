/** The batch view: several snippets with one request, where the site has such a view, and as if nothing were where not. */
import type { Page } from "@playwright/test";
import { test as base, drainEvents, expect, NETWORK_ERROR, nextEvent } from "../support/fixture.ts";
import { bodyWith, FAILED, items, opened } from "../support/opened.ts";
import { loadDice } from "../support/page-time.ts";
import type { PushServer } from "../support/push-server.ts";
import type { Reply } from "../support/snippet.ts";

interface Batch {
  /** Loads a page with one request at a time, and occupies it: what is sent from now on is queued. */
  readonly open: (options?: string) => Promise<Occupied>;
  /** The URLs of each request for the view, in order. */
  readonly asked: () => string[][];
}

interface Occupied {
  /** The one request is answered, and what is queued is asked for. */
  release(): void;
  /** Occupies the page once more, when nothing is under way. */
  again(): Promise<void>;
}

const VIEW = "/@@snippets";

const test = base.extend<Batch>({
  open: async ({ page, push }, use) => {
    await use(async (options = "") => {
      await loadDice(page, 0);
      const first = push.snippet("/first", "<p>first</p>");
      const bodyAttributes = bodyWith(`concurrency: 1; batch: ${VIEW}; ${options}`);
      await opened(page, push, { bodyAttributes, body: '<p id="first"></p><p id="last"></p><ul id="list"></ul>' });
      const again = async () => {
        first.hold();
        push.broadcast({ url: "/first", inject: "target: #first" });
        await push.settled(page);
      };
      await again();
      return { release: () => first.release(), again };
    });
  },
  asked: async ({ push }, use) => {
    await use(() => push.requestsFor(VIEW).map(({ url }) => urlsOf(url)));
  },
});

interface Part {
  readonly status?: number;
  readonly body?: string;
}

/** Serves a batch view that has this about each URL; undefined for one that it leaves out. */
function serveView(push: PushServer, part: (url: string) => Part | undefined = (url) => ({ body: itemOf(url) })): void {
  push.snippet(VIEW, ({ url: request }) => {
    const templates = urlsOf(request).map((url) => {
      const { status = 200, body = "" } = part(url) ?? { status: undefined };
      const escaped = url.replaceAll("&", "&amp;");
      return part(url) ? `<template data-url="${escaped}" data-status="${status}">${body}</template>` : "";
    });
    return `<!DOCTYPE html><title>Snippets</title>${templates.join("\n")}`;
  });
}

/** Serves one snippet by itself, and says that it was: the item is bold. */
function serveAlone(push: PushServer, url: string, answer: Reply = `<li><b>${url}</b></li>`): string {
  push.snippet(url.split("?")[0] ?? url, answer);
  return url;
}

const itemOf = (url: string) => `<li>${url.replaceAll("&", "&amp;")}</li>`;
const urlsOf = (request: string) => new URL(request, "http://localhost").searchParams.getAll("url");
const docs = (count: number, prefix = "/doc/") => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
const alone = (page: Page) => items(page).locator("b");

/**
 * Sends a message for each, which appends an item to the list: order, loss and repetition show. Waits until the page has
 * them all: what comes later would be another request.
 */
async function append(page: Page, push: PushServer, urls: readonly string[]): Promise<void> {
  for (const url of urls) push.broadcast({ url, inject: "target: #list::after" });
  await push.settled(page);
}

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

test("a snippet that the view cannot give is fetched by itself, and comes where it should", async ({
  page,
  push,
  open,
  asked,
}) => {
  const first = await open();
  const shown: string[] = [];
  for (const [index, [what, part]] of (
    [
      ["is left out", undefined],
      ["is not there yet", { status: 404 }],
      ["has failed", { status: 500, body: "<li>Internal Server Error</li>" }],
      ["is empty", { body: " " }],
      ["is a login form", { body: '<form><input name="__ac_password"></form>' }],
      ["is forbidden", { status: 403, body: "<li>Forbidden</li>" }],
    ] as const
  ).entries()) {
    await test.step(`it ${what}`, async () => {
      if (index > 0) await first.again();
      const urls = docs(4, `/doc/${index}/`);
      const [, bad = ""] = urls;
      serveView(push, (url) => (url === bad ? part : { body: itemOf(url) }));
      serveAlone(push, bad);
      await append(page, push, urls);
      first.release();
      await push.settled(page);
      shown.push(...urls);
      await expect(items(page)).toHaveText(shown);
      await expect(alone(page).last()).toHaveText(bad);
      expect(asked().at(-1)).toEqual(urls);
      expect(push.requestsFor(bad)).toHaveLength(1);
    });
  }
  await expect(alone(page)).toHaveCount(6);
  expect(asked()).toHaveLength(6);
  expect((await drainEvents(page)).map(({ type }) => type)).not.toContain("pat-inject-async-error");
});

test("each is permission-checked: what is forbidden by itself too is an error, and the others come", async ({
  page,
  push,
  open,
  allow,
}) => {
  allow(FAILED);
  serveView(push, (url) => (url === "/doc/1" ? { status: 403, body: "secret" } : { body: itemOf(url) }));
  const first = await open();
  serveAlone(push, "/doc/1", { status: 403, body: "secret" });
  await append(page, push, docs(3));
  first.release();
  await nextEvent(page, "pat-inject-async-unauthorized");
  await expect(items(page)).toHaveText(["/doc/0", "/doc/2"]);
});

test("a site without the view is asked for it once, and the snippets one by one", async ({
  page,
  push,
  open,
  asked,
  allow,
}) => {
  allow(FAILED);
  const urls = docs(8).map((url) => serveAlone(push, url));
  for (const [what, answer] of [
    ["404", { status: 404, body: "Not Found" }],
    ["405", { status: 405 }],
    ["501", { status: 501 }],
    ["a page that is something else", "<!DOCTYPE html><title>Site</title><p>Welcome"],
  ] as const) {
    await test.step(what, async () => {
      push.snippet(VIEW, answer);
      // The page is loaded anew for each: it asks again only then.
      const first = await open();
      const before = asked().length;
      await append(page, push, urls.slice(0, 4));
      first.release();
      await push.settled(page);
      await expect(items(page)).toHaveText(urls.slice(0, 4));
      await append(page, push, urls.slice(4));
      await expect(items(page)).toHaveText(urls);
      expect(asked()).toHaveLength(before + 1);
    });
  }
});

test("after a failure of the view the snippets are fetched one by one, and it is asked next time", async ({
  page,
  push,
  open,
  asked,
  allow,
}) => {
  allow(FAILED);
  const first = await open("timeout: 2000");
  const shown: string[] = [];
  for (const [index, [what, answer]] of (
    [
      ["500", { status: 500 }],
      ["a network error", NETWORK_ERROR],
      ["a request that takes too long", () => new Promise<Reply>(() => {})],
    ] as const
  ).entries()) {
    await test.step(what, async () => {
      if (index > 0) await first.again();
      push.snippet(VIEW, answer);
      const urls = docs(3, `/doc/${index}/`);
      const before = asked().length;
      await append(
        page,
        push,
        urls.map((url) => serveAlone(push, url)),
      );
      first.release();
      shown.push(...urls);
      await expect(items(page)).toHaveText(shown);
      // Chromium itself asks again when a connection it has used before is reset.
      for (const found of asked().slice(before)) expect(found).toEqual(urls);

      serveView(push);
      await first.again();
      const more = docs(2, `/more/${index}/`);
      await append(page, push, more);
      first.release();
      shown.push(...more);
      await expect(items(page)).toHaveText(shown);
      expect(asked().at(-1)).toEqual(more);
      await push.settled(page);
    });
  }
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

test("an address that the view cannot have is not taken for it, and the snippets come all the same", async ({
  page,
  push,
  open,
}) => {
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  for (const [what, view] of [
    ["of another site", "//evil.example/@@snippets"],
    ["that is none", "http://["],
  ] as const) {
    await test.step(what, async () => {
      const first = await open(`batch: ${view}`);
      await append(
        page,
        push,
        docs(3).map((url) => serveAlone(push, url)),
      );
      first.release();
      await push.settled(page);
      await expect(items(page)).toHaveText(docs(3));
    });
  }
  expect(requests.filter((url) => url.includes("evil"))).toEqual([]);
});
