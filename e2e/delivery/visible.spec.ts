/** What the user sees goes first, and what only waits to be seen is not asked for before. */
import { test as base, expect } from "../support/fixture.ts";
import { bodyWith, opened } from "../support/opened.ts";
import type { PushServer } from "../support/push-server.ts";

/** Loads a page with the library and, far below each other, a target for each name. */
const test = base.extend<{ open: (names: readonly string[], options: string) => Promise<void> }>({
  open: async ({ page, push }, use) => {
    await use(async (names, options) => {
      const target = (name: string) => `<div id="${name}" style="margin-bottom: 3000px">old</div>`;
      const body = `<p id="top">top</p><p id="first"></p>${names.map(target).join("")}`;
      await opened(page, push, { body, bodyAttributes: bodyWith(options) });
    });
  },
});

function send(push: PushServer, ...names: readonly string[]): void {
  for (const name of names) {
    push.snippet(`/${name}`, `<p>new ${name}</p>`);
    push.broadcast({ url: `/${name}`, inject: `target: #${name}` });
  }
}

const asked = (push: PushServer, names: readonly string[]) =>
  push.requests.map(({ path }) => path.slice(1)).filter((name) => names.includes(name));

test("with `when: visible` a snippet is fetched when its target comes near the viewport", async ({
  page,
  push,
  open,
}) => {
  const names = ["a", "b", "c"];
  await open(names, "when: visible");
  send(push, ...names);
  await expect(page.locator("#a")).toHaveText("new a");
  await push.settled(page);
  expect(asked(push, names)).toEqual(["a"]);

  await page.locator("#c").scrollIntoViewIfNeeded();
  await expect(page.locator("#c")).toHaveText("new c");
  await push.settled(page);
  expect(asked(push, names)).toEqual(["a", "c"]);

  // Half a screen ahead of who scrolls.
  await page.evaluate(() => {
    const { top } = document.getElementById("b")?.getBoundingClientRect() ?? { top: 0 };
    scrollBy(0, top - 1.3 * innerHeight);
  });
  await expect(page.locator("#b")).toHaveText("new b");
});

test("with `when: visible` many messages for what is not seen are one fetch when it is", async ({
  page,
  push,
  open,
}) => {
  await open(["a", "b"], "when: visible");
  for (let count = 0; count < 100; count++) send(push, "b");
  await push.settled(page);
  expect(asked(push, ["b"])).toEqual([]);
  await page.locator("#b").scrollIntoViewIfNeeded();
  await expect(page.locator("#b")).toHaveText("new b");
  await push.settled(page);
  expect(asked(push, ["b"])).toEqual(["b"]);
});

test("what comes with its message needs no fetch and is there at once", async ({ page, push, open }) => {
  await open(["a", "b"], "when: visible");
  push.broadcast({ html: "<p>new</p>", inject: "target: #b" });
  await expect(page.locator("#b")).toHaveText("new");
});

test("when one of a message's targets is seen, it is fetched for all", async ({ page, push, open }) => {
  await open(["a", "b"], "when: visible");
  push.snippet("/both", "<p>new</p>");
  push.broadcast({ url: "/both", inject: "target: #b && target: #a" });
  for (const name of ["#a", "#b"]) await expect(page.locator(name)).toHaveText("new");
  expect(push.requestsFor("/both")).toHaveLength(1);
});

test("a target that goes before it is seen is not asked for, and one that comes into view by itself is", async ({
  page,
  push,
  open,
}) => {
  const names = ["a", "b", "c"];
  await open(names, "when: visible");
  send(push, "b", "c");
  await push.settled(page);
  await page.evaluate(() => {
    document.getElementById("b")?.remove();
    const [top, c] = [document.getElementById("top"), document.getElementById("c")];
    if (c) top?.after(c);
  });
  await expect(page.locator("#c")).toHaveText("new c");
  await push.settled(page);
  expect(asked(push, names)).toEqual(["c"]);
});

test("one target may choose it for itself", async ({ page, push }) => {
  const target = (name: string, options = "") => `<div id="${name}" ${options} style="margin-top: 5000px">old</div>`;
  const lazy = 'data-pat-inject-async="when: visible"';
  await opened(page, push, { body: `<p id="top"></p>${target("a")}${target("b", lazy)}` });
  send(push, "b", "a");
  await expect(page.locator("#a")).toHaveText("new a");
  await push.settled(page);
  expect(asked(push, ["a", "b"])).toEqual(["a"]);
});

test("with `when: now` all are fetched, and what is visible goes first", async ({ page, push, open }) => {
  const names = ["seen", "b", "c", "d", "e"];
  await open(names, "concurrency: 1");
  const first = push.snippet("/first", "<p>first</p>").hold();
  push.broadcast({ url: "/first", inject: "target: #first" });
  await push.nextRequest("/first");
  send(push, "b", "c", "d", "e", "seen");
  await push.settled(page);
  first.release();
  await expect(page.locator("#e")).toHaveText("new e");
  expect(asked(push, names)).toEqual(["seen", "b", "c", "d", "e"]);
});

test("with `when: now` what the user scrolls to is taken next", async ({ page, push, open }) => {
  const names = ["a", "b", "c", "d", "e"];
  await open(names, "concurrency: 1");
  const first = push.snippet("/first", "<p>first</p>").hold();
  push.broadcast({ url: "/first", inject: "target: #first" });
  await push.nextRequest("/first");
  send(push, "b", "c", "d", "e");
  await page.locator("#d").scrollIntoViewIfNeeded();
  await push.settled(page);
  first.release();
  await expect(page.locator("#e")).toHaveText("new e");
  expect(asked(push, names)).toEqual(["d", "b", "c", "e"]);
});

test("of several messages for a target in view each is fetched, though they wait for each other", async ({
  page,
  push,
  open,
}) => {
  await open(["a"], "when: visible; concurrency: 1");
  const snippet = push.snippet("/a", "<p>new</p>").hold();
  for (let count = 0; count < 3; count++) push.broadcast({ url: "/a", inject: "target: #a::after" });
  await push.nextRequest("/a");
  await push.settled(page);
  snippet.release();
  await expect(page.locator("#a p")).toHaveCount(3);
});

test("what takes the place of a target that was not seen yet is watched for it", async ({ page, push, open }) => {
  const names = ["a", "b", "c"];
  await open(names, "when: visible");
  send(push, "c");
  await push.settled(page);
  await page.locator("#c").evaluate((element) => {
    element.replaceWith(Object.assign(element.cloneNode(true), { textContent: "rendered again" }));
  });
  await expect(page.locator("#c")).toHaveText("rendered again");
  expect(asked(push, names)).toEqual([]);
  // Removals are looked at together, a moment later: this one is the last there is.
  push.broadcast({ html: "looked", inject: "target: #first" });
  await expect(page.locator("#first")).toHaveText("looked");
  await expect(async () => {
    await page.locator("#top").scrollIntoViewIfNeeded();
    await page.locator("#c").scrollIntoViewIfNeeded();
    await expect(page.locator("#c")).toHaveText("new c", { timeout: 500 });
  }).toPass();
});

const CONTENTS = 'style="display: contents"';
const BOXLESS = [
  ["", ""],
  [`<div ${CONTENTS}><form ${CONTENTS}><input name="parentElement" type="hidden">`, "</form></div>"],
  [`<ul ${CONTENTS}><li ${CONTENTS}>`, "</li></ul>"],
  [`<my-box ${CONTENTS}><slot ${CONTENTS}>`, "</slot></my-box>"],
  [`<div style="display: grid"><span ${CONTENTS}>`, "</span></div>"],
] as const;

test("of a target with `display: contents`, and whatever is so around it, the nearest box is watched", async ({
  page,
  push,
}) => {
  const names = BOXLESS.map((_, index) => `t${index}`);
  const body = BOXLESS.map(
    ([open, close], index) =>
      `<section style="margin-bottom: 3000px">${open}<div id="t${index}" ${CONTENTS}>old</div>${close}</section>`,
  );
  await opened(page, push, { body: body.join(""), bodyAttributes: bodyWith("when: visible") });
  send(push, ...names);
  for (const [index, name] of names.entries()) {
    await page.evaluate((index) => document.querySelectorAll("section")[index]?.scrollIntoView(), index);
    await expect(page.locator(`#${name}`)).toHaveText(`new ${name}`);
    await push.settled(page);
    expect(asked(push, names)).toEqual(names.slice(0, index + 1));
  }
});
