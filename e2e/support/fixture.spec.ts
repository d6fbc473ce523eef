/** What the fixtures promise to every other test: events are recorded as they happen, and trouble does not pass unseen. */
import { drainEvents, expect, navigations, nextEvent, test } from "./fixture.ts";
import { troubles } from "./recorder.ts";

const PAGE = '<!DOCTYPE html><title>Page</title><p id="target"></p>';

test("the library's events arrive in order, each once, with a plain detail", async ({ page, push }) => {
  await page.goto(push.page("/", PAGE));
  await drainEvents(page);
  await page.evaluate(() => {
    const target = document.querySelector("#target");
    const fragment = document.createRange().createContextualFragment("<b>1</b>2");
    const say = (what: string, detail: object) =>
      target?.dispatchEvent(new CustomEvent(`pat-inject-async-${what}`, { bubbles: true, detail }));
    say("before-inject", { fragment, target, error: new Error("why"), id: undefined });
    say("injected", { id: "1-0" });
    say("injected", { id: "1-1" });
  });
  expect(await nextEvent(page, "pat-inject-async-injected", { id: "1-1" })).toMatchObject({ target: "target" });
  expect(await drainEvents(page)).toEqual([
    {
      type: "pat-inject-async-before-inject",
      target: "target",
      detail: { fragment: "<b>1</b>2", target: "#target", error: "why" },
    },
    { type: "pat-inject-async-injected", target: "target", detail: { id: "1-0" } },
  ]);
});

test("an event that comes later is waited for, across a reload", async ({ page, push }) => {
  await page.goto(push.page("/", PAGE));
  const gap = nextEvent(page, "pat-inject-async-gap");
  await page.reload();
  await page.evaluate(() => document.body.dispatchEvent(new CustomEvent("pat-inject-async-gap", { bubbles: true })));
  expect(await gap).toEqual({ type: "pat-inject-async-gap", target: "body", detail: {} });
});

test("loading and reloading is counted, history is not", async ({ page, push }) => {
  await page.goto(push.page("/", PAGE));
  await page.evaluate(() => history.replaceState("", "", "#elsewhere"));
  expect(navigations(page)).toBe(1);
  await page.reload();
  expect(navigations(page)).toBe(2);
});

test("a confirmation is dismissed, recorded and, once allowed, no failure", async ({ page, push, allow }) => {
  allow(/^dialog: confirm: Sure\?$/);
  await page.goto(push.page("/", PAGE));
  await drainEvents(page);
  expect(await page.evaluate(() => confirm("Sure?"))).toBe(false);
  expect(await drainEvents(page)).toEqual([{ type: "dialog", text: "confirm: Sure?" }]);
});

for (const [trouble, script, line] of [
  ["an uncaught error", "throw new Error('oops')", /^error: oops$/],
  ["an unhandled rejection", "Promise.reject(new Error('oops'))", /^error: oops$/],
  ["a line of console.error", "console.error('oops')", /^console: oops /],
  ["a file that is not there", "fetch('/oops')", /^console: Failed to load resource: .* 404 .*oops/],
] as const) {
  test(`${trouble} is trouble, on the page of another user too`, async ({ otherUser, push, allow }) => {
    allow(line);
    const page = await otherUser();
    await page.goto(push.page("/", `${PAGE}<script>${script}</script>`));
    await expect.poll(() => troubles(page)).toEqual([expect.stringMatching(line)]);
  });
}

test("trouble that is not allowed fails the test", async ({ page, push, verdict, allow }) => {
  await page.goto(push.page("/", `${PAGE}<script>console.error('oops')</script>`));
  await expect.poll(() => troubles(page)).toHaveLength(1);
  expect(() => verdict.pass()).toThrow("oops");
  allow(/oops/);
});

test("another user has cookies of their own", async ({ page, otherUser, push }) => {
  push.snippet("/", { headers: { "Set-Cookie": "__ac=jane" }, body: PAGE });
  await page.goto(`${push.url}/`);
  const joe = await otherUser();
  await joe.goto(push.page("/other", PAGE));
  expect(push.requestsFor("/other")[0]?.headers.cookie).toBeUndefined();
});
