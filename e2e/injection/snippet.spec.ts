/** Snippets that speak for themselves: messages without `inject`, down to a bare URL. */
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

test("a URL is enough: each top-level element with an id replaces its namesake", async ({ page, push, open }) => {
  push.snippet("/doc/1", '<p id="x" class="new">1 <i id="y">inner</i></p>text<p>none</p><p id="z">3</p>');
  const socket = await open("");
  for (const [name, message] of [
    ["a bare URL", "/doc/1?bare"],
    ["an object with a url", { url: "/doc/1?object" }],
    ["an object with a type", { type: "inject", url: "/doc/1?typed" }],
  ] as const) {
    await test.step(name, async () => {
      await fill(page, '<p id="x">x</p><p id="y">y</p><p id="z">z</p>');
      socket.send(message);
      await push.settled(page);
      expect(await page.locator("main").innerHTML()).toBe(
        '<p id="x" class="new">1 <i id="y">inner</i></p><p id="y">y</p><p id="z">3</p>',
      );
    });
  }
  expect(push.requestsFor("/doc/1")).toHaveLength(3);
});

test("a snippet in the message speaks for itself as well", async ({ page, open }) => {
  const socket = await open('<p id="x">x</p>');
  socket.send({ html: '<p id="x">new</p>' });
  await expect(page.locator("#x")).toHaveText("new");
});

test("a whole document speaks by the top level of its body", async ({ page, push, open }) => {
  push.snippet(
    "/doc/1",
    '<!DOCTYPE html><html id="x"><head><title>T</title></head><body id="y"><p id="z">new</p></body>',
  );
  const socket = await open('<p id="x">x</p><p id="y">y</p><p id="z">z</p>');
  socket.send("/doc/1");
  await expect.poll(() => page.locator("main").innerHTML()).toBe('<p id="x">x</p><p id="y">y</p><p id="z">new</p>');
  await expect(page).toHaveTitle("Fixture");
});

test("an id may be whatever HTML allows", async ({ page, push, open }) => {
  const ids = ["4f2a-1b", "form.widgets.title", "a:b", "a;b", "a&&b", "a::after", "größe"];
  const socket = await open(ids.map((id) => `<p id="${id}">old</p>`).join(""));
  for (const id of ids) socket.send({ html: `<p id="${id}">new ${id}</p>` });
  await push.settled(page);
  expect(await page.locator("main p").allTextContents()).toEqual(ids.map((id) => `new ${id}`));
});

const INSTRUCTIONS = [
  ["target: #b", '<p id="b">new <b>A</b></p>'],
  ["target: #b::element", '<p id="a">new <b>A</b></p>'],
  ["target: #b::before", '<p id="b"><p id="a">new <b>A</b></p>old</p>'],
  ["target: #b::after", '<p id="b">old<p id="a">new <b>A</b></p></p>'],
  ["target: #b::element::before", '<p id="a">new <b>A</b></p><p id="b">old</p>'],
  ["target: #b::element::after", '<p id="b">old</p><p id="a">new <b>A</b></p>'],
  ["source: b; target: #b", '<p id="b">A</p>'],
  ["source: #a::element; target: #b", '<p id="b"><p id="a">new <b>A</b></p></p>'],
  ["source: #other; target: #b::after", '<p id="b">oldother</p>'],
  ["target: #b::element::before && source: b; target: #b", '<p id="a">new <b>A</b></p><p id="b">A</p>'],
] as const;

test("data-pat-inject in a snippet is its instruction, and is not injected", async ({ page, push, open }) => {
  const socket = await open("");
  for (const [argument, result] of INSTRUCTIONS) {
    await test.step(argument, async () => {
      push.snippet("/doc/1", `<p id="a" data-pat-inject="${argument}">new <b>A</b></p><p id="other">other</p>`);
      await fill(page, '<p id="b">old</p>');
      socket.send("/doc/1");
      await push.settled(page);
      expect(await page.locator("main").innerHTML()).toBe(result);
    });
  }
});

test("several elements of a snippet have instructions of their own, however deep they are", async ({ page, open }) => {
  const socket = await open('<p id="x">x</p><p id="y">y</p><p id="z">z</p>');
  socket.send({
    html:
      '<div id="z"><p data-pat-inject="target: #x">1</p></div>' +
      '<section><div><b data-pat-inject="target: #y::element">2</b></div></section>',
  });
  await expect.poll(() => page.locator("main").innerHTML()).toBe('<p id="x">1</p><b>2</b><p id="z">z</p>');
});

test("links and forms of pat-inject in a snippet are content, not instructions", async ({ page, open }) => {
  const content =
    '<a class="pat-inject" href="/more" data-pat-inject="source: #m; target: #x">More</a>' +
    '<form class="pat-inject" action="/send" data-pat-inject="source: #s; target: #y"><button>Send</button></form>';
  const socket = await open('<p id="x">x</p><p id="y">y</p><div id="z">z</div>');
  socket.send({ html: `<div id="z">${content}</div>` });
  await expect.poll(() => page.locator("main").innerHTML()).toMatch(/^<p id="x">x<\/p><p id="y">y<\/p><div id="z"><a/);
  for (const [selector, argument] of [
    ["#z a", "source: #m; target: #x"],
    ["#z form", "source: #s; target: #y"],
  ] as const) {
    await expect(page.locator(selector)).toHaveAttribute("data-pat-inject", argument);
  }
});

test("the button of a pat-inject form keeps the argument it has of its own", async ({ page, open }) => {
  const button = '<button formaction="/draft" data-pat-inject="source: #d; target: #x">Draft</button>';
  const socket = await open('<p id="x">x</p><div id="z">z</div>');
  socket.send({ html: `<div id="z"><form class="pat-inject" action="/send">${button}</form></div>` });
  await expect(page.locator("#z button")).toHaveAttribute("data-pat-inject", "source: #d; target: #x");
  await expect(page.locator("#x")).toHaveText("x");
});

test("a link inside an instructed element does not inherit the instruction", async ({ page, push, open }) => {
  push.snippet("/more", '<p id="m">more</p><p id="a">wrong</p>');
  const socket = await open('<div id="b">b</div><p id="x">x</p>');
  socket.send({
    html:
      '<div data-pat-inject="source: #a; target: #b">' +
      '<div id="a"><a class="pat-inject" href="/more#m" data-pat-inject="target: #x">More</a></div></div>',
  });
  await page.locator("#b a").click();
  await expect(page.locator("#x")).toHaveText("more");
});

const WITHOUT_TARGET = [
  ["names no target", "<p>nothing</p>text", /data-pat-inject.*id/],
  ["has an argument without a target", '<p id="b" data-pat-inject="source: #x">1</p>', /target.*expected/],
  [
    "has a selector that does not parse",
    '<p id="b" data-pat-inject="target: #b >> p">1</p>',
    /target.*selector.*#b >> p/,
  ],
] as const;

test("a snippet that does not say what it is for is one error that says so, and the next one is injected", async ({
  page,
  push,
  open,
}) => {
  const socket = await open('<p id="b">old</p>');
  for (const [name, html, expected] of WITHOUT_TARGET) {
    await test.step(`it ${name}`, async () => {
      push.snippet("/doc/1", html);
      socket.send("/doc/1");
      socket.send({ html: `<p id="b">good, though it ${name}</p>` });
      await push.settled(page);
      await expect(page.locator("#b")).toHaveText(`good, though it ${name}`);
      expect(await nextEvent(page, "pat-inject-async-error")).toMatchObject({
        target: "body",
        detail: { url: "/doc/1", error: expect.stringMatching(expected) },
      });
      expect((await drainEvents(page)).filter(({ type }) => /error|rejected/.test(type))).toEqual([]);
    });
  }
});
