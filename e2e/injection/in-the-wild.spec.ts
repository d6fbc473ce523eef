/** Snippets and messages as they are in the wild: each stands for a kind that has once been lost, or has stopped the page. */
import { fill } from "../support/elements.ts";
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

for (const swap of ["inject", "morph"]) {
  test(`a field called parentNode, which the host's jQuery would follow for ever: swap ${swap}`, async ({
    page,
    push,
  }) => {
    const socket = await opened(page, push, { body: '<main></main><p id="next"></p>' });
    const fields = [
      '<input name="parentNode">',
      '<button id="parentNode"></button>',
      "<select NAME = 'parentNode'></select>",
      '<input name="parentNode"><p class="pat-inject-async pat-checklist" data-pat-inject-async="keep: i"></p>',
    ];
    for (const [index, field] of fields.entries()) {
      await fill(page, `<section data-pat-inject-async="swap: ${swap}"><form id="edit">${field}</form></section>`);
      const form = (text: string) => `<form id="edit">${field}<b id="in">${text}</b></form>`;
      for (const [inject, html] of [
        [undefined, form],
        ["target: #edit::element", form],
        ["source: #edit; target: #edit", form],
        ["source: #in; target: #in", form],
        ["target: #in::element", (text: string) => `<b id="in">${text}</b>`],
        ["target: #edit::after", (text: string) => `<b class="last">${text}</b>`],
        ["target: #edit::element::after", (text: string) => `<i>${text}</i>`],
      ] as const) {
        const text = `${index} ${inject}`;
        socket.send({ html: html(text), inject });
        expect((await nextEvent(page, "pat-inject-async-injected")).type).toContain("injected");
        // Not by a locator of the form: the field leads Playwright astray, too.
        expect(await page.evaluate(() => document.querySelector("main")?.textContent)).toContain(text);
        expect(await page.evaluate(() => document.querySelector("#edit")?.firstElementChild?.localName)).toBeTruthy();
      }
    }
    socket.send({ html: "on", inject: "target: #next" });
    await expect(page.locator("#next")).toHaveText("on");
  });
}

test("what shadows the document's own names stops nothing", async ({ page, push }) => {
  const socket = await opened(page, push, { body: '<p id="a"></p><p id="b"></p>' });
  const names = ["getElementById", "querySelector", "querySelectorAll", "activeElement"];
  socket.send({ html: names.map((name) => `<img name="${name}" alt="">`).join(""), inject: "target: #a" });
  await nextEvent(page, "pat-inject-async-injected");
  push.snippet("/doc/1", '<p id="b">on</p>');
  socket.send("/doc/1");
  await expect(page.locator("#b")).toHaveText("on");
});

test("a pattern that is left out, because of a field called parentNode, is told in the log", async ({ page, push }) => {
  const lines: string[] = [];
  page.on("console", (line) => {
    if (line.text().includes("parentNode")) lines.push(line.text());
  });
  const socket = await opened(page, push, { body: '<main></main><p id="next"></p>' });
  const form = '<form id="edit"><input name="parentNode"><p id="in" class="pat-checklist"></p></form>';
  for (const [what, html, inject, count] of [
    ["the form itself", form, "source: #edit::element; target: #edit::element", 1],
    ["what is in it", '<p id="in" class="pat-checklist">new</p>', "target: #in::element", 1],
    ["what is around it", `<div id="t">${form}</div>`, "source: #t; target: #t", 1],
    ["a form without patterns", '<form id="edit"><input name="parentNode"></form>', "target: #t", 0],
    ["a form without such a field", '<form><p class="pat-checklist"></p></form>', "target: #t", 0],
  ] as const) {
    await test.step(what, async () => {
      await fill(page, `<div id="t">${form}</div>`);
      lines.length = 0;
      socket.send({ html, inject });
      socket.send({ html: what, inject: "target: #next" });
      await expect(page.locator("#next")).toHaveText(what);
      const line = "pat-inject-async: pattern checklist, in what was injected: a field is called parentNode";
      expect(lines).toEqual(Array(count).fill(line));
    });
  }
});

test("a title in svg stays, a document's goes", async ({ page, push }) => {
  const socket = await opened(page, push, { body: '<p id="a"></p>' });
  for (const [name, svg] of [
    ["PDF", '<svg aria-labelledby="t"><title id="t">PDF</title></svg>'],
    ["in a group", "<svg><g><title>in a group</title><path d='M0 0'/></g></svg>"],
    ["of a symbol", "<svg><defs><symbol id='s'><title>of a symbol</title></symbol></defs><use href='#s'/></svg>"],
    ["beside a script", "<svg><script></script><title>beside a script</title></svg>"],
    ["in a link", "<svg><a href='#x'><title>in a link</title></a></svg>"],
    ["beside HTML", "<svg><foreignObject><p>text</p></foreignObject><title>beside HTML</title></svg>"],
  ]) {
    for (const inject of ["target: #a", "source: svg::element; target: #a"]) {
      socket.send({ html: `<title>Page</title>${svg}`, inject });
      await nextEvent(page, "pat-inject-async-injected");
      await expect(page.locator("#a title")).toHaveText(name ?? "");
    }
  }
  expect(await page.title()).toBe("Fixture");
});

test("a snippet neither leads the page elsewhere nor its links", async ({ page, push }) => {
  const leading = '<meta http-equiv="refresh" content="0;url=/elsewhere"><base href="/elsewhere/">';
  const body = (text: string) =>
    `<div id="a">${leading}<i itemscope><meta itemprop="name" content="it">${text}</i></div>`;
  for (const swap of ["inject", "morph"]) {
    const socket = await opened(page, push, {
      body: `<main data-pat-inject-async="swap: ${swap}"><div id="a"></div></main>`,
    });
    for (const [index, inject] of [undefined, "source: #a; target: #a"].entries()) {
      socket.send({ html: body(`${swap} ${index}`), inject });
      await expect(page.locator("#a i")).toHaveText(`${swap} ${index}`);
      await expect(page.locator("#a meta")).toHaveCount(1);
    }
    await push.settled(page);
    expect(await page.evaluate(() => document.baseURI)).toBe(page.url());
    expect(new URL(page.url()).pathname).toBe("/");
  }
});

test("a template at the start of a snippet names its target, too", async ({ page, push }) => {
  const socket = await opened(page, push, { body: '<template id="row"><p>old</p></template>' });
  socket.send({ html: '<template id="row"><p>new</p></template>' });
  await push.settled(page);
  const text = await page.evaluate(() => document.querySelector<HTMLTemplateElement>("#row")?.content.textContent);
  expect(text).toBe("new");
});

test("a target that a listener takes away before its content comes is not told as injected", async ({ page, push }) => {
  const socket = await opened(page, push, { body: '<p id="a"></p>' });
  await page.evaluate(() =>
    document.addEventListener("pat-inject-async-before-inject", (event) => {
      if (event.target instanceof Element && event.target.id === "a") event.target.remove();
    }),
  );
  socket.send({ html: "new", inject: "target: #a" });
  await nextEvent(page, "pat-inject-async-before-inject");
  await push.settled(page);
  const events = await drainEvents(page);
  expect(events.filter(({ type }) => type === "pat-inject-async-injected")).toEqual([]);
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
  for (const argument of [
    "history: record",
    "target: self",
    "target: #main",
    "source: #main; target: #main",
    "confirm: always",
  ]) {
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
  const socket = await opened(page, push, { body: "<main></main>" });
  for (const [url, tag, rest] of [
    ["/script", "script", ' src="/protect.js"></script>'],
    ["/style", "style", ">p { color: red }</style>"],
    ["/link", "link", ' rel="icon" href="data:,">'],
    ["/meta", "meta", ' name="generator" content="Plone">'],
    ["/title", "title", ">Plone</title>"],
  ] as const) {
    await test.step(tag, async () => {
      push.snippet(url, `<img alt="${tag}"><${tag} id="own"${rest}`);
      await fill(page, `<${tag} id="own" data-own></${tag}>${placeholder("waits", url)}`);
      socket.send(url);
      await expect(page.locator(`img[alt="${tag}"]`)).toHaveCount(1);
      await expect(page.locator("#own[data-own]")).toHaveCount(1);
    });
  }
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

test("with `once`, a late answer does not replace what is newer", async ({ page, push }) => {
  const late = push.snippet("/item", '<li id="two">stale</li>').hold();
  push.snippet("/item/2", '<li id="two">new</li>');
  const socket = await opened(page, push, { body: '<ul id="list"><li id="two">old</li></ul>' });
  socket.send({ url: "/item", inject: "target: #list::before", once: true });
  await push.nextRequest("/item");
  socket.send("/item/2");
  await nextEvent(page, "pat-inject-async-injected");
  await expect(page.locator("#list")).toHaveText("new");
  late.release();
  await push.settled(page);
  await expect(page.locator("#list")).toHaveText("new");
});

test("with `once`, an item that a waiting update brings is not doubled by what comes after it", async ({
  page,
  push,
}) => {
  const socket = await opened(page, push, {
    body: '<div id="list"><input id="field"></div><button id="elsewhere">Elsewhere</button>',
  });
  await page.locator("#field").focus();
  socket.send({ html: '<p id="one">list</p>', inject: "target: #list" });
  socket.send({ html: '<p id="one">item</p><p id="two">item</p>', inject: "target: #list::before", once: true });
  await push.settled(page);
  await page.locator("#elsewhere").focus();
  await expect(page.locator("#list p")).toHaveText(["item", "item"]);
  await expect(page.locator("#one")).toHaveCount(1);
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

for (const [name, list, source] of [
  ["a list", "<ul id='new'><li id='one'>new</li><li id='two'>2</li></ul>", "#new"],
  ["items of a list", "<ul class='n'><li id='one'>new</li><li id='two'>2</li></ul>", ".n > li::element"],
  [
    "rows of a table",
    "<table><tbody id='new'><tr id='one'><td>new</td></tr><tr id='two'><td>2</td></tr></tbody></table>",
    "#new",
  ],
]) {
  test(`with \`once\`, items that come in ${name} are known by their ids, too`, async ({ page, push }) => {
    const item = name === "rows of a table" ? "tr" : "li";
    const known = item === "tr" ? "<tr id='one'><td>old</td></tr>" : "<li id='one'>old</li>";
    const body = item === "tr" ? `<table><tbody id="list">${known}</tbody></table>` : `<ul id="list">${known}</ul>`;
    const socket = await opened(page, push, { body });
    socket.send({ html: list, inject: `source: ${source}; target: #list::after`, once: true });
    await expect(page.locator(`#list ${item}`)).toHaveText(["new", "2"]);
    await push.settled(page);
    await expect(page.locator(".is-error")).toHaveCount(0);
  });
}

test("selectors that would hold up the page are refused at once", async ({ page, push }) => {
  const body = `<p id="a"></p><main>${"<i></i>".repeat(300)}</main>${"<div>".repeat(30)}${"</div>".repeat(30)}`;
  const socket = await opened(page, push, { body });
  for (const target of [
    ":is(:is(:is(.nope ~ *) ~ *) ~ *)",
    `${":is(".repeat(8)}.nope${" *)".repeat(8)}`,
    "#\\ffffff",
  ]) {
    socket.send({ html: "x", inject: `target: ${target}` });
    socket.send({ html: target, inject: "target: #a" });
    await expect(page.locator("#a")).toHaveText(target);
  }
  for (const target of ["#a:not(:has(> i))", "main:has(> i:is(:first-child, :last-child))"]) {
    socket.send({ html: "found", inject: `target: ${target}` });
    await expect(page.locator(target.replace(/:has.*|:not.*/, ""))).toHaveText("found");
  }
});
