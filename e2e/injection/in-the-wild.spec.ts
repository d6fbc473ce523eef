/** Snippets and messages as they are in the wild: each stands for a kind that has once been lost, or has stopped the page. */
import { drainEvents, expect, nextEvent, test } from "../support/fixture.ts";
import { opened, placeholder } from "../support/opened.ts";

test("a form whose fields are called like properties of forms is replaced by its id", async ({ page, push }) => {
  const names = ["id", "action", "remove", "children", "closest", "matches", "querySelector"];
  const form = (value: string) =>
    `<form id="edit">${names.map((name) => `<input name="${name}" value="${value}">`).join("")}</form>`;
  const socket = await opened(page, push, { body: `<div>${form("old")}</div>` });
  for (const [index, message] of [
    { html: form("by id") },
    { html: form("by target"), inject: "target: #edit::element" },
    { html: form("by source"), inject: "source: #edit::element; target: #edit::element" },
  ].entries()) {
    socket.send(message);
    await nextEvent(page, "pat-inject-async-injected");
    const value = ["by id", "by target", "by source"][index];
    // Not by a locator: the fields shadow what Playwright uses, too.
    const values = await page.evaluate(() =>
      Array.from(document.querySelectorAll("#edit input"), (input) => input.getAttribute("value")),
    );
    expect(values).toEqual(names.map(() => value));
  }
});

test("what shadows the document's own names stops nothing", async ({ page, push }) => {
  const socket = await opened(page, push, { body: '<p id="a"></p><p id="b"></p>' });
  const names = ["getElementById", "querySelector", "querySelectorAll", "activeElement"];
  socket.send({ html: names.map((name) => `<img name="${name}" alt="">`).join(""), inject: "target: #a" });
  await nextEvent(page, "pat-inject-async-injected");
  push.snippet("/doc/1", '<p id="b">on</p>');
  socket.send("/doc/1");
  await expect(page.locator("#b")).toHaveText("on");
});

test("a title in svg stays, a document's goes", async ({ page, push }) => {
  const socket = await opened(page, push, { body: '<p id="a"></p>' });
  const svg = '<svg aria-labelledby="t"><title id="t">PDF</title></svg>';
  for (const inject of ["target: #a", "source: svg::element; target: #a"]) {
    socket.send({ html: `<title>Page</title>${svg}`, inject });
    await nextEvent(page, "pat-inject-async-injected");
    await expect(page.locator("#a title")).toHaveText("PDF");
  }
  expect(await page.title()).toBe("Fixture");
});

test("links that are no ids are left as they are", async ({ page, push }) => {
  const socket = await opened(page, push, { body: '<p id="a"></p>' });
  for (const href of ["#!/route", "#/123", "#sec:1", "#a=b", "#1", "#a,b", "#x>y", "#[", "#%20"]) {
    for (const inject of ["target: #a", "source: i; target: #a"]) {
      socket.send({ html: `<i><a href="${href}">go</a></i>`, inject });
      await nextEvent(page, "pat-inject-async-injected");
      await expect(page.locator("#a a")).toHaveAttribute("href", href);
    }
  }
});

test("an argument that links inherit is content, not an instruction", async ({ page, push }) => {
  const socket = await opened(page, push, { body: '<div id="menu">old</div><div id="main">main</div>' });
  for (const argument of ["history: record", "target: self", "target: #main"]) {
    socket.send({
      html: `<div id="menu" data-pat-inject="${argument}"><a class="pat-inject" href="/x">${argument}</a></div>`,
    });
    await nextEvent(page, "pat-inject-async-injected");
    await expect(page.locator("#menu a")).toHaveText(argument);
    await expect(page.locator("#menu")).toHaveAttribute("data-pat-inject", argument);
    await expect(page.locator("#main")).toHaveText("main");
  }
});

test("scripts and the like at the top level name nothing", async ({ page, push }) => {
  const own = '<script id="protect-script" data-own></script>';
  const snippet = '<img alt="ready"><script id="protect-script" src="/protect.js"></script><style id="s"></style>';
  push.snippet("/doc/1", snippet);
  const socket = await opened(page, push, { body: `${own}${placeholder("waits", "/doc/1")}` });
  socket.send("/doc/1");
  await expect(page.locator('img[alt="ready"]')).toHaveCount(1);
  await expect(page.locator("#protect-script[data-own]")).toHaveCount(1);
});

test("targets are inside the body", async ({ page, push }) => {
  const socket = await opened(page, push, { head: "<style></style>", body: '<p id="a"></p>' });
  for (const target of ["title", "meta", "head script", "head", "html", "style", "body::element", "body::after"]) {
    socket.send({
      html: "evil",
      inject: target === "body::after" ? "target: body::element::after" : `target: ${target}`,
    });
    expect((await nextEvent(page, "pat-inject-async-rejected")).detail["message"], target).toMatch(/target/);
  }
  socket.send({ html: "good", inject: "target: #a" });
  await expect(page.locator("#a")).toHaveText("good");
});

test("texts have lengths", async ({ page, push }) => {
  const socket = await opened(page, push, { body: '<p id="a"></p>' });
  for (const message of [
    { html: "x", inject: `target: #${"\u3000".repeat(80_000)}!` },
    { html: "x", inject: `target: #a${":is(".repeat(2_000)}` },
    { html: "x", inject: "target: #a", announce: "a".repeat(100_000) },
    { url: `/a${"#".repeat(900_000)}\n` },
    { type: "push", marker: "m".repeat(100_000) },
  ]) {
    socket.send(message);
    expect((await nextEvent(page, "pat-inject-async-rejected")).detail["expected"]).toMatch(/at most \d+ characters/);
  }
  socket.send({ html: "good", inject: "target: #a" });
  await expect(page.locator("#a")).toHaveText("good");
});

test("with `once`, an item that is there already is replaced, not doubled", async ({ page, push }) => {
  const body = '<ul id="list"><li id="one">1</li></ul>';
  const socket = await opened(page, push, { body });
  push.snippet("/item", '<li id="one">new 1</li><li id="two">2</li>');
  for (const text of ["new 1", "new 1"]) {
    socket.send({ url: "/item", inject: "target: #list::before", once: true });
    await push.settled(page);
    await expect(page.locator("#list li")).toHaveText(["2", text]);
  }
  socket.send({ html: '<li id="three">3</li>', inject: "target: #list::after", once: true });
  await expect(page.locator("#list li")).toHaveText(["2", "new 1", "3"]);
  socket.send({ url: "/item", inject: "target: #list::before", once: "yes" });
  expect((await nextEvent(page, "pat-inject-async-rejected")).detail["expected"]).toContain("once");
});

test("what pat-inject did not put in place is an error, and not told as injected", async ({ page, push }) => {
  const socket = await opened(page, push, { body: '<p id="a">old</p>' });
  await page.evaluate(() => {
    const registry: unknown = Reflect.get(window, "__patternslib_registry");
    const inject: unknown = registry instanceof Object && Reflect.get(registry, "inject");
    if (inject instanceof Object) {
      Reflect.set(inject, "_inject", () => {
        throw new Error("broken host");
      });
    }
  });
  socket.send({ html: "new", inject: "target: #a" });
  expect((await nextEvent(page, "pat-inject-async-error")).detail["error"]).toContain("broken host");
  await expect(page.locator("#a")).toHaveClass(/is-error/);
  await expect(page.locator("#a")).toHaveText("old");
  expect((await drainEvents(page)).map(({ type }) => type)).not.toContain("pat-inject-async-injected");
});
