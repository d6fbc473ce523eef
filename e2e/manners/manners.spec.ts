/**
 * The faults of pat-inject that must not reach a user who did not ask for anything. host.spec.ts shows that pat-inject has
 * them; here the same happens by push.
 */
import type { Page } from "@playwright/test";
import { test as base, drainEvents, expect, navigations, nextEvent } from "../support/fixture.ts";
import type { Host } from "../support/library-page.ts";
import { bodyWith, opened } from "../support/opened.ts";
import type { PushSocket } from "../support/push-socket.ts";

interface Manners {
  readonly host: Host;
  /** Loads a page with the library, which tries failed fetches no second time, and this in its body. */
  readonly open: (body: string) => Promise<PushSocket>;
}

const test = base.extend<Manners>({
  host: ["patternslib", { option: true }],
  open: async ({ page, push, host }, use) => {
    await use((body) => opened(page, push, { host, body, bodyAttributes: bodyWith("retries: 0") }));
  },
});

/** The classes by which pat-inject says that it is busy. */
const busy = (page: Page) => page.locator('[class*="injecting"], [class*="executing"]');

for (const host of ["patternslib", "mockup"] as const) {
  test.describe(`with ${host}`, () => {
    test.use({ host });

    test("a missing target leaves no stray element and costs no request", async ({ page, push, open }) => {
      push.snippet("/doc/1", '<p id="missing">stray</p>');
      const socket = await open('<p id="b">old</p>');
      const children = await page.locator("body > *").count();
      socket.send({ url: "/doc/1", inject: "target: #missing" });
      socket.send({ html: "stray", inject: "target: #missing" });
      socket.send("/doc/1");
      await push.settled(page);
      await expect(page.locator("#missing")).toHaveCount(0);
      expect(await page.locator("body > *").count()).toBe(children);
      // The bare URL alone may be asked: only its snippet says what it is for.
      expect(push.requestsFor("/doc/1").length).toBeLessThanOrEqual(1);
    });

    test("an answer of 404 or 500 does not make the user's next click reload the page", async ({
      page,
      push,
      open,
      allow,
    }) => {
      allow(/status of (404|500)/);
      const socket = await open('<p id="b">old</p><button>Click</button>');
      for (const [status, before, after] of [
        [404, "old", "good"],
        [500, "good", "better"],
      ] as const) {
        push.snippet("/doc/1", { status, body: "<p>Not Found</p>" });
        socket.send({ url: "/doc/1", inject: "target: #b" });
        const error = await nextEvent(page, "pat-inject-async-error");
        expect(error).toMatchObject({
          target: "b",
          detail: { url: "/doc/1", error: expect.stringContaining(String(status)) },
        });
        await expect(page.locator("#b")).toHaveClass("is-error");
        await expect(page.locator("#b")).toHaveText(before);
        await page.locator("button").click();
        await page.locator("body").click();
        await expect(page.locator("body")).not.toHaveAttribute("data-error-message");
        // A message after the click, on the page that was there before it.
        socket.send({ html: after, inject: "target: #b" });
        await expect(page.locator("#b")).toHaveText(after);
        await expect(page.locator("#b")).not.toHaveClass(/is-error/);
        expect(navigations(page)).toBe(1);
      }
    });

    test("a target with is-dirty asks the user nothing", async ({ page, open }) => {
      const socket = await open('<form><p id="b" class="is-dirty">old</p></form>');
      socket.send({ html: "new", inject: "target: #b" });
      socket.send({ html: "er", inject: "target: #b::after; confirm: always" });
      // A dialog would fail this test: it is nothing that was allowed.
      await page.getByRole("button", { name: "Update available" }).click();
      await expect(page.locator("#b")).toHaveText("newer");
    });

    test("a missing source leaves no busy classes, and what comes next is injected once", async ({
      page,
      push,
      open,
    }) => {
      push.snippet("/doc/1", "<p>something else</p>");
      const socket = await open('<p id="b">old</p>');
      socket.send({ url: "/doc/1", inject: "source: #a; target: #b" });
      expect(await nextEvent(page, "pat-inject-async-error")).toMatchObject({ target: "b" });
      await expect(busy(page)).toHaveCount(0);
      push.snippet("/doc/1", '<i id="a">+</i>');
      socket.send({ url: "/doc/1", inject: "source: #a; target: #b::after" });
      await expect(page.locator("#b")).toHaveText("old+");
      socket.send({ url: "/doc/1", inject: "source: #a; target: #b::after" });
      await expect(page.locator("#b")).toHaveText("old++");
      await expect(busy(page)).toHaveCount(0);
    });

    test("an empty answer leaves no busy classes, and what comes next is injected once", async ({
      page,
      push,
      open,
    }) => {
      const snippet = push.snippet("/doc/1", "");
      const socket = await open('<p id="b">old</p>');
      socket.send({ url: "/doc/1", inject: "target: #b::after" });
      expect(await nextEvent(page, "pat-inject-async-error")).toMatchObject({ target: "b" });
      snippet.answer = "<i>+</i>";
      socket.send({ url: "/doc/1", inject: "target: #b::after" });
      await expect(page.locator("#b")).toHaveText("old+");
      await expect(busy(page)).toHaveCount(0);
    });

    test("a bare fragment has a body as its source", async ({ page, push, open }) => {
      push.snippet("/doc/1", "<i>new</i> text");
      const socket = await open('<p id="b">old</p>');
      socket.send({ url: "/doc/1", inject: "source: body; target: #b" });
      await expect.poll(() => page.locator("#b").innerHTML()).toBe("<i>new</i> text");
    });
  });
}

test("targets are not marked busy while their snippet is on its way", async ({ page, push, open }) => {
  const snippet = push.snippet("/doc/1", "new").hold();
  const socket = await open('<p id="b">old</p>');
  socket.send({ url: "/doc/1", inject: "target: #b" });
  await push.nextRequest("/doc/1");
  await expect(busy(page)).toHaveCount(0);
  snippet.release();
  await expect(page.locator("#b")).toHaveText("new");
});

const LOGIN = `<!DOCTYPE html><title>Log in</title><body><h1 id="b">Log in</h1><form action="/login" method="post">
  <input name="__ac_name"><input name="__ac_password" type="password"></form></body>`;

for (const [name, message] of [
  ["as a body", { url: "/doc/1", inject: "target: #b" }],
  ["by an id that happens to be in it", { url: "/doc/1" }],
] as const) {
  test(`a login page that is answered with 200 is not injected, not even ${name}`, async ({ page, push, open }) => {
    push.snippet("/doc/1", LOGIN);
    const socket = await open('<p id="b">old</p>');
    socket.send(message);
    await nextEvent(page, "pat-inject-async-unauthorized");
    await expect(page.locator("#b")).toHaveText("old");
    expect((await drainEvents(page)).filter(({ type }) => /inject$|injected|unauthorized/.test(type))).toEqual([]);
    expect(push.requestsFor("/doc/1")).toHaveLength(1);
  });
}
