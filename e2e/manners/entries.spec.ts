/** What a script has entered is not the user's: it neither holds up an update nor survives it. What the user has entered does. */
import type { Page } from "@playwright/test";
import { fill } from "../support/elements.ts";
import { test as base, expect } from "../support/fixture.ts";
import { bodyWith, opened } from "../support/opened.ts";
import type { PushServer } from "../support/push-server.ts";
import type { PushSocket } from "../support/push-socket.ts";

/** Enters into every field below `#b` that says with what. */
const PREFILL = `<script>
  function prefill(announce) {
    const all = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
    for (const field of all(document)) {
      const text = field.getAttribute("data-by-script");
      if (text === null) continue;
      if (field.type === "checkbox" || field.type === "radio") field.checked = !field.checked;
      else field.value = text;
      if (announce) for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
    }
  }
</script>`;
const BY_SCRIPT = 'data-by-script="script"';
const ELSEWHERE = '<button id="elsewhere">Elsewhere</button><input id="other">';

interface Prefilled {
  readonly what: string;
  readonly html: string;
}

const PREFILLED: readonly Prefilled[] = [
  { what: "a field", html: `<input name="f" ${BY_SCRIPT}>` },
  { what: "a field with a value", html: `<input name="f" value="server" ${BY_SCRIPT}>` },
  { what: "a text", html: `<textarea name="f" ${BY_SCRIPT}>server</textarea>` },
  { what: "a box", html: `<input type="checkbox" name="f" ${BY_SCRIPT}>` },
  { what: "a box that came ticked", html: `<input type="checkbox" name="f" checked ${BY_SCRIPT}>` },
  {
    what: "a choice among radio buttons",
    html: `<input type="radio" name="f" value="1" checked><input type="radio" name="f" value="2" ${BY_SCRIPT}>`,
  },
  {
    what: "a list to choose from",
    html: `<select name="f" ${BY_SCRIPT}><option>1</option><option>script</option></select>`,
  },
  { what: "a hidden field", html: `<input type="hidden" name="f" value="server" ${BY_SCRIPT}>` },
  { what: "a date", html: '<input type="date" name="f" data-by-script="2026-01-01">' },
  { what: "a field with an id", html: `<input id="f" ${BY_SCRIPT}>` },
];

const test = base.extend<{ readonly open: (body: string, options?: string) => Promise<PushSocket> }>({
  open: async ({ page, push }, use) => {
    await use((body, options = "") =>
      opened(page, push, { head: PREFILL, body: `${body}${ELSEWHERE}`, bodyAttributes: bodyWith(options) }),
    );
  },
});

/** What the user does, but not in the target. */
const ELSEWHERES: readonly (readonly [what: string, act: (page: Page) => Promise<unknown>])[] = [
  ["a click", (page) => page.locator("#elsewhere").click()],
  ["a text in another field", (page) => page.locator("#other").pressSequentially("text")],
  ["a key", (page) => page.keyboard.press("Escape")],
];

async function expectUpdated(page: Page, push: PushServer): Promise<void> {
  await push.settled(page);
  await expect(page.locator(".pat-inject-async-notice")).toHaveCount(0);
  await expect(page.locator("#b p")).toHaveText("new");
  const asSent = page.locator("#b").evaluate((target) => {
    const form = document.createElement("form");
    form.append(...[...target.children].map((child) => child.cloneNode(true)));
    form.reset();
    const held = (root: Element) =>
      [...root.querySelectorAll("input, textarea, select")].map((field) => [
        Reflect.get(field, "value"),
        Reflect.get(field, "checked"),
      ]);
    return JSON.stringify(held(target)) === JSON.stringify(held(form));
  });
  expect(await asSent).toBe(true);
}

for (const swap of ["inject", "morph"]) {
  test(`what a script has entered at load is not the user's, whatever they do elsewhere: ${swap}`, async ({
    page,
    push,
    open,
  }) => {
    const target = (text: string) =>
      `<div id="b"><p>${text}</p>${PREFILLED.map(({ html }) => `<form>${html}</form>`).join("")}</div>`;
    for (const announced of [false, true]) {
      for (const [what, act] of ELSEWHERES) {
        await test.step(`${what}${announced ? ", with events of the script" : ""}`, async () => {
          const socket = await open(`${target("old")}<script>prefill(${announced})</script>`, `swap: ${swap}`);
          await act(page);
          socket.send({ html: target("new"), inject: "source: #b; target: #b" });
          await expectUpdated(page, push);
        });
      }
    }
  });

  test(`what a script enters later, or in a shadow tree, is not the user's either: ${swap}`, async ({
    page,
    push,
    open,
  }) => {
    const socket = await open("<main></main>", `swap: ${swap}`);
    await page.locator("#other").pressSequentially("text");
    for (const { what, html } of PREFILLED) {
      await test.step(what, async () => {
        await fill(page, `<form id="b"><p>old</p>${html}</form>`);
        await page.evaluate(() => Reflect.get(window, "prefill")(false));
        await page.locator("#elsewhere").click();
        socket.send({ html: `<p>new</p>${html}`, inject: "target: #b" });
        await expectUpdated(page, push);
      });
    }
    await test.step("in a shadow tree", async () => {
      await fill(page, '<div id="b"><p>old</p><div id="host"></div></div>');
      await page.locator("#host").evaluate((host) => {
        host.attachShadow({ mode: "open" }).innerHTML = '<input data-by-script="script">';
        Reflect.get(window, "prefill")(false);
      });
      await page.locator("#elsewhere").click();
      socket.send({ html: '<p>new</p><div id="host"></div>', inject: "target: #b" });
      await push.settled(page);
      await expect(page.locator("#b p")).toHaveText("new");
    });
  });

  test(`beside what a script has entered, what the user has entered stays: ${swap}`, async ({ page, open }) => {
    const fields = `<input name="mine"><input name="theirs" ${BY_SCRIPT}><select name="s"><option>1</option><option>2</option></select>`;
    const target = (text: string, value = "") =>
      `<form id="b"><p>${text}</p>${fields.replace(BY_SCRIPT, `${BY_SCRIPT} value="${value}"`)}</form>`;
    const socket = await open(`${target("old")}<script>prefill(false)</script>`, `swap: ${swap}`);
    await page.locator("[name=mine]").pressSequentially("typed");
    await page.locator("[name=s]").selectOption("2");
    await page.locator("#elsewhere").click();
    for (const text of ["one", "two"]) {
      socket.send({ html: target(text, text), inject: "source: #b; target: #b" });
      if (swap === "inject") await page.locator(".pat-inject-async-notice button").click();
      await expect(page.locator("#b p")).toHaveText(text);
      await expect(page.locator("[name=mine]")).toHaveValue("typed");
      await expect(page.locator("[name=s]")).toHaveValue("2");
      await expect(page.locator("[name=theirs]")).toHaveValue(text);
    }
  });
}

/** How scripts enter what the user has chosen with something that is no field. */
const PICKERS: readonly (readonly [what: string, attributes: string, pick: (page: Page) => Promise<unknown>])[] = [
  ["with a click", `onclick="pick('set')"`, (page) => page.locator("#picker").click()],
  ["when the mouse is pressed", `onmousedown="pick('set')"`, (page) => page.locator("#picker").click()],
  ["when the mouse is let go", `onmouseup="pick('set')"`, (page) => page.locator("#picker").click()],
  ["with a key", `onkeydown="pick('set')"`, (page) => page.locator("#picker").press("ArrowDown")],
  ["when a key is let go", `onkeyup="pick('set')"`, (page) => page.locator("#picker").press("ArrowDown")],
  [
    "a while after a click, with an event",
    `onclick="requestAnimationFrame(() => requestAnimationFrame(() => pick('change')))"`,
    (page) => page.locator("#picker").click(),
  ],
];
const PICK = `<script>
  function pick(how) {
    const field = document.querySelector("[name=picked]");
    field.value = "picked";
    if (how === "change") field.dispatchEvent(new Event("change"));
  }
</script>`;

test("what a script enters for the user is the user's", async ({ page, push, open }) => {
  const socket = await open(`${PICK}<main></main>`);
  for (const [what, attributes, pick] of PICKERS) {
    await test.step(what, async () => {
      const field = '<input name="picked" readonly>';
      await fill(page, `<div id="b"><p>old</p>${field}</div><button id="picker" ${attributes}>Pick</button>`);
      await pick(page);
      await expect(page.locator("[name=picked]")).toHaveValue("picked");
      socket.send({ html: `<p>new</p>${field}`, inject: "target: #b" });
      await push.settled(page);
      await expect(page.locator("#b p")).toHaveText("old");
      await page.locator(".pat-inject-async-notice button").click();
      await expect(page.locator("#b p")).toHaveText("new");
      await expect(page.locator("[name=picked]")).toHaveValue("picked");
    });
  }
});

test("on a page that was loaded again, what may have been restored counts as the user's", async ({
  page,
  push,
  open,
}) => {
  // Browsers restore before the library begins, without an event, and not under every test runner: a script stands for it.
  const restore = `<script>if (performance.getEntriesByType("navigation")[0].type === "reload") prefill(false)</script>`;
  await open(`<form id="b"><p>old</p><input name="f" ${BY_SCRIPT}></form>${restore}`);
  await page.reload();
  const socket = await push.nextSocket();
  await expect(page.locator("[name=f]")).toHaveValue("script");
  socket.send({ html: '<p>new</p><input name="f">', inject: "target: #b" });
  await expect(page.locator(".pat-inject-async-notice")).toHaveCount(1);
  await expect(page.locator("[name=f]")).toHaveValue("script");
});

test("what is entered after it was sent counts, even if it is the same", async ({ page, push, open }) => {
  const form = '<p>old</p><input name="text"><input type="file" name="file"><button>Send</button>';
  const clear = `addEventListener("submit", (event) => {
    event.preventDefault();
    requestAnimationFrame(() => document.querySelector("form").reset());
  })`;
  const socket = await open(`<script>${clear}</script><form id="b">${form}</form>`);
  const report = { name: "report.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF") };
  for (const enter of [
    () => page.locator("[name=text]").pressSequentially("ok"),
    () => page.locator("[name=file]").setInputFiles(report),
  ]) {
    await enter();
    await page.getByRole("button", { name: "Send" }).click();
    await expect(page.locator("[name=text]")).toHaveValue("");
    await expect(page.locator("[name=file]")).toHaveValue("");
    await enter();
    await page.locator("#elsewhere").click();
    socket.send({ html: form.replace("old", "new"), inject: "target: #b" });
    await push.settled(page);
    await expect(page.locator("#b p")).toHaveText("old");
    await page.locator(".pat-inject-async-notice button").click();
    await expect(page.locator("#b p")).toHaveText("new");
    await page.locator("#b").evaluate((element, html) => {
      element.innerHTML = html;
    }, form);
  }
});

test("what was entered is in the new field when its patterns see it", async ({ page, open }) => {
  const probe = `<script>
    window.__patternslib_registry.probe = {
      name: "probe",
      trigger: ".pat-probe",
      init: ([field]) => field.setAttribute("data-seen", field.value),
    };
  </script>`;
  const field = '<input name="f" class="pat-probe">';
  const socket = await open(`${probe}<div id="b"><p>old</p>${field}</div>`);
  await page.locator("[name=f]").pressSequentially("typed");
  await page.locator("#elsewhere").click();
  socket.send({ html: `<p>new</p>${field}`, inject: "target: #b" });
  await page.locator(".pat-inject-async-notice button").click();
  await expect(page.locator("#b p")).toHaveText("new");
  await expect(page.locator("[name=f]")).toHaveAttribute("data-seen", "typed");
});

test("what was sent while the field kept the focus does not count as entered when it is left", async ({
  page,
  open,
}) => {
  const body = '<form id="b"><p>old</p><textarea name="comment"></textarea></form>';
  const send = `addEventListener("submit", (event) => event.preventDefault());
    addEventListener("keydown", (event) => event.ctrlKey && event.key === "Enter" && event.target.form.requestSubmit());`;
  const socket = await open(`<script>${send}</script>${body}`);
  await page.locator("[name=comment]").pressSequentially("text");
  await page.keyboard.press("Control+Enter");
  await page.locator("#elsewhere").focus();
  socket.send({ html: '<p>new</p><textarea name="comment"></textarea>', inject: "target: #b" });
  await expect(page.locator("#b p")).toHaveText("new");
  await expect(page.locator("[name=comment]")).toHaveValue("");
});
