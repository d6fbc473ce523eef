/** Who is busy with a target is not interrupted: the update waits, says so, and comes when the user leaves, or asks. */
import type { Page } from "@playwright/test";
import { fill } from "../support/elements.ts";
import { test as base, drainEvents, expect } from "../support/fixture.ts";
import type { Host } from "../support/library-page.ts";
import { bodyWith, opened } from "../support/opened.ts";
import type { PushServer } from "../support/push-server.ts";
import type { PushSocket } from "../support/push-socket.ts";

interface Courtesy {
  readonly host: Host;
  /** Loads a page with the library, and this in its body, besides a place to go to and another target. */
  readonly open: (body: string, options?: string) => Promise<PushSocket>;
}

const test = base.extend<Courtesy>({
  host: ["patternslib", { option: true }],
  open: async ({ page, push, host }, use) => {
    await use((body, options = "") =>
      opened(page, push, {
        host,
        body: `<main>${body}</main><button id="elsewhere">Elsewhere</button>`,
        bodyAttributes: bodyWith(options),
      }),
    );
  },
});

const FIELD = '<div id="b"><input id="field"></div>';
/** Of each kind of field one, of which some have a value although none was given. */
const UNTOUCHED = `<input type="checkbox"><input type="checkbox" checked value="1"><input type="radio" name="r" checked>
  <input type="range"><input type="color"><input type="email" value=" a@b.de "><input type="number" value="1,5">
  <input type="date"><input type="file"><input type="hidden" value="1"><input type="submit">
  <textarea>\ntext</textarea><select><option>1</option><option>2</option></select>
  <select><option>1</option><option selected>2</option></select>`;
const update = (html: string, inject = "target: #b") => ({ html, inject });
const button = (page: Page) => page.locator(".pat-inject-async-notice.is-update button");
const leave = (page: Page) => page.locator("#elsewhere").focus();

/** The update waits: the target says so, and is otherwise as it was. */
async function expectWaiting(page: Page, push: PushServer): Promise<void> {
  await push.settled(page);
  await expect(page.locator("#b")).toHaveClass(/has-update/);
  await expect(button(page)).toHaveText(["Update available"]);
}

/** The update is there, once, and nothing is left of its having waited. */
async function expectUpdated(page: Page, text: string): Promise<void> {
  await expect(page.locator("#b")).toHaveText(text);
  await expect(page.locator(".has-update, .pat-inject-async-notice")).toHaveCount(0);
  const events = await drainEvents(page);
  const injected = events.filter((event) => "detail" in event && event.detail["target"] === "#b");
  expect(injected.map(({ type }) => type)).toEqual(["pat-inject-async-before-inject", "pat-inject-async-injected"]);
}

interface Occupation {
  readonly what: string;
  readonly body: string;
  readonly occupy: (page: Page) => Promise<unknown>;
  readonly leave: (page: Page) => Promise<unknown>;
}

const OCCUPATIONS: readonly Occupation[] = [
  { what: "a field with the focus", body: FIELD, occupy: (page) => page.locator("#field").focus(), leave },
  {
    what: "a list to choose from, with the focus",
    body: '<div id="b"><select><option>1</option><option>2</option></select></div>',
    occupy: (page) => page.locator("#b select").focus(),
    leave,
  },
  {
    what: "a text that is edited in place",
    body: '<div id="b"><p contenteditable>text</p></div>',
    occupy: (page) => page.locator("#b p").focus(),
    leave,
  },
  {
    what: "an editor in a frame of its own, as TinyMCE is,",
    body: '<div id="b"><iframe srcdoc="<body contenteditable>text</body>"></iframe></div>',
    occupy: (page) => page.frameLocator("#b iframe").locator("body").click(),
    leave: (page) => page.locator("#elsewhere").click(),
  },
  {
    what: "something dirty",
    body: '<form><div id="b"><p class="is-dirty">text</p></div></form>',
    occupy: async () => {},
    leave: (page) => page.locator(".is-dirty").evaluate((element) => element.classList.remove("is-dirty")),
  },
  {
    what: "an open dialog",
    body: '<div id="b"><dialog>text</dialog></div>',
    occupy: (page) => page.locator("#b dialog").evaluate((dialog: HTMLDialogElement) => dialog.showModal()),
    leave: (page) => page.keyboard.press("Escape"),
  },
  {
    what: "a selection that begins in it",
    body: '<p id="b">some text</p><p id="next">more text</p>',
    occupy: (page) =>
      page.evaluate(() => {
        const [from, to] = [document.querySelector("#b")?.firstChild, document.querySelector("#next")?.firstChild];
        if (from && to) document.getSelection()?.setBaseAndExtent(from, 5, to, 4);
      }),
    leave: (page) => page.evaluate(() => document.getSelection()?.removeAllRanges()),
  },
  {
    what: "a recording that plays",
    body: `<div id="b"><audio controls loop muted src="${silence()}"></audio></div>`,
    occupy: (page) => page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.play()),
    leave: (page) => page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.pause()),
  },
  {
    what: "a recording that plays to its end",
    body: `<div id="b"><audio controls muted src="${silence()}"></audio></div>`,
    occupy: (page) =>
      page.locator("audio").evaluate((audio: HTMLAudioElement) => {
        audio.loop = true;
        return audio.play();
      }),
    leave: (page) =>
      page.locator("audio").evaluate((audio: HTMLAudioElement) => {
        audio.loop = false;
      }),
  },
];

test("a target that the user is busy with is left alone until the user is done", async ({ page, push, open }) => {
  const socket = await open("");
  for (const { what, body, occupy, leave } of OCCUPATIONS) {
    await test.step(what, async () => {
      await fill(page, body);
      await occupy(page);
      socket.send(update("new"));
      await expectWaiting(page, push);
      await leave(page);
      await expectUpdated(page, "new");
    });
  }
});

const AT_ONCE = [
  ["a link that would open a modal", '<div id="b"><a class="pat-modal" href="/modal">Open</a></div>', undefined],
  ["fields that nobody has touched", `<form id="b">${UNTOUCHED}</form>`, undefined],
  ["a dialog that is closed", '<div id="b"><dialog>text</dialog></div>', undefined],
  ["a recording that is paused", `<div id="b"><audio src="${silence()}"></audio></div>`, undefined],
  ["a link with the focus", '<div id="b"><a href="#b" id="link">link</a></div>', "#link"],
  ["a field beside it with the focus", '<div id="b"></div><input id="field">', "#field"],
] as const;

test("a target that nobody is busy with is updated at once", async ({ page, push, open }) => {
  const socket = await open("");
  for (const [what, body, focus] of AT_ONCE) {
    await test.step(what, async () => {
      await fill(page, body);
      if (focus) await page.locator(focus).focus();
      socket.send(update("new"));
      await push.settled(page);
      await expectUpdated(page, "new");
    });
  }
});

for (const host of ["patternslib", "mockup"] as const) {
  test.describe(`with ${host}`, () => {
    test.use({ host });

    test("who types is not disturbed: focus, text and caret stay, and the next letter goes where it should", async ({
      page,
      push,
      open,
    }) => {
      const socket = await open(FIELD);
      await page.locator("#field").pressSequentially("held");
      await page.keyboard.press("ArrowLeft");
      socket.send(update("new"));
      await expectWaiting(page, push);
      await page.keyboard.type("lo wor");
      await expect(page.locator("#field")).toHaveValue("hello word");
      await expect(page.locator("#field")).toBeFocused();
    });

    test("what was typed is in the new content, where it has the same field", async ({ page, push, open }) => {
      const fields = '<input id="field"><textarea name="text"></textarea><input type="checkbox" name="yes">';
      const socket = await open(`<form id="b">${fields}</form>`);
      await page.locator("#field").fill("one");
      await page.locator("textarea").fill("two");
      await page.locator("[name=yes]").check();
      socket.send(update(`new ${fields}`));
      await expectWaiting(page, push);
      await leave(page);
      await expectUpdated(page, "new");
      await expect(page.locator("#field")).toHaveValue("one");
      await expect(page.locator("textarea")).toHaveValue("two");
      await expect(page.locator("[name=yes]")).toBeChecked();
    });
  });
}

/** A second of silence, as the smallest WAV file there is: 8000 samples of 8 bits. */
function silence(): string {
  const samples = Buffer.alloc(8_000, 128);
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // mono
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(8_000, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write("data", 36);
  header.writeUInt32LE(samples.length, 40);
  return `data:audio/wav;base64,${Buffer.concat([header, samples]).toString("base64")}`;
}
