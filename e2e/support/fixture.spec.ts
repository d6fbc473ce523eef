/** What the fixtures promise to every other test: events are recorded as they happen, and trouble does not pass unseen. */
import { drainEvents, expect, navigations, nextEvent, test } from "./fixture.ts";
import { troubles } from "./recorder.ts";

const PAGE = '<!DOCTYPE html><title>Page</title><p id="target"></p>';

test("the library's events arrive in order, each once, with a plain detail, across a reload", async ({
  page,
  push,
}) => {
  await page.goto(push.page("/", PAGE));
  await page.evaluate(() => history.replaceState("", "", "#elsewhere"));
  expect(navigations(page), "history does not count").toBe(1);
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

  const gap = nextEvent(page, "pat-inject-async-gap");
  await page.reload();
  expect(navigations(page)).toBe(2);
  await page.evaluate(() => document.body.dispatchEvent(new CustomEvent("pat-inject-async-gap", { bubbles: true })));
  expect(await gap).toEqual({ type: "pat-inject-async-gap", target: "body", detail: {} });
});

test("what a user should not meet is trouble, on the page of another user too, and fails the test", async ({
  page,
  otherUser,
  push,
  verdict,
  allow,
}) => {
  const joe = await otherUser();
  push.snippet("/cookie", { headers: { "Set-Cookie": "__ac=jane" }, body: PAGE });
  await page.goto(`${push.url}/cookie`);
  const lines = [
    [page, "throw new Error('oops')", /^error: oops$/],
    [joe, "Promise.reject(new Error('oops'))", /^error: oops$/],
    [page, "console.error('oops')", /^console: oops /],
    [joe, "fetch('/oops')", /^console: Failed to load resource: .* 404 .*oops/],
    [page, "confirm('oops?')", /^dialog: confirm: oops\?$/],
  ] as const;
  for (const [index, [whose, script, line]] of lines.entries()) {
    await whose.goto(push.page(`/${index}`, `${PAGE}<script>${script}</script>`));
    await expect.poll(() => troubles(whose).at(-1)).toMatch(line);
  }
  expect(push.requestsFor("/1")[0]?.headers.cookie, "another user has cookies of their own").toBeUndefined();
  expect(() => verdict.pass()).toThrow("oops");
  allow(/oops/);
});
