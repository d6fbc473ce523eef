/**
 * The first morph of what the page was rendered with, or what came without morphing: what scripts have made of it cannot be
 * told from what the server sent. Nothing that was entered is lost by it.
 */
import type { Page } from "@playwright/test";
import { fill } from "../support/elements.ts";
import { test as base, expect } from "../support/fixture.ts";
import { bodyWith, opened } from "../support/opened.ts";
import type { PushSocket } from "../support/push-socket.ts";

/** A pattern that notes the id of each `.pat-probe` it is initialised on; custom elements, each with a field of its own. */
const HEAD = `<script>
  window.inits = [];
  window.__patternslib_registry.probe = { name: "probe", trigger: ".pat-probe", init: ([{ id }]) => window.inits.push(id) };
  customElements.define("open-field", class extends HTMLElement {
    connectedCallback() { this.innerHTML = "<input name=q>"; }
  });
  customElements.define("shadow-field", class extends HTMLElement {
    connectedCallback() {
      this.attachShadow({ mode: "open" }).innerHTML = "<details><summary>More</summary>text</details><input>";
    }
  });
  customElements.define("closed-field", class extends HTMLElement {
    connectedCallback() { (this.root = this.attachShadow({ mode: "closed" })).innerHTML = "<input>"; }
  });
</script>`;

interface Morph {
  readonly socket: PushSocket;
  /** Loads a page with Plone's bundle, and this in its body. */
  readonly openPlone: (body: string) => Promise<PushSocket>;
}

const options = {
  bodyAttributes: bodyWith("swap: morph"),
  body: '<main></main><button id="elsewhere">Elsewhere</button>',
};

const test = base.extend<Morph>({
  socket: async ({ page, push }, use) => use(await opened(page, push, { ...options, head: HEAD })),
  openPlone: async ({ page, push }, use) =>
    use((body) => opened(page, push, { ...options, body: body + options.body, host: "mockup" })),
});

const target = (text: string, html: string) => `<div id="b"><p>${text}</p>${html}</div>`;
const update = (html: string, text = "new") => ({ html: target(text, html), inject: "source: #b; target: #b" });
const inits = (page: Page) => page.evaluate((): string[] => Reflect.get(window, "inits"));
const notice = (page: Page) => page.locator(".pat-inject-async-notice button");

test("a field whose id comes from a script stays, focused and with its text", async ({ page, socket }) => {
  for (const html of ['<input name="f">', '<textarea name="f"></textarea>', '<p><input name="f"></p>']) {
    await test.step(html, async () => {
      await fill(page, target("old", html));
      const field = page.locator("[name=f]");
      await field.evaluate((element) => {
        element.id = "auto-1";
      });
      await field.pressSequentially("mi");
      socket.send(update(html));
      await expect(page.locator("#b > p").first()).toHaveText("new");
      await page.keyboard.type("ne");
      await expect(field).toHaveValue("mine");
      await expect(field).toHaveId("auto-1");
    });
  }
});

test("a field without name and id stays, and waits when there is none any more", async ({ page, push, socket }) => {
  for (const html of ["<textarea></textarea>", "<p><input></p>"]) {
    await test.step(html, async () => {
      await fill(page, target("old", html));
      const field = page.locator("#b :is(textarea, input)");
      await field.pressSequentially("mi");
      socket.send(update(`<hr>${html}`));
      await expect(page.locator("#b > p").first()).toHaveText("new");
      await page.keyboard.type("ne");
      await expect(field).toHaveValue("mine");
      socket.send(update("<p></p>", "newer"));
      await push.settled(page);
      await expect(field).toHaveValue("mine");
      await notice(page).click();
      await expect(page.locator("#b > p").first()).toHaveText("newer");
    });
  }
});

for (const [what, html, value] of [
  ["a field that a custom element has made", "<open-field></open-field>", "firstChild.value"],
  ["a field in a closed shadow tree", "<closed-field></closed-field>", "root.firstChild.value"],
] as const) {
  test(`${what} is not lost, while typing and after`, async ({ page, push, socket }) => {
    for (const isLeft of [true, false]) {
      await fill(page, target("old", html));
      const host = page.locator("#b > :last-child");
      await host.click();
      await page.keyboard.type("mi");
      if (isLeft) await page.locator("#elsewhere").focus();
      socket.send(update(html));
      await push.settled(page);
      if (!isLeft) await page.keyboard.type("ne");
      const held = await host.evaluate(
        (element, path) => path.split(".").reduce((object, key) => Reflect.get(object, key), element as object),
        value,
      );
      expect(held).toBe(isLeft ? "mi" : "mine");
    }
  });
}

test("a custom element with an open shadow tree is not made anew while the user is in it", async ({
  page,
  push,
  socket,
}) => {
  const html = "<shadow-field></shadow-field>";
  await fill(page, target("old", html));
  const field = page.locator("shadow-field input");
  await field.click();
  socket.send(update(html));
  await push.settled(page);
  await page.keyboard.type("mine");
  await expect(field).toHaveValue("mine");

  await fill(page, target("old", html));
  await page.locator("shadow-field summary").click();
  socket.send(update(html));
  await expect(page.locator("#b p")).toHaveText("new");
  await expect(page.locator("shadow-field details")).toHaveAttribute("open");
});

test("an element that may be a field is not changed while it has the focus, but when it is left", async ({
  page,
  push,
  socket,
}) => {
  const card = (status: string) => `<task-card tabindex="0">${status}</task-card>`;
  await fill(page, target("old", card("open")));
  await page.locator("task-card").click();
  socket.send(update(card("done")));
  await push.settled(page);
  await expect(page.locator("task-card")).toHaveText("open");
  await page.locator("#elsewhere").focus();
  await expect(page.locator("task-card")).toHaveText("done");
});

test("what was entered into a pattern's field waits once: from then on it stays as it is", async ({
  page,
  push,
  socket,
}) => {
  const html = '<input name="f" class="pat-probe">';
  await fill(page, target("old", html));
  await page.locator("[name=f]").fill("mine");
  await page.locator("#elsewhere").focus();
  socket.send(update(html));
  await push.settled(page);
  await expect(page.locator("#b p")).toHaveText("old");
  await notice(page).click();
  await expect(page.locator("#b p")).toHaveText("new");
  socket.send(update(html, "newer"));
  await expect(page.locator("#b p")).toHaveText("newer");
  await expect(page.locator("[name=f]")).toHaveValue("mine");
});

test("a field whose id comes from a script stays from the second morph on, too", async ({ page, socket }) => {
  const html = (attributes = "") => `<input name="f" ${attributes}>`;
  await fill(page, target("old", html()));
  const field = page.locator("[name=f]");
  await field.evaluate((element) => {
    element.id = "auto-1";
  });
  socket.send(update(html()));
  await expect(page.locator("#b p")).toHaveText("new");
  await field.pressSequentially("mi");
  socket.send(update(html('placeholder="text"'), "newer"));
  await expect(page.locator("#b p")).toHaveText("newer");
  await page.keyboard.type("ne");
  await expect(field).toHaveValue("mine");
});

test("what has just come gets its patterns, though what is around it is morphed in the same moment", async ({
  page,
  push,
  socket,
}) => {
  const probe = (id: string) => `<i class="pat-probe" id="${id}"></i>`;
  const ids = Array.from({ length: 10 }, (_, index) => `x${index}`);
  await fill(page, '<div id="b"><p>old</p><div id="inner"></div></div>');
  // Until the last has arrived, nothing of it is put in place: then several are in one slice, whichever these are.
  const busy = page.evaluate(() => {
    for (const until = performance.now() + 500; performance.now() < until; );
  });
  for (const [index, id] of ids.entries()) {
    const all = ids
      .slice(0, index + 1)
      .map(probe)
      .join("");
    socket.send({ html: probe(id), inject: "target: #inner::after" });
    socket.send({ html: `<p>${id}</p><div id="inner">${all}</div>`, inject: "target: #b" });
  }
  await busy;
  await expect(page.locator("#b p")).toHaveText("x9");
  await push.settled(page);
  expect((await inits(page)).toSorted()).toEqual(ids);
});

test("what the user has opened by a button, and in a form of a pattern, stays open", async ({ page, push, socket }) => {
  const menu = `<button aria-expanded="false" onclick="this.ariaExpanded = String(this.ariaExpanded !== 'true')">Menu</button>`;
  await fill(page, target("old", menu));
  await page.getByText("Menu").click();
  socket.send(update(menu));
  await push.settled(page);
  await expect(page.getByText("Menu")).toHaveAttribute("aria-expanded", "true");
  await page.getByText("Menu").click();
  await expect(page.locator("#b p")).toHaveText("new");

  const form = `<form class="pat-probe"><details id="d"><summary>More</summary>text</details></form>`;
  await fill(page, target("old", form));
  await page.getByText("More").click();
  socket.send(update(form));
  await expect(page.locator("#b p")).toHaveText("new");
  await expect(page.locator("details")).toHaveAttribute("open");
});

test("an element that becomes a pattern's is initialised, one of this library's too", async ({ page, socket }) => {
  await fill(page, target("old", '<i id="x">1</i><div id="y">2</div>'));
  socket.send(
    update(
      '<i id="x" class="pat-probe">1</i><div id="y" class="pat-inject-async" data-pat-inject-async="pending: /doc">2</div>',
    ),
  );
  await expect.poll(() => inits(page)).toEqual(["x"]);
  await expect(page.locator("#y")).toHaveAttribute("aria-busy", "true");
});

test("what gets something around it does not get its patterns again", async ({ page, push, socket }) => {
  const probe = (id: string) => `<i class="pat-probe" id="${id}">text</i>`;
  await fill(page, target("old", probe("x")));
  socket.send(update(`<section>${probe("x")}${probe("y")}</section>`));
  await expect(page.locator("section #x")).toHaveCount(1);
  await push.settled(page);
  expect(await inits(page)).toEqual(["y"]);
});

test("the button of the notice can be reached with the keyboard, whatever buttons come", async ({
  page,
  push,
  socket,
}) => {
  await fill(page, target("old", '<input name="f">'));
  await page.locator("[name=f]").pressSequentially("mine");
  socket.send(update("<button>Delete</button>"));
  await push.settled(page);
  await page.keyboard.press("Shift+Tab");
  await expect(notice(page)).toBeFocused();
  await push.settled(page);
  await expect(page.locator("#b p")).toHaveText("old");
  await page.keyboard.press("Enter");
  await expect(page.locator("#b p")).toHaveText("new");
});

test.describe("in Plone's bundle", () => {
  test("an editor keeps its text, while typing and after", async ({ page, push, openPlone, allow }) => {
    allow(/content\.min\.css/);
    const html = '<textarea name="text" class="pat-tinymce">server</textarea>';
    for (const isLeft of [false, true]) {
      const socket = await openPlone(target("old", html));
      const editor = page.locator("#b iframe").contentFrame().locator("body");
      await editor.click();
      await page.keyboard.type(" mi");
      if (isLeft) await page.locator("#elsewhere").click();
      socket.send(update(html));
      await push.settled(page);
      if (!isLeft) await page.keyboard.type("ne");
      await expect(editor).toContainText(isLeft ? " mi" : " mine");
    }
  });

  test("a select2 keeps what was picked, and what is being picked", async ({ page, push, openPlone }) => {
    const html =
      '<select name="s" class="pat-select2"><option>one</option><option>two</option><option>three</option></select>';
    const socket = await openPlone(target("old", html));
    await page.locator("#b .select2-choice").click();
    socket.send(update(html));
    await push.settled(page);
    await page.keyboard.type("two");
    await page.keyboard.press("Enter");
    await push.settled(page);
    await expect(page.locator("#b select")).toHaveValue("two");
    await expect(page.locator("#b .select2-chosen")).toHaveText("two");
    await expect(page.locator("#b > p")).toHaveText("old");
    await notice(page).click();
    await expect(page.locator("#b > p")).toHaveText("new");
  });
});
