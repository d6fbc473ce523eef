/** What a message with an `inject` argument puts where: sources, targets, modifiers, pairs. */
import { fill } from "../support/elements.ts";
import { test as base, drainEvents, expect, nextEvent } from "../support/fixture.ts";
import { opened } from "../support/opened.ts";
import type { PushSocket } from "../support/push-socket.ts";

const test = base.extend<{ open: (body: string) => Promise<PushSocket> }>({
  /** Loads a page with the library and this in `<main>`; returns the server's end of its connection. */
  open: async ({ page, push }, use) => {
    await use((body) => opened(page, push, { body: `<main>${body}</main>` }));
  },
});

const SNIPPET = '<h1>Snippet</h1><p id="a">new <b>A</b></p><p id="c">new C</p>';
const PAGE = '<p id="b">old <i>B</i></p>';

const DONE_AS_PAT_INJECT = [
  ["source: #a; target: #b", '<p id="b">new <b>A</b></p>'],
  ["source: #a::element; target: #b", '<p id="b"><p id="a">new <b>A</b></p></p>'],
  ["source: #a; target: #b::element", "new <b>A</b>"],
  ["source: #a::element; target: #b::element", '<p id="a">new <b>A</b></p>'],
  ["source: #a; target: #b::before", '<p id="b">new <b>A</b>old <i>B</i></p>'],
  ["source: #a; target: #b::after", '<p id="b">old <i>B</i>new <b>A</b></p>'],
  ["source: #a::element; target: #b::after", '<p id="b">old <i>B</i><p id="a">new <b>A</b></p></p>'],
  ["source: #a::element; target: #b::element::before", '<p id="a">new <b>A</b></p><p id="b">old <i>B</i></p>'],
  ["source: #a::element; target: #b::element::after", '<p id="b">old <i>B</i></p><p id="a">new <b>A</b></p>'],
  ["target: #b", `<p id="b">${SNIPPET}</p>`],
  ["source: body; target: #b", `<p id="b">${SNIPPET}</p>`],
  ['{"source": "#a", "target": "#b"}', '<p id="b">new <b>A</b></p>'],
] as const;

test("sources, targets and modifiers mean what they mean to pat-inject, for a URL and for a snippet in the message", async ({
  page,
  push,
  open,
}) => {
  push.snippet("/doc/1/@@snippet", SNIPPET);
  const socket = await open(PAGE);
  for (const [index, [inject, result]] of DONE_AS_PAT_INJECT.entries()) {
    await test.step(inject, async () => {
      for (const content of [{ url: `/doc/1/@@snippet?${index}` }, { html: SNIPPET }]) {
        await fill(page, PAGE);
        socket.send({ type: "inject", ...content, inject });
        await push.settled(page);
        expect(await page.locator("main").innerHTML()).toBe(result);
      }
      expect(push.requestsFor(`/doc/1/@@snippet?${index}`)).toHaveLength(1);
    });
  }
});

test("one message fills several targets with one fetch, joined by &&", async ({ page, push, open }) => {
  push.snippet("/doc/1", SNIPPET);
  const socket = await open('<p id="x">x</p><p id="y">y</p><p id="z">z</p>');
  socket.send({
    url: "/doc/1",
    inject: "source: #a; target: #x && source: #c; target: #y::after && source: #a::element; target: #z::element",
  });
  await expect
    .poll(() => page.locator("main").innerHTML())
    .toBe('<p id="x">new <b>A</b></p><p id="y">ynew C</p><p id="a">new <b>A</b></p>');
  expect(push.requestsFor("/doc/1")).toHaveLength(1);
});

test("a target that matches several elements is all of them", async ({ page, push, open }) => {
  push.snippet("/doc/1", SNIPPET);
  const socket = await open('<p class="x">1</p><p class="x">2</p><p>3</p>');
  socket.send({ url: "/doc/1", inject: "source: #a; target: .x" });
  await expect
    .poll(() => page.locator("main").innerHTML())
    .toBe('<p class="x">new <b>A</b></p><p class="x">new <b>A</b></p><p>3</p>');
  await nextEvent(page, "pat-inject-async-injected");
  await nextEvent(page, "pat-inject-async-injected");
});

test("a source that matches several elements is all of them, in their order", async ({ page, open }) => {
  const socket = await open(PAGE);
  socket.send({ html: "<p>1</p><div><p>2</p></div>", inject: "source: p::element; target: #b" });
  await expect.poll(() => page.locator("#b").innerHTML()).toMatch(/^<p>1<\/p>\s*<p>2<\/p>$/);
});

test("of several pairs, one without its source fails alone", async ({ page, push, open }) => {
  push.snippet("/doc/1", SNIPPET);
  const socket = await open('<p id="x">x</p><p id="y">y</p>');
  socket.send({ url: "/doc/1", inject: "source: #missing; target: #x && source: #c; target: #y" });
  await expect(page.locator("#y")).toHaveText("new C");
  expect(await nextEvent(page, "pat-inject-async-error")).toMatchObject({
    target: "x",
    detail: { error: expect.stringMatching(/expected .*#missing.*found/), url: "/doc/1" },
  });
  await expect(page.locator("#x")).toHaveText("x");
  await expect(page.locator("#x")).toHaveClass("is-error");
});

test("of several pairs, one without its target does not keep the others waiting", async ({ page, push, open }) => {
  push.snippet("/doc/1", SNIPPET);
  const socket = await open(PAGE);
  socket.send({ url: "/doc/1", inject: "source: #a; target: #missing && source: #c; target: #b" });
  await expect(page.locator("#b")).toHaveText("new C");
});

test("ids may start with a digit, as those made of a UID do", async ({ page, push, open }) => {
  push.snippet("/doc/1", '<p id="4f2a">new</p>');
  const socket = await open('<p id="7b">old</p>');
  socket.send({ url: "/doc/1", inject: "source: #4f2a; target: #7b" });
  await expect(page.locator('[id="7b"]')).toHaveText("new");
});

test("a source of text alone is injected", async ({ page, open }) => {
  const socket = await open(PAGE);
  socket.send({ html: "only text", inject: "target: #b" });
  await expect(page.locator("#b")).toHaveText("only text");
  socket.send({ html: '<b id="count">8</b>', inject: "source: #count; target: #b::after" });
  await expect(page.locator("#b")).toHaveText("only text8");
});

const EMPTY_SOURCES = [
  ["source: #a; target: #b", '<p id="b"></p>'],
  ["source: #a; target: #b::element", ""],
  ["source: #a; target: #b::after", PAGE],
  ["source: #a::element; target: #b", '<p id="b"><p id="a"></p></p>'],
] as const;

test("an empty source is a source like any other", async ({ page, push, open }) => {
  const socket = await open(PAGE);
  for (const [inject, result] of EMPTY_SOURCES) {
    await test.step(`"${inject}" leaves ${result || "nothing"}`, async () => {
      await fill(page, PAGE);
      socket.send({ html: '<p id="a"></p>', inject });
      await push.settled(page);
      expect(await page.locator("main").innerHTML()).toBe(result);
    });
  }
  const types = (await drainEvents(page)).map(({ type }) => type);
  expect(types.filter((type) => type === "pat-inject-async-injected")).toHaveLength(EMPTY_SOURCES.length);
  expect(types).not.toContain("pat-inject-async-error");
});

test("a whole document is a snippet, and neither its title nor its scripts reach the page", async ({
  page,
  push,
  open,
}) => {
  const script = "<script>document.documentElement.dataset.ran = 'yes'</script>";
  push.snippet(
    "/doc/1",
    `<!DOCTYPE html><html lang="de"><head><title>Other</title>${script}</head>` +
      `<body class="other">${script}<p id="a">new</p></body></html>`,
  );
  const socket = await open('<p id="x"></p><p id="y"></p>');
  socket.send({ url: "/doc/1", inject: "source: #a; target: #x && source: body; target: #y" });
  await expect(page.locator("#x")).toHaveText("new");
  await expect.poll(() => page.locator("#y").innerHTML()).toBe('<p id="a">new</p>');
  await expect(page).toHaveTitle("Fixture");
  await expect(page.locator("html")).not.toHaveAttribute("data-ran");
});

test("options that would act on the user are ignored", async ({ page, push, open }) => {
  push.snippet("/doc/1", SNIPPET);
  const socket = await open(`<div style="height: 300vh"></div>${PAGE}`);
  socket.send({
    url: "/doc/1",
    inject: "source: #a; target: #b; history: record; scroll: target; confirm: always; url: /elsewhere",
  });
  await expect(page.locator("#b")).toHaveText("new A");
  expect(page.url()).toBe(`${push.url}/`);
  expect(await page.evaluate(() => window.scrollY)).toBe(0);
  expect(push.requestsFor("/elsewhere")).toHaveLength(0);
});
