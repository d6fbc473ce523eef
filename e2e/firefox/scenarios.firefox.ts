/** The library's main job, and what a browser may do in its own way, in Firefox ESR. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "puppeteer-core";
import { type LibraryPageOptions, libraryPage } from "../support/library-page.ts";
import { bodyWith, placeholder } from "../support/opened.ts";
import { type PushServer, startPushServer } from "../support/push-server.ts";
import type { PushSocket } from "../support/push-socket.ts";
import { installedFirefox, launchFirefox } from "./firefox.ts";

const path = installedFirefox();
const skip = path === undefined && "Firefox is not installed";
let browser: Browser | undefined;

before(async () => {
  if (path !== undefined) browser = await launchFirefox(path);
});
after(() => browser?.close());

interface Opened {
  readonly page: Page;
  readonly push: PushServer;
  readonly socket: PushSocket;
}

function scenario(name: string, options: LibraryPageOptions, run: (opened: Opened) => Promise<void>): void {
  test(name, { skip, timeout: 30_000 }, async () => {
    const push = await startPushServer();
    const page = await browser?.newPage();
    if (!page) throw new Error("expected Firefox, found none");
    const errors: unknown[] = [];
    page.on("pageerror", (error) => errors.push(error));
    try {
      await page.goto(push.page("/", libraryPage(options)));
      const socket = await push.nextSocket();
      await page.waitForSelector("body[data-inject-async-state=open]");
      await run({ page, push, socket });
      assert.deepEqual(errors, []);
    } finally {
      await page.close();
      await push.close();
    }
  });
}

const text = (page: Page, selector: string, expected: string) =>
  page.waitForFunction(
    (selector, expected) => document.querySelector(selector)?.textContent?.trim() === expected,
    {},
    selector,
    expected,
  );
const property = (page: Page, selector: string, name: string) =>
  page.$eval(selector, (element, name): unknown => Reflect.get(element, name), name);
const waits = (page: Page) => page.waitForSelector("#b.has-update");
const leave = (page: Page) => page.focus("#elsewhere");
const update = (html: string) => ({ html, inject: "target: #b" });

const ELSEWHERE = '<button type="button" id="elsewhere">Elsewhere</button>';
const inject = (body: string): LibraryPageOptions => ({
  body: body + ELSEWHERE,
  head: '<script>document.addEventListener("submit", (event) => event.preventDefault())</script>',
});
const morph = (body: string): LibraryPageOptions => ({ ...inject(body), bodyAttributes: bodyWith("swap: morph") });

scenario("a message names a snippet, which is fetched and injected", inject('<p id="b"></p>'), async (opened) => {
  const { page, push, socket } = opened;
  push.snippet("/doc/1", '<p id="s">new</p>');
  socket.send({ url: "/doc/1", inject: "source: #s; target: #b" });
  await text(page, "#b", "new");
  assert.equal(push.requestsFor("/doc/1").length, 1);
});

scenario(
  "a lost connection is made anew, and what was missed is replayed",
  { ...inject(`<p id="b"></p>${placeholder("waits", "/doc/1")}`) },
  async ({ page, push, socket }) => {
    push.snippet("/doc/1", '<p id="waits">ready</p>');
    push.broadcast(update("before"));
    await text(page, "#b", "before");
    socket.drop();
    push.broadcast(update("missed"));
    await push.nextSocket();
    await text(page, "#b", "missed");
    await text(page, "#waits", "ready");
  },
);

scenario(
  "who goes back and forward finds the page alive, with what was missed",
  { ...inject('<p id="b"></p>'), bodyAttributes: bodyWith("position: 1732361000000-0") },
  async ({ page, push }) => {
    push.broadcast(update("before"));
    await text(page, "#b", "before");
    await page.goto(push.page("/elsewhere", "<!DOCTYPE html><title>Elsewhere</title>"));
    push.broadcast(update("missed"));
    // Firefox keeps the page as it was, and its driver waits for a load that never comes.
    await page.evaluate(() => history.back());
    await text(page, "#b", "missed");
    await page.evaluate(() => history.forward());
    await page.waitForFunction(() => document.title === "Elsewhere");
    await page.evaluate(() => history.back());
    await page.waitForSelector("body[data-inject-async-state=open]");
    push.broadcast(update("live"));
    await text(page, "#b", "live");
  },
);

scenario(
  "who is typing in a target is not interrupted, and takes the update when it suits",
  inject('<div id="b"><input name="f"></div>'),
  async ({ page, socket }) => {
    await page.type("[name=f]", "mi");
    socket.send(update("new"));
    await waits(page);
    await page.keyboard.type("ne");
    assert.equal(await property(page, "[name=f]", "value"), "mine");
    await page.click(".pat-inject-async-notice button");
    await text(page, "#b", "new");
  },
);

for (const [what, body] of [
  ["the target", '<form id="b"><input name="f"><button id="send">Send</button></form>'],
  ["around it", '<form><p id="b"><input name="f"></p><button id="send">Send</button></form>'],
  ["beside it", '<form id="x"><button id="send">Send</button></form><p id="b"><input name="f" form="x"></p>'],
] as const) {
  scenario(`what was sent is not being entered any more, the form ${what}`, inject(body), async ({ page, socket }) => {
    await page.type("[name=f]", "text");
    await page.click("#send");
    await leave(page);
    socket.send(update("new"));
    await text(page, "#b", "new");
  });
}

const fields = (text: string, value: string, checked: string) =>
  `<p>${text}</p><input type="checkbox" name="c" ${checked}><textarea name="t">${value}</textarea>`;

scenario(
  "what was entered and saved follows the server again",
  morph(`<form id="b">${fields("old", "", "")}</form>`),
  async ({ page, socket }) => {
    await page.click("[name=c]");
    await page.type("[name=t]", "mine");
    await leave(page);
    socket.send(update(fields("saved", "mine", "checked")));
    await text(page, "#b p", "saved");
    socket.send(update(fields("theirs", "theirs", "")));
    await text(page, "#b p", "theirs");
    assert.equal(await property(page, "[name=c]", "checked"), false);
    assert.equal(await property(page, "[name=t]", "value"), "theirs");
  },
);

scenario(
  "a form whose fields are called like properties of forms is replaced by its id",
  inject('<form id="edit"><input name="id" value="old"></form>'),
  async ({ page, socket }) => {
    const names = ["id", "action", "remove", "children", "closest", "matches"];
    socket.send({
      html: `<form id="edit">${names.map((name) => `<input name="${name}" value="new">`).join("")}</form>`,
    });
    await page.waitForSelector("[name=matches][value=new]");
  },
);

scenario("a title in svg stays, a document's goes", inject('<p id="b"></p>'), async ({ page, socket }) => {
  socket.send(update('<title>Page</title><svg aria-labelledby="t"><title id="t">PDF</title></svg>'));
  await text(page, "#b svg title", "PDF");
  assert.equal(await page.title(), "Fixture");
});

// In Chromium only the page's own document is shadowed.
for (const [how, argument] of [
  ["its target", "source: #b; target: #b"],
  ["no target", undefined],
] as const) {
  scenario(
    `a picture called body in a snippet that is told ${how} does not hide the rest of it`,
    inject('<p id="b">old</p>'),
    async ({ page, socket }) => {
      // With a script, the snippet has to be taken apart.
      const html = '<script>0</script><p id="b">new</p><img name="body" alt="">';
      socket.send({ html, ...(argument ? { inject: argument } : {}) });
      await text(page, "#b", "new");
    },
  );
}

scenario(
  "a text edited in place, and left, is not taken away",
  inject('<div id="b"><p contenteditable>text</p></div>'),
  async ({ page, socket }) => {
    await page.type("#b p", "mine ");
    await leave(page);
    socket.send(update("new"));
    await waits(page);
    await page.click(".pat-inject-async-notice button");
    await text(page, "#b", "new");
  },
);

scenario(
  "a field in an open shadow tree is not taken away",
  inject('<div id="b"><div id="host"></div></div>'),
  async ({ page, socket }) => {
    await page.$eval("#host", (host) => {
      const shadow = host.attachShadow({ mode: "open" });
      shadow.innerHTML = "<input>";
      shadow.querySelector("input")?.focus();
    });
    await page.keyboard.type("mine");
    socket.send(update("new"));
    await waits(page);
    assert.equal(await page.$eval("#host", (host) => host.shadowRoot?.querySelector("input")?.value), "mine");
  },
);

scenario(
  "what nobody touched is replaced at once",
  inject(
    '<form id="b"><select><option disabled>Choose<option>1</select><textarea>one&#13;\ntwo</textarea><input type="range" min="5" max="6" value="9"></form>',
  ),
  async ({ page, socket }) => {
    socket.send(update("new"));
    await text(page, "#b", "new");
  },
);

const group = (text: string, checked: string) =>
  `<p>${text}</p>${["A", "B", "C"].map((value) => `<input type="radio" name="r" value="${value}" ${value === checked ? "checked" : ""}>`).join("")}`;

scenario(
  "a group of radio buttons is one field",
  morph(`<form id="b">${group("old", "A")}</form>`),
  async ({ page, socket }) => {
    await page.click("[value=B]");
    await leave(page);
    socket.send(update(group("new", "C")));
    await text(page, "#b p", "new");
    assert.equal(await property(page, "[value=B]", "checked"), true);
  },
);

scenario(
  "a click begun before an update came is not lost",
  inject(`<div id="b"><button onclick="document.title = 'clicked'">Press</button></div>`),
  async ({ page, socket }) => {
    const button = await page.waitForSelector("#b button");
    await button?.hover();
    await page.mouse.down();
    socket.send(update("new"));
    await waits(page);
    await page.mouse.up();
    await text(page, "#b", "new");
    assert.equal(await page.title(), "clicked");
  },
);
