/** Fields called like properties of their form, pictures called like properties of the document: nothing stops, nothing is lost. */
import type { Page } from "@playwright/test";
import { fill } from "../support/elements.ts";
import { drainEvents, expect, nextEvent, test } from "../support/fixture.ts";
import { opened } from "../support/opened.ts";

/** What the library, pat-inject or idiomorph asks of an element. */
const NAMES = [
  "append children classList className closest contains dispatchEvent firstChild getAttribute hasChildNodes id innerHTML",
  "insertBefore isConnected lastChild localName matches nextSibling outerHTML parentElement prepend previousSibling",
  "querySelector querySelectorAll remove removeAttribute setAttribute childNodes addEventListener textContent attributes",
  "parentNode nodeType tagName hasAttribute namespaceURI setAttributeNode moveBefore replaceWith replaceChildren before",
  "after isEqualNode cloneNode ownerDocument getRootNode shadowRoot checkVisibility focus nodeName elements",
]
  .join(" ")
  .split(" ");

const form = (name: string, text: string) => `<form id="f"><input name="${name}"><b>${text}</b></form>`;

/** Not by a locator: the fields shadow what Playwright uses, too. */
const textIn = (page: Page) => page.evaluate(() => document.querySelector("#f b")?.textContent);

for (const swap of ["inject", "morph"]) {
  test(`swap ${swap}: a form with a field of any such name gets its content, and the next target too`, async ({
    page,
    push,
    allow,
  }) => {
    // The host's own: it tells of what it has injected on the form.
    allow(/dispatchEvent is not a function/);
    const socket = await opened(page, push, { body: `<main></main><p id="next"></p>` });
    const wrong: string[] = [];
    for (const name of NAMES) {
      await fill(page, `<div data-pat-inject-async="swap: ${swap}">${form(name, "old")}</div>`);
      for (const [text, inject] of [
        ["element", "source: #f::element; target: #f::element"],
        ["content", "source: #f; target: #f"],
      ] as const) {
        socket.send({ html: form(name, text), inject });
        socket.send({ html: `${name} ${text}`, inject: "target: #next" });
        await expect(page.locator("#next")).toHaveText(`${name} ${text}`);
        const found = await textIn(page);
        const failures = (await drainEvents(page)).filter(({ type }) => /-(error|rejected)$/.test(type));
        if (found !== text || failures.length > 0)
          wrong.push(`${name}, ${text}: found ${found}, ${JSON.stringify(failures)}`);
      }
    }
    expect(wrong).toEqual([]);
  });
}

test("a form with such a field waits for its user as any other, and shows a failure as any other", async ({
  page,
  push,
  allow,
}) => {
  allow(/status of 404/);
  push.snippet("/gone", { status: 404 });
  const options = 'class="pat-inject-async" data-pat-inject-async="url: /push; retries: 0"';
  const socket = await opened(page, push, {
    bodyAttributes: options,
    body: '<main></main><button id="elsewhere">Elsewhere</button>',
  });
  for (const name of ["classList", "contains", "prepend", "removeAttribute", "childNodes", "isConnected"]) {
    await test.step(name, async () => {
      await fill(page, form(name, "old"));
      await page.locator("input").focus();
      socket.send({ html: form(name, "new"), inject: "source: #f; target: #f" });
      await expect(page.locator(".pat-inject-async-notice")).toHaveCount(1);
      await page.locator("#elsewhere").focus();
      await expect.poll(() => textIn(page)).toBe("new");
      socket.send({ url: "/gone", inject: "target: #f" });
      await nextEvent(page, "pat-inject-async-error");
      expect(await page.evaluate(() => document.querySelector("form.is-error input") !== null)).toBe(true);
    });
  }
});

test("a picture called body, in a page that is open, hides the body from nobody", async ({ page, push }) => {
  const socket = await opened(page, push, { body: '<p id="a"></p><p id="b"></p>' });
  socket.send({ html: '<img name="body" alt="">', inject: "target: #a" });
  socket.send({ html: "on", inject: "target: #b" });
  await expect(page.locator("#b")).toHaveText("on");
});
