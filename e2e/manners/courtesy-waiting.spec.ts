/** An update that waits for its user: how the target says so, how it is asked for, and what comes after it meanwhile. */
import type { Page } from "@playwright/test";
import { addElements, fill } from "../support/elements.ts";
import { test as base, drainEvents, expect, libraryPage } from "../support/fixture.ts";
import { bodyWith, opened } from "../support/opened.ts";
import { holdClock } from "../support/page-time.ts";
import type { PushServer } from "../support/push-server.ts";
import type { PushSocket } from "../support/push-socket.ts";

interface Waiting {
  /** Loads a page with the library, and this in its body, besides a place to go to. */
  readonly open: (body?: string, bodyAttributes?: string) => Promise<PushSocket>;
}

const test = base.extend<Waiting>({
  open: async ({ page, push }, use) => {
    await use((body = FIELD, bodyAttributes = bodyWith("")) =>
      opened(page, push, {
        body: `<main>${body}</main><button id="elsewhere">Elsewhere</button>`,
        bodyAttributes,
      }),
    );
  },
});

const FIELD = '<div id="b"><input id="field"></div>';
const update = (html: string, inject = "target: #b") => ({ html, inject });
const notice = (page: Page) => page.locator(".pat-inject-async-notice.is-update");
const button = (page: Page) => notice(page).getByRole("button");
const leave = (page: Page) => page.locator("#elsewhere").focus();

/** The first update for `#b`, sent while its field has the focus. */
async function sendWhileFocused(page: Page, push: PushServer, socket: PushSocket, html = "new"): Promise<void> {
  await page.locator("#field").focus();
  socket.send(update(html));
  await push.settled(page);
  await expect(page.locator("#b")).toHaveClass(/has-update/);
}

async function expectNothingLeft(page: Page): Promise<void> {
  await expect(page.locator(".has-update, .pat-inject-async-notice")).toHaveCount(0);
}

test("the update can be asked for by mouse", async ({ page, push, open }) => {
  const socket = await open();
  await sendWhileFocused(page, push, socket);
  await button(page).click();
  await expect(page.locator("#b")).toHaveText("new");
  await expectNothingLeft(page);
});

test("the update can be asked for by keyboard", async ({ page, push, open }) => {
  const socket = await open();
  for (const key of ["Enter", "Space"]) {
    await test.step(key, async () => {
      await fill(page, FIELD);
      await sendWhileFocused(page, push, socket);
      await page.keyboard.press("Shift+Tab");
      await expect(button(page)).toBeFocused();
      await expect(page.locator("#b")).toHaveClass(/has-update/);
      await page.keyboard.press(key);
      await expect(page.locator("#b")).toHaveText("new");
      await expectNothingLeft(page);
      // Who asked goes on from there, not from the top of the page.
      await page.keyboard.press("Tab");
      await expect(page.locator("#elsewhere")).toBeFocused();
    });
  }
});

test("what could not be given back waits for the button, although its user was told and has left", async ({
  page,
  push,
  open,
}) => {
  for (const [what, body, html] of [
    ["a text edited in place", '<div id="b"><p contenteditable id="field">old</p></div>', "<p contenteditable>new</p>"],
    ["a field that does not come again", FIELD, "<p>new</p>"],
  ] as const) {
    await test.step(what, async () => {
      const socket = await open(body);
      await page.locator("#field").pressSequentially("mine");
      await sendWhileFocused(page, push, socket, html);
      await leave(page);
      await push.settled(page);
      await expect(page.locator("#b")).toHaveClass(/has-update/);
      await button(page).click();
      await expect(page.locator("#b")).toHaveText("new");
      await expectNothingLeft(page);
    });
  }
});

test("asking does not send the form it is in", async ({ page, push, open }) => {
  const socket = await open('<form action="/sent" id="b"><input id="field"></form>');
  await sendWhileFocused(page, push, socket);
  await button(page).click();
  await expect(page.locator("#b")).toHaveText("new");
  expect(new URL(page.url()).pathname).toBe("/");
});

test("it says so in the language of the page, or in words of its own", async ({ page, push, open }) => {
  for (const [language, attributes, text] of [
    ["English", bodyWith(""), "Update available"],
    ["German", `lang="de-AT" ${bodyWith("")}`, "Aktualisierung verfügbar"],
    ["a language that is not known", `lang="tlh" ${bodyWith("")}`, "Update available"],
    ["words of its own", `lang="de" ${bodyWith("update-text: Es gibt Neues!")}`, "Es gibt Neues!"],
  ] as const) {
    await test.step(language, async () => {
      const socket = await open(FIELD, attributes);
      await sendWhileFocused(page, push, socket);
      await expect(button(page)).toHaveText(text);
    });
  }
});

test("a target in another language than the page says it in its own, or in words of its own", async ({
  page,
  open,
}) => {
  const dirty = (attributes: string) => `<p ${attributes} class="is-dirty x">old</p>`;
  const socket = await open(dirty('lang="fr"') + dirty('lang="fr" data-pat-inject-async="update-text: Neuf"'));
  socket.send(update("new", "target: .x"));
  await expect(button(page)).toHaveText(["Mise à jour disponible", "Neuf"]);
});

test("a newer update takes the place of the one that waits", async ({ page, push, open }) => {
  const socket = await open();
  await sendWhileFocused(page, push, socket, "1");
  for (const html of ["2", "3"]) socket.send(update(html));
  await push.settled(page);
  await expect(button(page)).toHaveCount(1);
  await leave(page);
  await expect(page.locator("#b")).toHaveText("3");
  const events = (await drainEvents(page)).filter((event) => "detail" in event && event.detail["target"] === "#b");
  expect(events).toHaveLength(2); // before-inject and injected
});

test("what is inserted after it waits too, and comes in order", async ({ page, push, open }) => {
  const socket = await open();
  await sendWhileFocused(page, push, socket, "1");
  socket.send(update("2", "target: #b::after"));
  socket.send(update("<i id='three'>3</i>", "target: #b::element::after"));
  await push.settled(page);
  await expect(page.locator("#three")).toHaveCount(0);
  await leave(page);
  await expect(page.locator("#b")).toHaveText("12");
  await expect(page.locator("#b + #three")).toHaveText("3");
  await expectNothingLeft(page);
});

test("what is inserted behind a replacement of the element itself goes to what has replaced it", async ({
  page,
  push,
  open,
}) => {
  const socket = await open();
  await page.locator("#field").focus();
  socket.send(update('<div id="b">1</div>', "target: #b::element"));
  socket.send(update("2", "target: #b::after"));
  socket.send(update("<i id='three'>3</i>", "target: #b::element::after"));
  await push.settled(page);
  await leave(page);
  await expect(page.locator("#b")).toHaveText("12");
  await expect(page.locator("#b + #three")).toHaveText("3");
  await expectNothingLeft(page);
});

test("a newer update does not swallow what came beside the target meanwhile", async ({ page, push, open }) => {
  const socket = await open();
  await sendWhileFocused(page, push, socket, "1");
  socket.send(update("<i id='beside'>beside</i>", "target: #b::element::after"));
  socket.send(update("2"));
  await push.settled(page);
  await leave(page);
  await expect(page.locator("#b")).toHaveText("2");
  await expect(page.locator("#beside")).toHaveText("beside");
  await expectNothingLeft(page);
});

test("what is inserted into a target that is used disturbs nobody and does not wait", async ({ page, open }) => {
  const socket = await open();
  await page.locator("#field").fill("text");
  socket.send(update("more", "target: #b::after"));
  await expect(page.locator("#b")).toHaveText("more");
  await expect(page.locator("#field")).toBeFocused();
  await expect(page.locator("#field")).toHaveValue("text");
});

test("what was typed before it came is not taken away from who has not seen that it came", async ({
  page,
  push,
  open,
}) => {
  const socket = await open();
  await page.locator("#field").fill("text");
  await leave(page);
  socket.send(update('new <input id="field">'));
  await push.settled(page);
  await expect(page.locator("#field")).toHaveValue("text");
  await button(page).click();
  await expect(page.locator("#b")).toHaveText("new");
  await expect(page.locator("#field")).toHaveValue("text");
});

test("what was sent is not put into the new form again, though the update comes before it is known to be sent", async ({
  page,
  push,
  open,
}) => {
  // 1. An update waits, because the user is in the form. They press Enter, or the button.
  // 2. At the key, or the end of the press, the waiting update is about to be looked at again.
  // 3. The form is sent, and the page moves the focus elsewhere. Validation has its say a moment later.
  // 4. The update finds that the user has left. It must not take what has just been sent for what is still being entered.
  const socket = await open("");
  await page.evaluate(() => {
    document.addEventListener("keypress", () => document.body.classList.toggle("is-pressed"));
    document.addEventListener("submit", (event) => {
      event.preventDefault();
      document.getElementById("elsewhere")?.focus();
    });
  });
  for (const [how, send] of [
    ["with Enter", () => page.keyboard.press("Enter")],
    ["with the button", () => page.getByRole("button", { name: "Send" }).click()],
  ] as const) {
    await test.step(how, async () => {
      await fill(page, '<form id="b"><input id="field"><button>Send</button></form>');
      await page.locator("#field").fill("text");
      await sendWhileFocused(page, push, socket, `sent ${how} <input id="field">`);
      await send();
      await expect(page.locator("#b")).toHaveText(`sent ${how}`);
      await expect(page.locator("#field")).toHaveValue("");
    });
  }
});

test("it is said beside a target in which a button may not be", async ({ page, push, open }) => {
  const socket = await open("");
  for (const [what, body, target] of [
    ["a row of a table", '<table><tbody><tr id="b"><td><input id="field"></td></tr></tbody></table>', "#b"],
    ["a list", '<ul id="b"><li><input id="field"></li></ul>', "#b"],
    ["a field", '<div><input id="field"></div>', "#field"],
    ["a text that is edited in place", '<div id="field" contenteditable>text</div>', "#field"],
  ] as const) {
    await test.step(what, async () => {
      await fill(page, body);
      await page.locator("#field").focus();
      socket.send(update("<td>new</td>", `target: ${target}`));
      await push.settled(page);
      await expect(button(page)).toBeVisible();
      await expect(page.locator(`${target} .pat-inject-async-notice`)).toHaveCount(0);
      await expect(page.locator(":is(tr, tbody, ul, [contenteditable]) > .pat-inject-async-notice")).toHaveCount(0);
      // Otherwise the update would wait for the next target of this name.
      await button(page).click();
      await push.settled(page);
    });
  }
});

test("when its target is removed nothing is left of it, and it comes when the target does", async ({
  page,
  push,
  open,
}) => {
  const socket = await open('<table><tbody><tr id="b"><td><input id="field"></td></tr></tbody></table>');
  await page.locator("#field").focus();
  socket.send(update("<td>new</td>"));
  await push.settled(page);
  await page.evaluate(() => document.getElementById("b")?.remove());
  await expectNothingLeft(page);
  await addElements(page, '<p id="b">old</p>');
  await expect(page.locator("#b")).toHaveText("new");
});

test("when the page itself replaces its target, it comes to what stands there now", async ({ page, push, open }) => {
  await holdClock(page);
  const socket = await open();
  await page.clock.runFor(10_000); // what the host still does to the page must not be what helps
  await sendWhileFocused(page, push, socket);
  await page.evaluate(() => {
    const target = document.getElementById("b");
    if (target) target.outerHTML = '<div id="b">by the page</div>';
  });
  await expect(page.locator("#b")).toHaveText("new");
  await expectNothingLeft(page);
});

test("of a target in a target, both updates come, in order", async ({ page, push, open }) => {
  const socket = await open('<div id="b"><p id="inner"><input id="field"></p></div>');
  await page.locator("#field").focus();
  socket.send(update('outer <p id="inner">old</p>'));
  socket.send(update("inner", "target: #inner"));
  await push.settled(page);
  await leave(page);
  await expect(page.locator("#b")).toHaveText("outer inner");
  await expectNothingLeft(page);
});

test("when the library's last element goes, targets no longer say that something waits", async ({ page, push }) => {
  const body = `<div class="pat-inject-async" id="only"></div>${FIELD}`;
  await page.goto(push.page("/", libraryPage({ body, bodyAttributes: "" })));
  const socket = await push.nextSocket();
  await sendWhileFocused(page, push, socket);
  await page.evaluate(() => document.getElementById("only")?.remove());
  await expectNothingLeft(page);
  await expect(page.locator("#field")).toBeFocused();
});

test("of several fields of one name, what was typed goes into the one at the same place", async ({
  page,
  push,
  open,
}) => {
  const fields =
    '<input name="line:list"><input name="line:list"><form><input name="title"></form><form><input name="title"></form>';
  const socket = await open(`<div id="b">${fields}</div>`);
  await page.locator("[name='line:list']").nth(1).fill("second line");
  await page.locator("[name=title]").nth(1).fill("second title");
  socket.send(update(fields));
  await push.settled(page);
  await leave(page);
  await expectNothingLeft(page);
  const values = page.locator("#b input").evaluateAll((inputs) => inputs.map((input) => Reflect.get(input, "value")));
  expect(await values).toEqual(["", "second line", "", "second title"]);
});
