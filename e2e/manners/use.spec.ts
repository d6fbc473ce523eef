/** What counts as being used, from the user's side, what does not, and where the keyboard goes when content is replaced. */
import type { Page } from "@playwright/test";
import { fill } from "../support/elements.ts";
import { test as base, expect } from "../support/fixture.ts";
import { opened } from "../support/opened.ts";
import type { PushSocket } from "../support/push-socket.ts";

const test = base.extend<{ readonly socket: PushSocket }>({
  socket: async ({ page, push }, use) => {
    const body = '<main></main><button id="elsewhere">Elsewhere</button>';
    const head = `<script>
      document.addEventListener("submit", (event) => event.preventDefault());
      customElements.define("closed-field", class extends HTMLElement {
        connectedCallback() { this.attachShadow({ mode: "closed" }).innerHTML = "<input>"; }
      });
    </script>`;
    await use(await opened(page, push, { body, head }));
  },
});

const update = (html: string) => ({ html, inject: "target: #b" });
const leave = (page: Page) => page.locator("#elsewhere").focus();
const growShadow = (page: Page, html = "<input>") =>
  page.locator("#host").evaluate((element, html) => {
    const shadow = element.attachShadow({ mode: "open" });
    shadow.innerHTML = html;
  }, html);
/** A button that opens when this happens to it, and closes when it is clicked. */
const opener = (event: string, more = "") =>
  `<button aria-expanded="false" ${more} on${event}="this.ariaExpanded = 'true'" onclick="this.ariaExpanded = 'false'">Menu</button>`;

interface Use {
  readonly what: string;
  readonly body: string;
  readonly use: (page: Page) => Promise<unknown>;
  /** Without it, only the button of the notice brings the update. */
  readonly done?: (page: Page) => Promise<unknown>;
}

const USES: readonly Use[] = [
  {
    what: "a field in an open shadow tree",
    body: '<div id="b"><div id="host"></div></div>',
    use: async (page) => {
      await growShadow(page);
      await page.locator("#host input").focus();
    },
    done: leave,
  },
  {
    what: "a text typed in an open shadow tree, and left",
    body: '<div id="b"><div id="host"></div></div>',
    use: async (page) => {
      await growShadow(page);
      await page.locator("#host input").fill("text");
      await leave(page);
    },
  },
  {
    what: "a text in a closed shadow tree, and left",
    body: '<div id="b"><closed-field></closed-field></div>',
    use: async (page) => {
      await page.locator("closed-field").click();
      await page.keyboard.type("text");
      await leave(page);
    },
  },
  {
    what: "a text edited in place, and left",
    body: '<div id="b"><p contenteditable>text</p></div>',
    use: async (page) => {
      await page.locator("#b p").pressSequentially("more");
      await leave(page);
    },
  },
  {
    what: "a text edited in a frame, and left",
    body: `<div id="b"><iframe srcdoc="<body contenteditable>text</body>"></iframe></div>`,
    use: async (page) => {
      await page.frameLocator("#b iframe").locator("body").click();
      await page.keyboard.type("more");
      await page.locator("#elsewhere").click();
    },
  },
  {
    what: "a text in a frame in a frame, and left",
    body: `<div id="b"><iframe srcdoc="<iframe srcdoc='<input>'></iframe>"></iframe></div>`,
    use: async (page) => {
      await page.frameLocator("#b iframe").frameLocator("iframe").locator("input").click();
      await page.keyboard.type("more");
      await page.locator("#elsewhere").click();
    },
  },
  {
    what: "a text in a frame in an open shadow tree, and left",
    body: '<div id="b"><div id="host"></div></div>',
    use: async (page) => {
      await growShadow(page, `<iframe srcdoc="<input>"></iframe>`);
      await page.locator("#host iframe").contentFrame().locator("input").click();
      await page.keyboard.type("more");
      await page.locator("#elsewhere").click();
    },
  },
  {
    what: "a text in a frame that the user came to from another one, and left",
    body: '<iframe id="first" srcdoc="<input>"></iframe><div id="b"><iframe srcdoc="<input>"></iframe></div>',
    use: async (page) => {
      for (const frame of ["#first", "#b iframe"]) {
        await page.frameLocator(frame).locator("input").click();
        await page.keyboard.type("more");
      }
      await page.locator("#elsewhere").click();
    },
  },
  {
    what: "a choice among radio buttons",
    body: '<form id="b"><input type="radio" name="r" value="1" checked><input type="radio" name="r" value="2"></form>',
    use: async (page) => {
      await page.locator("[value='2']").check();
      await leave(page);
    },
  },
  {
    what: "a pressed button",
    body: '<div id="b"><button>Press</button></div>',
    use: async (page) => {
      await page.locator("#b button").hover();
      await page.mouse.down();
    },
    done: (page) => page.mouse.up(),
  },
  {
    what: "a button pressed with the space bar",
    body: '<div id="b"><button>Press</button></div>',
    use: async (page) => {
      await page.locator("#b button").focus();
      await page.keyboard.down("Space");
    },
    done: (page) => page.keyboard.up("Space"),
  },
  {
    what: "details that the user opened",
    body: '<div id="b"><details><summary>More</summary>text</details></div>',
    use: (page) => page.locator("summary").click(),
    done: (page) => page.locator("summary").click(),
  },
  {
    what: "a dropdown that the user opened",
    body: `<div id="b"><button aria-expanded="false"
      onclick="this.ariaExpanded = String(this.ariaExpanded !== 'true')">Menu</button></div>`,
    use: (page) => page.getByText("Menu").click(),
    done: (page) => page.getByText("Menu").click(),
  },
  {
    what: "details in an open shadow tree",
    body: '<div id="b"><div id="host"></div></div>',
    use: async (page) => {
      await growShadow(page, "<details><summary>More</summary>text</details>");
      await page.locator("#host summary").click();
    },
  },
  {
    what: "a dropdown opened with a key",
    body: `<div id="b">${opener("keydown")}</div>`,
    use: (page) => page.getByText("Menu").press("ArrowDown"),
    done: (page) => page.getByText("Menu").click(),
  },
  {
    what: "a dropdown that opened when the pointer came",
    body: `<div id="b">${opener("pointerenter")}</div>`,
    use: async (page) => {
      await page.locator("#elsewhere").hover();
      await page.getByText("Menu").hover();
    },
    done: (page) => page.getByText("Menu").click(),
  },
  {
    what: "a panel opened with a button elsewhere",
    body: `${opener("pointerdown", 'aria-controls="panel"').replace(/ onclick="[^"]*"/, "")}<div id="b"><p id="panel">text</p></div>`,
    use: (page) => page.getByText("Menu").click(),
    done: (page) => page.getByText("Menu").evaluate((button) => button.setAttribute("aria-expanded", "false")),
  },
  {
    what: "a dropdown that the user opened, and a script closes",
    body: `<div id="b"><button aria-expanded="false" onclick="this.ariaExpanded = 'true'">Menu</button></div>`,
    use: (page) => page.getByText("Menu").click(),
    done: (page) => page.getByText("Menu").evaluate((button) => button.setAttribute("aria-expanded", "false")),
  },
  {
    what: "details that the user opened, and a script closes",
    body: '<div id="b"><details><summary>More</summary>text</details></div>',
    use: (page) => page.locator("summary").click(),
    done: (page) => page.locator("details").evaluate((details) => details.removeAttribute("open")),
  },
  {
    what: "a drag under way",
    body: '<div id="b"><p draggable="true">drag</p></div>',
    use: async (page) => {
      await page.locator("#b p").hover();
      await page.mouse.down();
      await page.locator("#elsewhere").hover();
      await page.locator("#elsewhere").hover({ position: { x: 3, y: 3 } });
    },
    done: (page) => page.mouse.up(),
  },
  {
    what: "a drag over it",
    body: '<p id="dragged" draggable="true">drag</p><div id="b" style="height: 90px">old</div>',
    use: async (page) => {
      await page.locator("#dragged").hover();
      await page.mouse.down();
      await page.locator("#b").hover({ position: { x: 20, y: 60 } });
      await page.locator("#b").hover({ position: { x: 25, y: 65 } });
    },
    done: (page) => page.mouse.up(),
  },
  {
    what: "a list that is open at the end of the body",
    body: '<div id="b"><p class="select2-container">Choose</p></div>',
    use: (page) => page.locator("#b p").evaluate((picker) => picker.classList.add("select2-dropdown-open")),
    done: (page) => page.locator("#b p").evaluate((picker) => picker.classList.remove("select2-dropdown-open")),
  },
  {
    what: "full screen",
    body: '<div id="b"><p><button onclick="this.parentElement.requestFullscreen()">Large</button></p></div>',
    use: async (page) => {
      await page.getByText("Large").click();
      await page.waitForFunction(() => document.fullscreenElement);
    },
    done: (page) => page.evaluate(() => document.exitFullscreen()),
  },
];

test("what the user is doing, or has done, is not taken away", async ({ page, push, socket }) => {
  for (const { what, body, use, done } of USES) {
    await test.step(what, async () => {
      await fill(page, body);
      await use(page);
      socket.send(update("new"));
      await push.settled(page);
      await expect(page.locator("#b")).toHaveClass(/has-update/);
      await (done?.(page) ?? page.locator(".pat-inject-async-notice button").click());
      await expect(page.locator("#b")).toHaveText("new");
    });
  }
});

const FORM = '<form id="b"><input name="field"><button>Send</button></form>';
const send = async (page: Page) => {
  await page.locator("[name=field]").fill("text");
  await page.getByRole("button", { name: "Send" }).click();
};

const AT_ONCE: readonly Use[] = [
  ["a select whose first option is disabled", "<select><option disabled>Choose</option><option>1</option></select>"],
  [
    "a select whose first group is disabled",
    "<select><optgroup disabled><option>1</option></optgroup><option>2</option></select>",
  ],
  ["a text with the line ends of Windows", "<textarea>one&#13;\ntwo</textarea>"],
  [
    "two radio buttons that are both checked",
    '<input type="radio" name="r" checked><input type="radio" name="r" checked>',
  ],
  ["a number out of its range", '<input type="range" min="5" max="6" value="9"><input type="color" value="red">'],
  ["details that came open", "<details open><summary>More</summary>text</details>"],
  ["a dialog that is closed", '<p role="dialog" aria-modal="true" hidden>text</p>'],
  ["a dropdown that came open", '<button type="button" aria-expanded="true">Menu</button>'],
].map(([what = "", body = ""]) => ({ what, body: `<form id="b">${body}</form>`, use: async () => {} }));

const PASSED: readonly Use[] = [
  {
    what: "a dropdown that the pointer passed",
    body: '<div id="b"><button aria-expanded="false">Menu</button></div>',
    use: (page) => page.getByText("Menu").hover(),
  },
  {
    what: "a dropdown in details that came open, opened and closed",
    body: `<div id="b"><details open><summary>More</summary>${opener("keydown")}</details></div>`,
    use: async (page) => {
      await page.getByText("Menu").press("ArrowDown");
      await page.getByText("Menu").click();
    },
  },
  {
    what: "a choice that only a script has made",
    body: '<div id="b"><select><option>1</option><option>2</option></select></div>',
    use: (page) =>
      page.locator("#b select").evaluate((select: HTMLSelectElement) => {
        select.value = "2";
      }),
  },
  {
    what: "a panel opened with a button elsewhere, which stays open",
    body: `${opener("keydown", 'aria-controls="b"')}<div id="b">text</div>`,
    use: (page) => page.getByText("Menu").press("ArrowDown"),
  },
];

const SENT: readonly Use[] = [
  { what: "a form that was sent", body: FORM, use: send },
  {
    what: "a form around the target, sent",
    body: FORM.replace('id="b"', "").replace("<input", '<p id="b"><input').replace("<button", "</p><button"),
    use: send,
  },
  {
    what: "a form beside the target, sent",
    body: `<form id="f"><button>Send</button></form><p id="b"><input name="field" form="f"></p>`,
    use: send,
  },
  {
    what: "a form with fields called as its properties",
    body: FORM.replace("<button", '<input type="hidden" name="elements"><input type="hidden" name="id"><button'),
    use: send,
  },
  {
    what: "a form with a text edited in place, sent",
    body: '<form id="b"><p contenteditable>text</p><button>Send</button></form>',
    use: async (page) => {
      await page.locator("#b p").pressSequentially("more");
      await page.getByRole("button", { name: "Send" }).click();
    },
  },
];

test("what nobody touched, and what has been sent, is replaced at once", async ({ page, push, socket }) => {
  for (const { what, body, use } of [...AT_ONCE, ...PASSED, ...SENT]) {
    await test.step(what, async () => {
      await fill(page, body);
      await use(page);
      await leave(page);
      socket.send(update('new <input name="field">'));
      await push.settled(page);
      await expect(page.locator("#b")).toHaveText("new");
      await expect(page.locator("#b input")).toHaveValue("");
    });
  }
});

test("a click begun before an update came is not lost", async ({ page, push, socket }) => {
  await fill(page, `<div id="b"><button onclick="document.title = 'clicked'">Press</button></div>`);
  await page.locator("#b button").hover();
  await page.mouse.down();
  socket.send(update("new"));
  await push.settled(page);
  await page.mouse.up();
  await expect(page.locator("#b")).toHaveText("new");
  expect(await page.title()).toBe("clicked");
});

test("a recording that plays by itself, unheard, is decoration", async ({ page, push, socket }) => {
  // A second of silence, as the smallest WAV file there is: 8000 samples of 8 bits.
  const header = "524946467c1f000057415645666d74201000000001000100401f0000401f00000100080064617461401f0000";
  const wav = Buffer.concat([Buffer.from(header, "hex"), Buffer.alloc(8_000, 128)]).toString("base64");
  const source = `src="data:audio/wav;base64,${wav}"`;
  for (const decoration of [
    `<video muted loop autoplay ${source}></video>`,
    `<video muted loop autoplay controls playsinline ${source}></video>`,
    `<audio muted loop autoplay ${source}></audio>`,
    `<a href="#"><video muted loop autoplay ${source}></video></a>`,
    `<video muted loop autoplay ${source}></video><video muted loop autoplay ${source}></video>`,
  ]) {
    await test.step(decoration.replace(wav, ""), async () => {
      await fill(page, `<div id="b">${decoration}</div>`);
      const played = page.locator("#b video, #b audio").last();
      await expect.poll(() => played.evaluate((media: HTMLMediaElement) => media.currentTime)).not.toBe(0);
      socket.send(update("new"));
      await push.settled(page);
      await expect(page.locator("#b")).toHaveText("new");
    });
  }
});

test("what validation kept from being sent is still being entered", async ({ page, push, socket }) => {
  await fill(page, '<form id="b" novalidate><input name="field" type="email"><button>Send</button></form>');
  await send(page);
  await leave(page);
  socket.send(update("new"));
  await push.settled(page);
  await expect(page.locator("[name=field]")).toHaveValue("text");
});

interface Place {
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly focus: string;
  readonly expected: string;
}

const PLACES: readonly Place[] = [
  {
    what: "a link, by its address",
    from: '<a href="/1">1</a><a href="/2">2</a>',
    to: '<a href="/0">0</a><a href="/1">1</a><a href="/2">II</a>',
    focus: "[href='/2']",
    expected: "[href='/2']",
  },
  {
    what: "a button, by its name",
    from: '<button name="x">1</button>',
    to: '<button>0</button><button name="x">2</button>',
    focus: "button",
    expected: "[name=x]",
  },
  {
    what: "a button, by its label",
    from: "<button>Edit</button>",
    to: "<button>Add</button><button class='x'> Edit</button>",
    focus: "button",
    expected: ".x",
  },
  {
    what: "the second of two alike, in a list",
    from: "<button>Edit</button><button class='x'>Edit</button>",
    to: "<button>Edit</button><button class='x'>Edit</button>",
    focus: ".x",
    expected: ".x",
  },
  {
    what: "by its place, when nothing else is left",
    from: "<button>1</button><button class='x'>2</button>",
    to: "<button>3</button><button class='x'>4</button>",
    focus: ".x",
    expected: ".x",
  },
  {
    what: "the last one, when there are fewer",
    from: "<button>1</button><button class='x'>2</button>",
    to: "<button class='x'>3</button>",
    focus: ".x",
    expected: ".x",
  },
  {
    what: "the next of what can have it, when the same is disabled",
    from: "<button>1</button>",
    to: "<button disabled>1</button><button class='x'>2</button>",
    focus: "button",
    expected: ".x",
  },
  {
    what: "the content, when it is only text",
    from: "<button>1</button>",
    to: "text",
    focus: "button",
    expected: "#b",
  },
  {
    what: "a button, by its name and value",
    from: '<button name="x" value="1">Delete</button><button name="x" value="2">Delete</button>',
    to: '<button name="x" value="0">Delete</button><button name="x" value="1">Delete</button><button name="x" value="2">Delete</button>',
    focus: "[value='2']",
    expected: "[value='2']",
  },
  {
    what: "the same button of the same item",
    from: '<p id="one"><button>Delete</button></p><p id="two"><button>Delete</button></p>',
    to: '<p id="zero"><button>Delete</button></p><p id="one"><button>Delete</button></p><p id="two"><button>Delete</button></p>',
    focus: "#two button",
    expected: "#two button",
  },
  {
    what: "what is left of the same item",
    from: '<p id="one"><button>Delete</button></p><p id="two"><button>Delete</button></p>',
    to: '<p id="one"><button>Delete</button></p><p id="two"><a href="/">Restore</a></p>',
    focus: "#two button",
    expected: "#two a",
  },
  {
    what: "a button with a picture, by its alternative",
    from: '<button><img alt="Edit"></button><button><img alt="Delete"></button>',
    to: '<button><img alt="Add"></button><button><img alt="Edit"></button><button><img alt="Delete"></button>',
    focus: "button:last-child",
    expected: "button:last-child",
  },
  {
    what: "a button with a tooltip only",
    from: '<button title="Edit"></button><button title="Delete"></button>',
    to: '<button title="Add"></button><button title="Edit"></button><button title="Delete"></button>',
    focus: "[title=Delete]",
    expected: "[title=Delete]",
  },
  {
    what: "a summary, by its text",
    from: "<details><summary>1</summary></details>",
    to: '<details><summary>0</summary></details><details class="x"><summary>1</summary></details>',
    focus: "summary",
    expected: ".x summary",
  },
  {
    what: "the next one, when the same is hidden",
    from: "<button>1</button>",
    to: '<button hidden>1</button><button class="x">2</button>',
    focus: "button",
    expected: ".x",
  },
];

for (const [how, swap] of [
  ["", "inject"],
  ["::element", "inject"],
  ["", "morph"],
  ["::element", "morph"],
]) {
  test(`the keyboard stays at its place: swap ${swap}${how && ", the element itself"}`, async ({
    page,
    push,
    socket,
  }) => {
    for (const { what, from, to, focus, expected } of PLACES) {
      await test.step(what, async () => {
        await fill(page, `<section data-pat-inject-async="swap: ${swap}"><div id="b">${from}</div></section>`);
        await page.locator(`#b ${focus}`).focus();
        socket.send({ html: `<div id="b">${to}</div>`, inject: `source: #b${how}; target: #b${how}` });
        await push.settled(page);
        await expect(page.locator(expected === "#b" ? "#b" : `#b ${expected}`)).toBeFocused();
      });
    }
  });
}

test("when the target goes, the keyboard goes to what comes next", async ({ page, socket }) => {
  await fill(page, '<div id="b"><a href="#">link</a></div>');
  await page.locator("#b a").focus();
  socket.send({ html: "<p></p>", inject: "source: none; target: #b::element" });
  await expect(page.locator("#elsewhere")).toBeFocused();
});

test("a click is not lost because something comes before what is pressed", async ({ page, push, socket }) => {
  for (const inject of ["target: #b::before", "target: #b::element::before"]) {
    await fill(page, `<ul id="b"><li><button onclick="document.title = '${inject}'">Press</button></li></ul>`);
    await page.getByText("Press").hover();
    await page.mouse.down();
    socket.send({ html: '<li style="height: 99px">new</li>', inject });
    await push.settled(page);
    await expect(page.locator("main")).not.toContainText("new");
    await expect(page.locator(".pat-inject-async-notice")).toHaveCount(0);
    await page.mouse.up();
    await expect(page.locator("main")).toContainText("new");
    expect(await page.title()).toBe(inject);
  }
});

test("what a context menu has kept from being let go does not count as pressed", async ({ page, socket }) => {
  await fill(page, '<div id="b"><p>old</p></div>');
  await page.locator("#b").hover();
  await page.mouse.down({ button: "right" });
  socket.send(update("new"));
  await expect(page.locator("#b")).toHaveText("new");
  await page.mouse.up({ button: "right" });
});

/** Targets that are open themselves. */
const OPEN_TARGETS: readonly Use[] = [
  {
    what: "a dialog",
    body: '<dialog id="b">old</dialog>',
    use: (page) => page.locator("#b").evaluate((dialog: HTMLDialogElement) => dialog.showModal()),
    done: (page) => page.locator("#b").evaluate((dialog: HTMLDialogElement) => dialog.close()),
  },
  {
    what: "a popover",
    body: '<p id="b" popover>old</p>',
    use: (page) => page.locator("#b").evaluate((element: HTMLElement) => element.showPopover()),
    done: (page) => page.locator("#b").evaluate((element: HTMLElement) => element.hidePopover()),
  },
  {
    what: "a panel opened with a button elsewhere",
    body: `${opener("keydown", 'aria-controls="b"')}<div id="b">old</div>`,
    use: (page) => page.getByText("Menu").press("ArrowDown"),
    done: (page) => page.getByText("Menu").click(),
  },
];

test("what is open is not closed by being replaced as a whole, and gets new content at once", async ({
  page,
  push,
  socket,
}) => {
  for (const { what, body, use, done } of OPEN_TARGETS) {
    await test.step(what, async () => {
      await fill(page, body);
      await use(page);
      socket.send(update("newer"));
      await expect(page.locator("#b")).toHaveText("newer");
      socket.send({ html: '<p id="b">new</p>' });
      await push.settled(page);
      await expect(page.locator("#b")).toHaveClass(/has-update/);
      await done?.(page);
      await expect(page.locator("#b")).toHaveText("new");
    });
  }
});
