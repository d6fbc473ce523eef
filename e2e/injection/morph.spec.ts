/** `swap: morph` changes only what is different: what the user is doing, and what has come alive, stays as it is. */
import { test as base, drainEvents, expect, nextEvent } from "../support/fixture.ts";
import { bodyWith, opened, placeholder } from "../support/opened.ts";
import { loadDice } from "../support/page-time.ts";
import type { PushSocket } from "../support/push-socket.ts";

interface Morph {
  /** Loads a page with the library, which morphs, and this in its body. */
  readonly open: (body: string) => Promise<PushSocket>;
  /** Remembers elements of the page. The returned function says whether they are the same ones, still on the page. */
  readonly remember: (selector: string) => Promise<() => Promise<boolean>>;
}

const test = base.extend<Morph>({
  open: async ({ page, push }, use) => {
    await use((body) =>
      opened(page, push, { bodyAttributes: bodyWith(`swap: morph; position: ${push.position}`), body, head: PROBE }),
    );
  },
  remember: async ({ page }, use) => {
    await use(async (selector) => {
      const known = await page.evaluateHandle((wanted) => [...document.querySelectorAll(wanted)], selector);
      const isSame = (wanted: string) =>
        known.evaluate((elements, wanted) => {
          const now = [...document.querySelectorAll(wanted)];
          return elements.length > 0 && elements.every((element) => now.includes(element));
        }, wanted);
      return () => isSame(selector);
    });
  },
});

/** A pattern that counts on each `.pat-probe` how often it was initialised. */
const PROBE = `<script>
  const inits = (window.inits = new Map());
  window.__patternslib_registry.probe = {
    name: "probe",
    trigger: ".pat-probe",
    init: ([element]) => inits.set(element.id, (inits.get(element.id) ?? 0) + 1),
  };
</script>`;

const update = (html: string, inject = "target: #b") => ({ html, inject });

test("focus, caret and what was typed stay, and no update waits", async ({ page, open, remember }) => {
  const socket = await open('<div id="b"><p>old</p><input id="field" class="old"></div>');
  const isSame = await remember("#field");
  await page.locator("#field").pressSequentially("held");
  await page.keyboard.press("ArrowLeft");
  socket.send(update('<p>new</p><input id="field" class="new" value="theirs">'));
  await expect(page.locator("#b p")).toHaveText("new");
  await page.keyboard.type("lo wor");
  await expect(page.locator("#field")).toHaveValue("hello word");
  await expect(page.locator("#field")).toBeFocused();
  expect(await isSame()).toBe(true);
  await expect(page.locator(".pat-inject-async-notice")).toHaveCount(0);
});

test("focus and caret stay in a field without an id, when something comes before it", async ({ page, open }) => {
  const socket = await open('<form id="b"><p><input name="field"></p></form>');
  await page.locator("input").pressSequentially("held");
  await page.keyboard.press("ArrowLeft");
  socket.send(update('<p>new</p><p><input name="field"></p>'));
  await expect(page.locator("#b")).toHaveText("new");
  await page.keyboard.type("lo wor");
  await expect(page.locator("input")).toHaveValue("hello word");
});

test("a button or link with the focus keeps it, and gets its new text", async ({ page, open }) => {
  const socket = await open('<div id="b"><a href="#" id="link">old</a> <button id="button">old</button></div>');
  for (const id of ["link", "button"]) {
    await page.locator(`#${id}`).focus();
    socket.send(update(`<a href="#" id="link">for ${id}</a> <button id="button">for ${id}</button>`));
    await expect(page.locator("#b")).toHaveText(`for ${id} for ${id}`);
    await expect(page.locator(`#${id}`)).toBeFocused();
  }
});

test("what was entered stays where the focus has gone on", async ({ page, open }) => {
  const field = (attributes = "") => `<input id="one" ${attributes}><textarea id="two"></textarea>
    <input type="checkbox" id="three"><select id="four"><option>1</option><option>2</option></select>`;
  const socket = await open(`<div id="b"><p>old</p>${field()}</div><button id="elsewhere">Elsewhere</button>`);
  await page.locator("#one").fill("one");
  await page.locator("#two").fill("two");
  await page.locator("#three").check();
  await page.locator("#four").selectOption("2");
  await page.locator("#elsewhere").focus();
  socket.send(update(`<p>new</p>${field('value="theirs"')}`));
  await expect(page.locator("#b p")).toHaveText("new");
  await expect(page.locator("#one")).toHaveValue("one");
  await expect(page.locator("#two")).toHaveValue("two");
  await expect(page.locator("#three")).toBeChecked();
  await expect(page.locator("#four")).toHaveValue("2");
});

test("a text that is edited in place stays", async ({ page, open }) => {
  const socket = await open('<div id="b"><p>old</p><div id="text" contenteditable>text</div></div>');
  await page.locator("#text").press("End");
  await page.keyboard.type(" of mine");
  socket.send(update('<p>new</p><div id="text" contenteditable>text of theirs</div>'));
  await expect(page.locator("#b p")).toHaveText("new");
  await page.keyboard.type("!");
  await expect(page.locator("#text")).toHaveText("text of mine!");
});

test("scroll positions and what is open stay", async ({ page, open }) => {
  const content = (
    text: string,
  ) => `<div id="box" style="height: 50px; overflow: auto"><p style="height: 500px">${text}</p>
    </div><details id="d"><summary>${text}</summary>more</details><dialog id="modal">${text}</dialog>`;
  const socket = await open(`<div id="b">${content("old")}</div>`);
  await page.evaluate(() => document.getElementById("box")?.scrollTo(0, 120));
  await page.locator("summary").click();
  await page.locator("dialog").evaluate((dialog: HTMLDialogElement) => dialog.showModal());
  socket.send(update(content("new")));
  for (const selector of ["#box", "summary", "dialog"]) await expect(page.locator(selector)).toHaveText("new");
  await expect(page.locator("#d")).toHaveAttribute("open");
  await expect(page.locator("dialog")).toBeVisible();
  expect(await page.locator("#box").evaluate((box) => box.scrollTop)).toBe(120);
});

test("a recording that plays goes on playing", async ({ page, open, remember }) => {
  // A second of silence, as the smallest WAV file there is: 8000 samples of 8 bits.
  const header = "524946467c1f000057415645666d74201000000001000100401f0000401f00000100080064617461401f0000";
  const wav = Buffer.concat([Buffer.from(header, "hex"), Buffer.alloc(8_000, 128)]).toString("base64");
  const audio = `<audio controls loop muted src="data:audio/wav;base64,${wav}"></audio>`;
  const socket = await open(`<div id="b"><p>old</p>${audio}</div>`);
  const isSame = await remember("audio");
  await page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.play());
  socket.send(update(`<p>new</p><p>more</p>${audio.replace("controls", "")}`));
  await expect(page.locator("#b p")).toHaveText(["new", "more"]);
  expect(await page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.paused)).toBe(false);
  expect(await isSame()).toBe(true);
});

for (const inject of ["target: #b", "source: #b::element; target: #b::element"]) {
  test(`nodes that are not different are the same ones, with ${inject}`, async ({ page, open, remember }) => {
    const list = (items: readonly number[]) => items.map((item) => `<li id="i${item}">${item}</li>`).join("");
    const content = (items: string) => (inject.includes("source") ? `<ul id="b">${items}</ul>` : items);
    const socket = await open(`<ul id="b">${list([1, 2, 3])}</ul>`);
    const isSame = await remember("#b, #i1, #i3");
    socket.send(update(content(list([0, 3, 1, 4])), inject));
    await expect(page.locator("#b li")).toHaveText(["0", "3", "1", "4"]);
    expect(await isSame()).toBe(true);
  });
}

test("what is the same causes no change at all", async ({ page, open }) => {
  const html = '<p class="x">text <b id="y">bold</b></p>';
  const socket = await open(`<div id="b">${html}</div>`);
  const changes = await page.evaluateHandle(() => {
    const changes: string[] = [];
    const target = document.getElementById("b");
    const observer = new MutationObserver((records) => changes.push(...records.map(({ type }) => type)));
    if (target) observer.observe(target, { subtree: true, childList: true, attributes: true, characterData: true });
    return changes;
  });
  socket.send(update(html));
  expect(await nextEvent(page, "pat-inject-async-injected")).toMatchObject({ target: "b", detail: { target: "#b" } });
  expect(await changes.jsonValue()).toEqual([]);
});

test("patterns are initialised where something is new, once, and only there", async ({ page, open }) => {
  const probe = (id: string, text = id) => `<p class="pat-probe" id="${id}">${text}</p>`;
  const socket = await open(`<div id="b">${probe("one")}${probe("two")}</div>`);
  await expect.poll(() => page.evaluate(() => [...Reflect.get(window, "inits")].length)).toBe(2);
  socket.send(update(`${probe("one")}${probe("two", "changed")}<div>${probe("three")}</div>${probe("four")}`));
  await expect(page.locator(".pat-probe")).toHaveText(["one", "changed", "three", "four"]);
  const inits = await page.evaluate(() => Object.fromEntries(Reflect.get(window, "inits")));
  // What a pattern has worked on is made anew when the server says something else.
  expect(inits).toEqual({ one: 1, two: 2, three: 1, four: 1 });
});

test("elements of the library itself still show the state of the connection", async ({ page, open }) => {
  const socket = await open(`<div id="b" class="pat-inject-async"><p id="in" class="pat-inject-async">old</p></div>`);
  const html = '<div id="b" class="pat-inject-async"><p id="in" class="pat-inject-async">new</p></div>';
  for (const id of ["b", "in"]) await expect(page.locator(`#${id}`)).toHaveAttribute("data-inject-async-state", "open");
  socket.send({ html });
  await expect(page.locator("#in")).toHaveText("new");
  for (const id of ["b", "in"]) await expect(page.locator(`#${id}`)).toHaveAttribute("data-inject-async-state", "open");
});

test("a placeholder that is morphed into a placeholder goes on waiting", async ({ page, push, open }) => {
  await loadDice(page, 0);
  const notYet = placeholder("preview", "/doc/1");
  push.snippet("/doc/1", notYet.replace("waiting", "still waiting"));
  const socket = await open(notYet);
  push.broadcast({ url: "/doc/1" });
  await expect(page.locator("#preview")).toHaveText("still waiting");
  await expect(page.locator("#preview")).toHaveAttribute("aria-busy", "true");
  push.snippet("/doc/1", '<div id="preview">ready</div>');
  push.welcome("gap");
  socket.drop();
  await expect(page.locator("#preview")).toHaveText("ready");
});

test("what is dirty waits as ever", async ({ page, push, open }) => {
  const socket = await open('<form><p id="b" class="is-dirty">old</p></form>');
  socket.send(update("new"));
  await push.settled(page);
  await expect(page.locator("#b")).toContainText("old");
  await page.locator("#b").evaluate((element) => element.classList.remove("is-dirty"));
  await expect(page.locator("#b")).toHaveText("new");
});

test("scripts in it are not run, and insertions are insertions", async ({ page, open }) => {
  const socket = await open('<div id="b">old</div>');
  socket.send(update("<p>1</p><script>window.hasRun = true</script>"));
  socket.send(update("<p>2</p>", "target: #b::after"));
  await expect(page.locator("#b p")).toHaveText(["1", "2"]);
  expect(await page.evaluate(() => Reflect.has(window, "hasRun"))).toBe(false);
  expect((await drainEvents(page)).map(({ type }) => type)).not.toContain("pat-inject-async-error");
});

test("it is the choice of one target, or of what is around it", async ({ page, push, remember }) => {
  const target = (id: string, options = "") => `<div id="${id}" ${options}><i>old</i></div>`;
  const morphed = 'data-pat-inject-async="swap: morph"';
  const socket = await opened(page, push, {
    body: `${target("a")}${target("b", morphed)}<section ${morphed}>${target("c")}</section>`,
  });
  const isSame = await Promise.all(["#a i", "#b i", "#c i"].map(remember));
  socket.send(update("<i>new</i>", "target: #a && target: #b && target: #c"));
  for (const id of ["#a", "#b", "#c"]) await expect(page.locator(id)).toHaveText("new");
  expect(await Promise.all(isSame.map((check) => check()))).toEqual([false, true, true]);
});

test("of options with the same value the chosen one stays chosen", async ({ page, push }) => {
  const select = (text: string) =>
    `<select><option value="">choose</option><option value="x">x</option><option value="">-----</option></select>${text}`;
  const bodyAttributes = bodyWith("swap: morph");
  const socket = await opened(page, push, { bodyAttributes, body: `<div id="b">${select("old")}</div>` });
  socket.send({ html: select("new"), inject: "target: #b" });
  await expect(page.locator("#b")).toContainText("new");
  expect(await page.locator("#b select").evaluate((element: HTMLSelectElement) => element.selectedIndex)).toBe(0);
});

test("a text edited in place follows the server again once the server says the same", async ({ page, push }) => {
  const text = (words: string) => `<p contenteditable>${words}</p>`;
  const body = `<div id="b">${text("old")}</div><button id="elsewhere">Elsewhere</button>`;
  const socket = await opened(page, push, { bodyAttributes: bodyWith("swap: morph"), body });
  await page.locator("#b p").fill("mine");
  await page.locator("#elsewhere").focus();
  for (const [words, shown] of [
    ["somebody's", "mine"],
    ["mine", "mine"],
    ["theirs", "theirs"],
  ] as const) {
    socket.send({ html: text(words), inject: "target: #b" });
    await push.settled(page);
    await expect(page.locator("#b p")).toHaveText(shown);
  }
});

for (const swap of ["inject", "morph"]) {
  test(`what is to be kept stays, with what is around it, and leaves no trace: ${swap}`, async ({ page, push }) => {
    const bodyAttributes = bodyWith(`swap: ${swap}; keep: .k`);
    const body =
      '<div id="b"><section><i class="k">mine</i></section><em class="k">mine too</em><input class="k"></div>';
    const socket = await opened(page, push, { bodyAttributes, body });
    await page.locator("#b input").fill("typed");
    socket.send({ html: '<p>new</p><div class="k">theirs</div><input class="k">', inject: "target: #b" });
    await expect(page.locator("#b p")).toHaveText("new");
    await expect(page.locator("#b i")).toHaveText("mine");
    await expect(page.locator("#b em")).toHaveText("mine too");
    await expect(page.locator("#b input").first()).toHaveValue("typed");
    await expect(page.locator("[id^=pat-inject-async-]")).toHaveCount(0);
  });
}
