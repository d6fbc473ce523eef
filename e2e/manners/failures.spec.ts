/** What a user sees when content could not be loaded: words in place of the spinner, and a button when asking again may help. */
import type { Page } from "@playwright/test";
import { fill } from "../support/elements.ts";
import { test as base, drainEvents, expect, NETWORK_ERROR, nextEvent } from "../support/fixture.ts";
import { bodyWith, FAILED, opened, placeholder } from "../support/opened.ts";

interface Failures {
  /** Loads a page with the library, which tries nothing a second time by itself, and this in its body. */
  readonly open: (body?: string, options?: string, attributes?: string) => Promise<void>;
}

const test = base.extend<Failures>({
  open: async ({ page, push, allow }, use) => {
    allow(FAILED);
    await use(async (body = placeholder("b", "/doc/1"), options = "", attributes = "") => {
      const bodyAttributes = `${attributes} ${bodyWith(`retries: 0; position: ${push.position}; ${options}`)}`;
      await opened(page, push, { body, bodyAttributes });
    });
  },
});

const notice = (page: Page) => page.locator(".pat-inject-async-notice");
const again = (page: Page) => notice(page).getByRole("button");

test("words stand in place of the spinner, with a button that asks again where that may help", async ({
  page,
  push,
  open,
}) => {
  await open("<main></main>");
  for (const [index, [what, answer]] of (
    [
      ["a server's error", { status: 500, body: "<h1>Traceback</h1>" }],
      ["a network error", NETWORK_ERROR],
      ["nothing there", { status: 404 }],
      ["an empty answer", ""],
    ] as const
  ).entries()) {
    await test.step(what, async () => {
      const url = `/doc/${index}`;
      const snippet = push.snippet(url, answer);
      await fill(page, placeholder("b", url));
      push.broadcast({ url });
      await expect(page.locator("#b")).toHaveText("This could not be loaded. Try again");
      await expect(page.locator("#b")).toHaveClass(/is-error/);
      await expect(page.locator("#b")).not.toHaveAttribute("aria-busy");

      await push.settled(page); // Chromium itself asks again when a connection it has used before is reset
      const before = push.requestsFor(url).length;
      snippet.answer = '<div id="b">ready</div>';
      snippet.hold();
      await again(page).click();
      await push.settled(page);
      await expect(page.locator("#b")).toHaveText("waiting");
      await expect(page.locator("#b")).toHaveAttribute("aria-busy", "true");
      await expect(page.locator("#b")).not.toHaveClass(/is-error/);
      snippet.release();
      await push.settled(page);
      await expect(page.locator("#b")).toHaveText("ready");
      await expect(notice(page)).toHaveCount(0);
      expect(push.requestsFor(url).length - before).toBe(1);
    });
  }
  for (const [what, answer] of [
    ["gone", { status: 410 }],
    ["forbidden", { status: 403 }],
    ["not-html", { headers: { "Content-Type": "application/json" }, body: "{}" }],
  ] as const) {
    await test.step(`asking again would not help: ${what}`, async () => {
      push.snippet(`/doc/${what}`, answer);
      await fill(page, placeholder("b", `/doc/${what}`));
      push.broadcast({ url: `/doc/${what}` });
      await expect(page.locator("#b")).toHaveText("This could not be loaded.");
      await expect(again(page)).toHaveCount(0);
    });
  }
});

test("the button is reached and pressed by keyboard, and may fail again", async ({ page, push, open }) => {
  const snippet = push.snippet("/doc/1", { status: 500 });
  await open();
  push.broadcast({ url: "/doc/1" });
  for (const requests of [2, 3]) {
    await again(page).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => push.requestsFor("/doc/1").length).toBe(requests);
    await expect(page.locator("#b")).toHaveText("This could not be loaded. Try again");
    await expect(notice(page)).toHaveCount(1);
  }
  snippet.answer = '<div id="b">ready</div>';
  await page.keyboard.press("Tab");
  await expect(again(page)).toBeFocused();
  await page.keyboard.press("Space");
  await expect(page.locator("#b")).toHaveText("ready");
});

test("who is at the button stays there when it fails again by itself", async ({ page, push, open }) => {
  const snippet = push.snippet("/doc/1", { status: 500 });
  await open();
  push.broadcast({ url: "/doc/1" });
  await again(page).focus();
  push.broadcast({ url: "/doc/1" });
  await push.settled(page);
  expect(push.requestsFor("/doc/1")).toHaveLength(2);
  await expect(again(page)).toBeFocused();
  snippet.answer = '<div id="b">ready</div>';
  await page.keyboard.press("Enter");
  await expect(page.locator("#b")).toHaveText("ready");
});

test("it is said in the language of the page, or in words of the page's own", async ({ page, push, open }) => {
  for (const [what, attributes, options, text] of [
    ["in the language of the page", 'lang="nl"', "", "Dit kon niet worden geladen. Opnieuw proberen"],
    ["in words of the page's own", 'lang="nl"', "error-text: Hoppla!; retry-text: Nochmal", "Hoppla! Nochmal"],
  ] as const) {
    await test.step(what, async () => {
      push.snippet("/doc/1", { status: 500 });
      await open(placeholder("b", "/doc/1"), options, attributes);
      push.broadcast({ url: "/doc/1" });
      await expect(page.locator("#b")).toHaveText(text);
    });
  }
});

test("what shows more than a spinner keeps it", async ({ page, push, open }) => {
  push.snippet("/doc/1", { status: 500 });
  await open('<p id="b">old</p>');
  push.broadcast({ url: "/doc/1", inject: "target: #b" });
  await expect(page.locator("#b")).toHaveClass("is-error");
  await expect(page.locator("#b")).toHaveText("old");
  await expect(notice(page)).toHaveCount(0);
});

test("a later message takes away what was said", async ({ page, push, open }) => {
  const snippet = push.snippet("/doc/1", { status: 500 });
  await open();
  push.broadcast({ url: "/doc/1" });
  await expect(notice(page)).toHaveCount(1);
  snippet.answer = '<div id="b" class="fresh">ready</div>';
  push.broadcast({ url: "/doc/1" });
  await expect(page.locator("#b")).toHaveText("ready");
  await expect(page.locator("#b")).toHaveClass("fresh");
});

test("what is inserted into a target that failed does not mend it", async ({ page, push, open }) => {
  push.snippet("/doc/1", { status: 500 });
  await open();
  push.broadcast({ url: "/doc/1" });
  await expect(notice(page)).toHaveCount(1);
  push.broadcast({ html: "more", inject: "target: #b::after" });
  await expect(page.locator("#b")).toHaveText(/This could not be loaded\. Try again\s*more/);
});

test("what failed to be inserted and is inserted at last, after another login, mends its target", async ({
  page,
  push,
  open,
}) => {
  await open("<main></main>");
  for (const [index, inject] of ["target: #b::after", "target: #b::element::before"].entries()) {
    await test.step(inject, async () => {
      const url = `/doc/${index}`;
      const snippet = push.snippet(url, { status: 401 });
      await fill(page, '<p id="b">old</p>');
      push.broadcast({ url, inject });
      await expect(page.locator("#b")).toHaveClass("is-error");
      snippet.answer = "<i>new</i>";
      // As when somebody comes back to the page.
      await page.evaluate(() => window.dispatchEvent(new Event("online")));
      await expect(page.locator("main")).toContainText("new");
      await push.settled(page);
      await expect(page.locator("#b")).not.toHaveClass(/is-error/);
    });
  }
});

test("one button asks for all elements that wait for the same", async ({ page, push, open }) => {
  const snippet = push.snippet("/doc/1", { status: 500 });
  await open(placeholder("a", "/doc/1") + placeholder("b", "/doc/1"));
  push.broadcast({ url: "/doc/1" });
  await expect(notice(page)).toHaveCount(2);
  snippet.answer = '<div id="a">ready</div><div id="b">ready</div>';
  await again(page).first().click();
  for (const id of ["#a", "#b"]) await expect(page.locator(id)).toHaveText("ready");
  expect(push.requestsFor("/doc/1")).toHaveLength(2);
});

test("the event has the details", async ({ page, push, open }) => {
  push.snippet("/doc/1", { status: 503 });
  await open();
  const error = await page.evaluateHandle(() => {
    const seen: unknown[] = [];
    document.addEventListener("pat-inject-async-error", ({ detail }) => seen.push({ ...detail.error }));
    return seen;
  });
  const { id } = push.broadcast({ url: "/doc/1", trace: "upload-1" });
  expect(await nextEvent(page, "pat-inject-async-error")).toMatchObject({
    target: "b",
    detail: { id, url: "/doc/1", trace: "upload-1", error: expect.stringContaining("503") },
  });
  expect(await error.jsonValue()).toEqual([expect.objectContaining({ status: 503, retry: "later" })]);
});

test("a row of a table says it beside the table, and nothing is left when it goes", async ({ page, push, open }) => {
  push.snippet("/doc/1", { status: 500 });
  const options = 'class="pat-inject-async" data-pat-inject-async="pending: /doc/1"';
  await open(`<table><tbody><tr id="b" ${options}><td>waiting</td></tr></tbody></table>`);
  push.broadcast({ url: "/doc/1" });
  await expect(page.locator("table .pat-inject-async-notice")).toHaveCount(0);
  await expect(again(page)).toBeVisible();
  await page.evaluate(() => document.getElementById("b")?.remove());
  await expect(notice(page)).toHaveCount(0);
});

test("pressed when the session is over, the button does no harm", async ({ page, push, open }) => {
  const snippet = push.snippet("/doc/1", { status: 500 });
  await open();
  push.broadcast({ url: "/doc/1" });
  await expect(notice(page)).toHaveCount(1);
  snippet.answer = { status: 401 };
  await again(page).click();
  await nextEvent(page, "pat-inject-async-unauthorized");
  await expect(page.locator("#b")).toHaveText("This could not be loaded.");
  expect((await drainEvents(page)).map(({ type }) => type)).not.toContain("dialog");
});
