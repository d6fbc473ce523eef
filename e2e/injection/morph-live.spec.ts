/** `swap: morph` and what is not the server's: what patterns have made, what the user has entered, what is kept. */
import type { Page } from "@playwright/test";
import { fill } from "../support/elements.ts";
import { test as base, expect } from "../support/fixture.ts";
import type { Host } from "../support/library-page.ts";
import { bodyWith, opened } from "../support/opened.ts";
import type { PushSocket } from "../support/push-socket.ts";

interface Morph {
  readonly host: Host;
  readonly open: (body: string, options?: string) => Promise<PushSocket>;
}

const test = base.extend<Morph>({
  host: ["patternslib", { option: true }],
  open: async ({ page, push, host }, use) => {
    await use((body, options = "swap: morph") =>
      opened(page, push, { host, bodyAttributes: bodyWith(options), body: `${body}<button id="elsewhere"></button>` }),
    );
  },
});

const update = (html: string) => ({ html, inject: "target: #b" });

/** What stands for a text in fields that hold no texts. */
const DATES: Readonly<Record<string, string>> = { "": "2026-01-01", mine: "2026-02-02", theirs: "2026-03-03" };
const NUMBERS: Readonly<Record<string, string>> = { "": "10", mine: "20", theirs: "30" };

test("what was entered and saved follows the server again", async ({ page, open }) => {
  const form = (
    text: string,
    attributes: readonly string[],
  ) => `<p>${text}</p><input type="checkbox" id="a" ${attributes[0]}>
    <input id="i" value="${attributes[1]}"><textarea id="t">${attributes[1]}</textarea>
    <select id="s"><option>1</option><option ${attributes[2]}>2</option></select>
    <select id="m" multiple><option>1</option><option ${attributes[2]}>2</option></select>
    <input type="date" id="d" value="${DATES[attributes[1] ?? ""]}"><input type="range" id="r" value="${NUMBERS[attributes[1] ?? ""]}">`;
  const socket = await open(`<form id="b">${form("old", ["", "", ""])}</form>`);
  await page.locator("#a").check();
  for (const id of ["#i", "#t"]) await page.locator(id).fill("mine");
  for (const id of ["#s", "#m"]) await page.locator(id).selectOption("2");
  await page.locator("#d").fill("2026-02-02");
  await page.locator("#r").fill("20");
  await page.locator("#elsewhere").focus();
  socket.send(update(form("not yet", ["", "", ""])));
  await expect(page.locator("#b p")).toHaveText("not yet");
  await expect(page.locator("#a")).toBeChecked();
  for (const id of ["#i", "#t"]) await expect(page.locator(id)).toHaveValue("mine");
  for (const id of ["#s", "#m"]) await expect(page.locator(id)).toHaveValue("2");
  await expect(page.locator("#d")).toHaveValue("2026-02-02");
  await expect(page.locator("#r")).toHaveValue("20");
  socket.send(update(form("saved", ["checked", "mine", "selected"])));
  await expect(page.locator("#b p")).toHaveText("saved");
  socket.send(update(form("theirs", ["", "theirs", ""])));
  await expect(page.locator("#b p")).toHaveText("theirs");
  await expect(page.locator("#a")).not.toBeChecked();
  for (const id of ["#i", "#t"]) await expect(page.locator(id)).toHaveValue("theirs");
  await expect(page.locator("#s")).toHaveValue("1");
  await expect(page.locator("#m")).toHaveValues([]);
  await expect(page.locator("#d")).toHaveValue("2026-03-03");
  await expect(page.locator("#r")).toHaveValue("30");
});

test("a group of radio buttons is one field", async ({ page, open }) => {
  const group = (text: string, checked: string) =>
    `<p>${text}</p>${["A", "B", "C"].map((value) => `<input type="radio" name="r" value="${value}" ${value === checked ? "checked" : ""}>`).join("")}`;
  const socket = await open(`<form id="b">${group("old", "A")}</form>`);
  await page.locator("[value=B]").check();
  await page.locator("#elsewhere").focus();
  for (const checked of ["C", "A", "C"]) {
    socket.send(update(group(`new ${checked}`, checked)));
    await expect(page.locator("#b p")).toHaveText(`new ${checked}`);
    await expect(page.locator("[value=B]")).toBeChecked();
  }
  socket.send(update(group("saved", "B")));
  await expect(page.locator("#b p")).toHaveText("saved");
  socket.send(update(group("theirs", "C")));
  await expect(page.locator("[value=C]")).toBeChecked();
});

const radio = (value: string, attributes = "") =>
  `<label>${value} <input type="radio" name="r" value="${value}" ${attributes}></label>`;
const [A, B, C] = ["A", "B", "C"].map((value) => radio(value));
const GROUPS = [
  ["the server chooses nothing any more", radio("A", "checked") + B + C, String(A) + B + C],
  ["the server chooses what is new", radio("A", "checked") + B, String(A) + B + radio("D", "checked")],
  ["the server sends them in another order", radio("A", "checked") + B + C, radio("C", "checked") + B + A],
  ["nothing was chosen before", String(A) + B + C, radio("A", "checked") + B + C],
  [
    "there is a group of the same name in another form",
    `${radio("A", "checked") + B}</form><form>${radio("A", "checked")}`,
    `${String(A) + B + radio("C", "checked")}</form><form>${radio("A", "checked")}`,
  ],
  ["the last has gone", radio("A", "checked") + B + C, radio("A", "checked") + B],
] as const;

test("what the user has chosen of a group stays, whatever the server chooses", async ({ page, open }) => {
  const socket = await open("<main></main>");
  for (const [what, from, to] of GROUPS) {
    await test.step(what, async () => {
      await fill(page, `<div id="b"><p>old</p><form>${from}</form></div>`);
      await page.locator("[value=B]").check();
      await page.locator("#elsewhere").focus();
      socket.send(update(`<p>${what}</p><form>${to}</form>`));
      await expect(page.locator("#b p")).toHaveText(what);
      await expect(page.locator("form:first-of-type :checked")).toHaveValue("B");
    });
  }
});

const ENTRIES: readonly { readonly what: string; readonly html: string; enter(page: Page): Promise<void> }[] = [
  {
    what: "a field",
    html: '<input name="field">',
    enter: (page) => page.locator("[name=field]").fill("mine"),
  },
  {
    what: "a text edited in place",
    html: "<div contenteditable></div>",
    enter: (page) => page.locator("[contenteditable]").pressSequentially("mine"),
  },
  {
    what: "a field in an open shadow tree",
    html: '<div id="host"></div>',
    enter: async (page) => {
      await page.locator("#host").evaluate((host) => {
        host.attachShadow({ mode: "open" }).innerHTML = "<input>";
      });
      await page.locator("#host input").fill("mine");
    },
  },
  {
    what: "a text in a frame",
    html: '<iframe srcdoc="<input>"></iframe>',
    enter: async (page) => {
      await page.frameLocator("iframe").locator("input").click();
      await page.keyboard.type("mine");
    },
  },
];

for (const isLeft of [false, true]) {
  test(`what is being filled in${isLeft ? ", and left," : ""} is not lost when the new content lacks it`, async ({
    page,
    push,
    open,
  }) => {
    for (const { what, html, enter } of ENTRIES) {
      await test.step(what, async () => {
        const socket = await open(`<form id="b"><p>old</p>${html}</form>`);
        await enter(page);
        if (isLeft) await page.locator("#elsewhere").click();
        socket.send(update("<p>new</p>"));
        await push.settled(page);
        await expect(page.locator("#b p")).toHaveText("old");
        await page.locator(".pat-inject-async-notice button").click();
        await expect(page.locator("#b")).toHaveText("new");
      });
    }
  });
}

for (const host of ["patternslib"] as const) {
  test.describe(`with ${host}`, () => {
    test.use({ host });

    test("a collapsible still opens and closes after a morph", async ({ page, open }) => {
      const content = (text: string) =>
        `<p>${text}</p><div class="pat-collapsible closed" data-pat-collapsible="transition: none"><h3>head</h3><p class="more">${text}</p></div>`;
      const socket = await open(`<div id="b">${content("old")}</div>`);
      await expect(page.locator(".panel-content")).toHaveCount(1);
      for (const text of ["one", "two", "two", "three"]) {
        socket.send(update(content(text)));
        await expect(page.locator("#b > p")).toHaveText(text);
        await expect(page.locator(".more")).toHaveText(text);
        await expect(page.locator(".panel-content")).toHaveCount(1);
        await page.locator("h3").click();
        await expect(page.locator(".pat-collapsible")).toHaveClass(/open/);
        await page.locator("h3").click();
        await expect(page.locator(".pat-collapsible")).toHaveClass(/closed/);
      }
    });
  });
}

test("an element that a pattern has made its own stays while the server sends the same", async ({ page, open }) => {
  const content = (text: string, own: string) => `<p>${text}</p><my-list>${own}</my-list>`;
  const socket = await open(`<script>
    customElements.define("my-list", class extends HTMLElement {
      connectedCallback() { this.innerHTML = "<b>made of " + this.textContent + "</b>"; }
    });
  </script><div id="b"></div>`);
  socket.send(update(content("one", "1")));
  await expect(page.locator("b")).toHaveText("made of 1");
  await page.locator("b").evaluate((element) => element.setAttribute("class", "mine"));
  socket.send(update(content("two", "1")));
  await expect(page.locator("#b p")).toHaveText("two");
  await expect(page.locator("b.mine")).toHaveText("made of 1");
  socket.send(update(content("three", "3")));
  await expect(page.locator("b")).toHaveText("made of 3");
});

for (const swap of ["inject", "morph"]) {
  test(`what is to be kept stays untouched with ${swap}`, async ({ page, open }) => {
    const content = (text: string) => `<p>${text}</p><section><i class="mine">${text}</i></section>`;
    const socket = await open(`<div id="b">${content("old")}</div>`, `swap: ${swap}; keep: .mine`);
    const kept = await page.locator(".mine").elementHandle();
    for (const html of [content("one"), `<h2>two</h2>${content("two")}`, "<p>three</p><section></section>"]) {
      socket.send(update(html));
      await expect(page.locator("#b p")).toHaveText(/one|two|three/);
      await expect(page.locator(".mine")).toHaveText("old");
      expect(await kept?.evaluate((element) => element === document.querySelector(".mine"))).toBe(true);
    }
  });
}

const rows = (names: readonly string[], row: (name: string) => string) => `<ul>${names.map(row).join("")}</ul>`;

/** Of an item, or of a field that has its id. */
const SELF_OR_IN = "xpath=descendant-or-self::*[@name='note']";

const values = (page: Page) =>
  page.locator("#t [name=note]").evaluateAll((fields) => fields.map((field) => Reflect.get(field, "value")));

for (const [what, row] of [
  ["of a list", (name: string) => `<li>${name} <input name="note"></li>`],
  ["with texts", (name: string) => `<li><h3>${name}</h3><textarea name="note"></textarea></li>`],
  ["with choices", (name: string) => `<li>${name} <select name="note"><option>1<option>mine</select></li>`],
] as const) {
  test(`what was entered into the second of several rows ${what}, does not go with the first`, async ({
    page,
    push,
    open,
  }) => {
    const socket = await open(`<form id="b">${rows(["one", "two"], row)}</form>`);
    const field = page.locator("[name=note]").nth(1);
    if (what === "with choices") await field.selectOption("mine");
    else await field.fill("mine");
    await page.locator("#elsewhere").click();
    socket.send(update(rows(["two"], row)));
    await push.settled(page);
    await expect(page.locator("#b")).toHaveClass(/has-update/);
    await expect(field).toHaveValue("mine");
    await page.locator(".pat-inject-async-notice button").click();
    await expect(page.locator("#b li")).toHaveCount(1);
  });
}

const ROWS: readonly (readonly [what: string, row: (name: string) => string])[] = [
  ["items of a list", (name) => `<li id="${name}">${name} <input name="note"></li>`],
  [
    "items whose field is deep in them",
    (name) => `<li id="${name}"><p><b><textarea name="note"></textarea></b></p></li>`,
  ],
  ["fields with ids", (name) => `<li>${name} <input name="note" id="${name}"></li>`],
  ["items with a form each", (name) => `<li id="${name}"><form><input name="id"><input name="note"></form></li>`],
  ["items with choices", (name) => `<li id="${name}"><input type="checkbox" value="1"><input name="note"></li>`],
  ["items of which each holds several", (name) => `<li id="${name}"><input name="note"><input name="note"></li>`],
];

for (const swap of ["inject", "morph"]) {
  test(`what was entered into an item of a list stays with it, however many come and go: ${swap}`, async ({
    page,
    open,
  }) => {
    const socket = await open("<main></main>", `swap: ${swap}`);
    for (const [what, row] of ROWS) {
      for (const to of [["b", "c"], ["c", "b"], ["z", "a", "b"], ["b"], ["c", "d", "e", "b"]]) {
        await test.step(`${what}, ${to}`, async () => {
          await fill(page, `<div id="t">${rows(["a", "b"], row)}</div>`);
          await page.locator("#b").locator(SELF_OR_IN).first().fill("mine");
          await page.locator("#elsewhere").click();
          socket.send({ html: rows(to, row), inject: "target: #t" });
          if (swap === "inject") await page.locator(".pat-inject-async-notice button").click();
          await expect(page.locator("#t li")).toHaveCount(to.length);
          await expect(page.locator("#b").locator(SELF_OR_IN).first()).toHaveValue("mine");
          expect((await values(page)).filter((value) => value === "mine")).toHaveLength(1);
        });
      }
    }
  });

  test(`what was entered into an item that has gone waits, and does not come into another: ${swap}`, async ({
    page,
    push,
    open,
  }) => {
    const socket = await open("<main></main>", `swap: ${swap}`);
    for (const [what, row] of ROWS) {
      for (const to of [["a", "c"], ["c", "d"], ["a"], ["c", "a", "d"]]) {
        await test.step(`${what}, ${to}`, async () => {
          await fill(page, `<div id="t">${rows(["a", "b"], row)}</div>`);
          await page.locator("#b").locator(SELF_OR_IN).first().fill("mine");
          await page.locator("#elsewhere").click();
          socket.send({ html: rows(to, row), inject: "target: #t" });
          await push.settled(page);
          await expect(page.locator("#b").locator(SELF_OR_IN).first()).toHaveValue("mine");
          await page.locator(".pat-inject-async-notice button").click();
          await expect(page.locator("#t li")).toHaveCount(to.length);
          expect(await values(page)).not.toContain("mine");
        });
      }
    }
  });
}

test("details stay open as long as they are the same: by their id, or by their summary", async ({ page, open }) => {
  const details = (name: string, id = "") => `<details ${id}><summary>${name}</summary>text</details>`;
  for (const [from, to, opened, left] of [
    [details("one"), `<p>new</p>${details("one")}`, "one", ["one"]],
    [details("one") + details("two"), `<p>new</p>${details("two")}`, "one", []],
    [details("one"), `<p>new</p>${details("zero")}${details("one")}`, "one", []],
    [details("one (1)", "id=d"), `<p>new</p>${details("one (2)", "id=d")}`, "one (1)", ["one (2)"]],
  ] as const) {
    const socket = await open(`<div id="b"><p>old</p>${from}</div>`);
    await page.getByText(opened, { exact: true }).click();
    socket.send(update(to));
    await expect(page.locator("#b > p")).toHaveText("new");
    await expect(page.locator("#b [open] summary")).toHaveText([...left]);
  }
});

test("what only a script has entered follows the server, what the user has entered then stays", async ({
  page,
  open,
}) => {
  const content = (text: string) => `<p>${text}</p><input name="f" value="${text}">`;
  const socket = await open('<div id="b"></div>');
  socket.send(update(content("one")));
  await expect(page.locator("#b p")).toHaveText("one");
  await page.locator("[name=f]").evaluate((field: HTMLInputElement) => {
    field.value = "by script";
  });
  socket.send(update(content("two")));
  await expect(page.locator("#b p")).toHaveText("two");
  await expect(page.locator("[name=f]")).toHaveValue("two");
  await page.locator("[name=f]").fill("mine");
  await page.locator("#elsewhere").focus();
  socket.send(update(content("three")));
  await expect(page.locator("#b p")).toHaveText("three");
  await expect(page.locator("[name=f]")).toHaveValue("mine");
});
