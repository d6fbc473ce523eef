/** Invalid messages: one event and one log line say what was expected and what was found, and the page goes on. */
import { test as base, drainEvents, expect, nextEvent } from "../support/fixture.ts";
import { opened } from "../support/opened.ts";
import type { PushSocket } from "../support/push-socket.ts";

interface BadInput {
  /** Loads a page with the library and the target `#b`. */
  readonly open: () => Promise<PushSocket>;
  /** The lines in the browser's log, except errors, which fail every test, and what is for debugging. */
  readonly log: readonly string[];
}

const test = base.extend<BadInput>({
  open: async ({ page, push }, use) => {
    await use(() => opened(page, push, { body: '<p id="b">old</p>' }));
  },
  log: async ({ page }, use) => {
    const log: string[] = [];
    page.on("console", (line) => !["error", "debug"].includes(line.type()) && log.push(line.text()));
    await use(log);
  },
});

interface Case {
  /** What goes over the socket: a text as it is, anything else as JSON. */
  readonly sent: unknown;
  readonly expected: RegExp;
  readonly found: RegExp;
}

const html = "<p>new</p>";
const json = (value: unknown) => JSON.stringify(value);

const TEXTS = [
  { sent: "", expected: /JSON/, found: /^""$/ },
  { sent: "not json", expected: /JSON/, found: /not json/ },
  { sent: '{"url": "/doc/1"', expected: /JSON/, found: /\/doc\/1/ },
  { sent: "<p id='b'>new</p>", expected: /JSON/, found: /<p id='b'>/ },
  { sent: `"${"x".repeat(1024 * 1024 - 1)}"`, expected: /at most 1048576 characters/, found: /1048577/ },
  {
    sent: json({ html: "x".repeat(2_000_000), inject: "target: #b" }),
    expected: /at most 1048576/,
    found: /2000\d\d\d/,
  },
] as const;

const FIELDS = [
  { sent: null, expected: /object|URL/, found: /null/ },
  { sent: 5, expected: /object|URL/, found: /5/ },
  { sent: [{ url: "/doc/1" }], expected: /object|URL/, found: /\[/ },
  { sent: json(""), expected: /non-empty/, found: /^""$/ },
  { sent: json("  "), expected: /non-empty/, found: /" +"/ },
  { sent: {}, expected: /url.*html/, found: /\{\}/ },
  { sent: { type: "inject", inject: "target: #b" }, expected: /url.*html/, found: /inject/ },
  { sent: { type: "reload" }, expected: /type.*"inject".*"push".*"welcome"/, found: /"reload"/ },
  { sent: { type: "constructor" }, expected: /type/, found: /"constructor"/ },
  { sent: { type: 5, url: "/doc/1" }, expected: /type/, found: /5/ },
  { sent: { url: 5 }, expected: /url.*string/, found: /5/ },
  { sent: { url: "" }, expected: /url.*string/, found: /""/ },
  { sent: { url: ["/doc/1"] }, expected: /url.*string/, found: /doc/ },
  { sent: { html: 5 }, expected: /html.*string/, found: /5/ },
  { sent: { html, url: "/doc/1" }, expected: /either url or html/, found: /doc/ },
  { sent: { html, inject: { target: "#b" } }, expected: /inject.*string/, found: /#b/ },
  { sent: { html, inject: "" }, expected: /inject.*string/, found: /""/ },
  { sent: { html, inject: "target: #b", id: 5 }, expected: /id.*position/, found: /5/ },
  { sent: { html, inject: "target: #b", id: "4f2a" }, expected: /id.*position/, found: /4f2a/ },
  { sent: { html, inject: "target: #b", id: "9".repeat(10_000) }, expected: /id.*position/, found: /9{50}/ },
  { sent: { type: "push" }, expected: /marker.*string/, found: /nothing/ },
  { sent: { type: "push", marker: { a: 1 } }, expected: /marker.*string/, found: /a/ },
  { sent: { type: "welcome", position: "1-0" }, expected: /recovered.*true/, found: /nothing/ },
  { sent: { type: "welcome", position: 1, recovered: true }, expected: /position/, found: /1/ },
] as const;

const ARGUMENTS = [
  { sent: { html, inject: "target: #b >> p" }, expected: /target.*selector/, found: /#b >> p/ },
  { sent: { html, inject: "target: #b[" }, expected: /target.*selector/, found: /#b\[/ },
  { sent: { html, inject: "target: p:nonsense(" }, expected: /target.*selector/, found: /p:nonsense\(/ },
  { sent: { html, inject: "target: ::element" }, expected: /target.*selector/, found: /""|::element/ },
  { sent: { html, inject: "target: #b::bogus" }, expected: /target.*selector/, found: /#b::bogus/ },
  { sent: { html, inject: "target: #b::after::element" }, expected: /target.*selector/, found: /#b::after/ },
  { sent: { html, inject: "target:" }, expected: /target.*selector/, found: /nothing|""/ },
  { sent: { html, inject: "source: p" }, expected: /target.*selector/, found: /nothing/ },
  { sent: { html, inject: "source: p[; target: #b" }, expected: /source.*selector/, found: /p\[/ },
  { sent: { html, inject: "target: self" }, expected: /target.*element/, found: /self/ },
  { sent: { html, inject: "target: none" }, expected: /target.*element/, found: /none/ },
  { sent: { html, inject: "target: #b && target: #b[" }, expected: /target.*selector/, found: /#b\[/ },
  { sent: { url: "/doc/1", inject: "target: #b[" }, expected: /target.*selector/, found: /#b\[/ },
] as const;

for (const [name, cases] of [
  ["a text that is no JSON, or too long,", TEXTS],
  ["a message with an unknown type, or missing or wrong fields,", FIELDS],
  ["an argument with a missing target or a selector that does not parse", ARGUMENTS],
] as const satisfies readonly [string, readonly Case[]][]) {
  test(`${name} is rejected with one event and one log line, and does no harm`, async ({ page, push, open, log }) => {
    push.snippet("/doc/1", html);
    const socket = await open();
    await drainEvents(page);
    for (const [index, { sent, expected, found }] of cases.entries()) {
      const before = log.length;
      const text = typeof sent === "string" ? sent : json(sent);
      socket.sendRaw(text);
      const good = `good ${index}`;
      socket.send({ html: good, inject: "target: #b" });
      await expect(page.locator("#b")).toHaveText(good);

      const events = (await drainEvents(page)).filter(({ type }) => !/before-inject/.test(type));
      expect.soft(events, text.slice(0, 100)).toEqual([
        {
          type: "pat-inject-async-rejected",
          target: "body",
          detail: {
            message: expect.stringMatching(/expected .*, found /),
            expected: expect.stringMatching(expected),
            found: expect.stringMatching(found),
          },
        },
        expect.objectContaining({ type: "pat-inject-async-injected" }),
      ]);
      expect.soft(log.slice(before), text.slice(0, 100)).toEqual([expect.stringMatching(expected)]);
      expect.soft(log.at(-1)?.length, "a line that can be read").toBeLessThan(300);
    }
    expect(push.sockets).toHaveLength(1);
    expect(push.requestsFor("/doc/1")).toEqual([]);
  });
}

test("the longest message there may be is read", async ({ page, open }) => {
  const socket = await open();
  const message = (length: number) => json({ html: `<i>${"x".repeat(length)}</i>`, inject: "target: #b" });
  socket.sendRaw(message(1024 * 1024 - message(0).length));
  const { detail } = await nextEvent(page, "pat-inject-async-injected");
  expect(detail).toMatchObject({ target: "#b" });
  expect((await page.locator("#b").textContent())?.length).toBe(1024 * 1024 - message(0).length);
});

test("properties that are not known are ignored", async ({ page, open, log }) => {
  const socket = await open();
  socket.send({ html: "new", inject: "target: #b", nonsense: { id: 1 }, "": null, constructor: 1 });
  await expect(page.locator("#b")).toHaveText("new");
  expect(log).toEqual([]);
});
