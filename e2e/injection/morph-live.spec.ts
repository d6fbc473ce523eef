/** `swap: morph` and what is not the server's: what patterns have made, what the user has entered, what is kept. */
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

test("what was entered and saved follows the server again", async ({ page, open }) => {
  const form = (
    text: string,
    attributes: readonly string[],
  ) => `<p>${text}</p><input type="checkbox" id="a" ${attributes[0]}>
    <input id="i" value="${attributes[1]}"><textarea id="t">${attributes[1]}</textarea>
    <select id="s"><option>1</option><option ${attributes[2]}>2</option></select>`;
  const socket = await open(`<form id="b">${form("old", ["", "", ""])}</form>`);
  await page.locator("#a").check();
  for (const id of ["#i", "#t"]) await page.locator(id).fill("mine");
  await page.locator("#s").selectOption("2");
  await page.locator("#elsewhere").focus();
  socket.send(update(form("not yet", ["", "", ""])));
  await expect(page.locator("#b p")).toHaveText("not yet");
  await expect(page.locator("#a")).toBeChecked();
  for (const id of ["#i", "#t"]) await expect(page.locator(id)).toHaveValue("mine");
  await expect(page.locator("#s")).toHaveValue("2");
  socket.send(update(form("saved", ["checked", "mine", "selected"])));
  await expect(page.locator("#b p")).toHaveText("saved");
  socket.send(update(form("theirs", ["", "theirs", ""])));
  await expect(page.locator("#b p")).toHaveText("theirs");
  await expect(page.locator("#a")).not.toBeChecked();
  for (const id of ["#i", "#t"]) await expect(page.locator(id)).toHaveValue("theirs");
  await expect(page.locator("#s")).toHaveValue("1");
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

test("what is being entered is not lost when the new content lacks it", async ({ page, push, open }) => {
  const socket = await open('<form id="b"><p>old</p><input name="field"></form>');
  await page.locator("[name=field]").fill("mine");
  socket.send(update("<p>new</p>"));
  await push.settled(page);
  await expect(page.locator("[name=field]")).toHaveValue("mine");
  await page.locator(".pat-inject-async-notice button").click();
  await expect(page.locator("#b")).toHaveText("new");
});

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
