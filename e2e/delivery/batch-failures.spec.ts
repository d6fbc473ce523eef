/** A batch view that fails, lacks a snippet, or is not there: the snippets come as if nothing were. */
import { alone, append, docs, itemOf, serveAlone, serveView, test, VIEW } from "../support/batch-view.ts";
import { drainEvents, expect, NETWORK_ERROR, nextEvent } from "../support/fixture.ts";
import { FAILED, items } from "../support/opened.ts";
import type { Reply } from "../support/snippet.ts";

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

test("a view that gives nothing to who has no session is no sign of one: its end is told once", async ({
  page,
  push,
  open,
  allow,
}) => {
  allow(FAILED);
  serveView(push, () => ({ status: 401 }));
  const first = await open();
  for (const url of docs(2)) serveAlone(push, url, { status: 401 });
  await append(page, push, docs(2));
  first.release();
  await nextEvent(page, "pat-inject-async-unauthorized");
  await push.settled(page);
  // When the user comes back, what was refused is asked for again: in vain.
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  for (const url of docs(2)) await expect.poll(() => push.requestsFor(url).length).toBe(2);
  await push.settled(page);
  const told = (await drainEvents(page)).filter(({ type }) => type === "pat-inject-async-unauthorized");
  expect(told).toEqual([]);
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
