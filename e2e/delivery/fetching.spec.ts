/** The request for a snippet, as the user and without a token, and which answers are none. */
import { test as base, drainEvents, expect, nextEvent } from "../support/fixture.ts";
import { opened } from "../support/opened.ts";
import type { PushSocket } from "../support/push-socket.ts";
import type { LoggedRequest } from "../support/request-log.ts";

interface Fetching {
  /** Loads a page with the library and this in its body. */
  readonly open: (body?: string, head?: string) => Promise<PushSocket>;
  /** The library's lines in the browser's log. */
  readonly warnings: readonly string[];
}

const test = base.extend<Fetching>({
  open: async ({ page, push }, use) => {
    await use((body = '<p id="b" aria-busy="true">old</p>', head = "") => opened(page, push, { body, head }));
  },
  warnings: async ({ page }, use) => {
    const warnings: string[] = [];
    page.on("console", (line) => line.type() === "warning" && warnings.push(line.text()));
    await use(warnings);
  },
});

const header = ({ headers }: LoggedRequest, name: string) => headers[name];

test("the request is a GET with the user's cookies and without a CSRF token, whatever jQuery is told to add", async ({
  page,
  push,
  open,
}) => {
  await page.context().addCookies([{ name: "__ac", value: "ticket", url: push.url, httpOnly: true, sameSite: "Lax" }]);
  push.snippet("/doc/1", "new");
  const head = '<script>jQuery.ajaxSetup({ headers: { "X-CSRF-TOKEN": "secret" } })</script>';
  const socket = await open(undefined, head);
  await page.evaluate("jQuery.get('/favicon.ico?jquery')");
  socket.send({ url: "/doc/1?a=1", inject: "target: #b" });
  await expect(page.locator("#b")).toHaveText("new");

  const [byJQuery] = push.requestsFor("/favicon.ico?jquery");
  expect(byJQuery && header(byJQuery, "x-csrf-token")).toBe("secret");
  const [request] = push.requestsFor("/doc/1");
  expect(request).toMatchObject({ method: "GET", url: "/doc/1?a=1" });
  expect(request && header(request, "cookie")).toBe("__ac=ticket");
  expect(request && header(request, "accept")).toContain("text/html");
  expect(request && header(request, "x-requested-with")).toBe("XMLHttpRequest");
  expect(request && header(request, "x-csrf-token")).toBeUndefined();
});

test("an answer does not come from the browser's cache", async ({ page, push, open }) => {
  let answers = 0;
  push.snippet("/doc/1", () => ({ headers: { "Cache-Control": "max-age=3600" }, body: `answer ${++answers}` }));
  const socket = await open();
  for (const answer of ["answer 1", "answer 2"]) {
    socket.send({ url: "/doc/1", inject: "target: #b" });
    await expect(page.locator("#b")).toHaveText(answer);
  }
});

for (const status of [401, 403]) {
  test(`${status} is not injected and not tried again, and said once`, async ({
    page,
    push,
    open,
    allow,
    warnings,
  }) => {
    allow(new RegExp(`status of ${status}`));
    push.snippet("/doc/1", { status, body: '<p id="b">Unauthorized</p>' });
    push.snippet("/doc/2", { status, body: '<p id="c">Unauthorized</p>' });
    const socket = await open('<p id="b" aria-busy="true">old</p><p id="c">old</p>');
    socket.send({ url: "/doc/1", inject: "target: #b" });
    socket.send({ url: "/doc/2", inject: "target: #c" });
    const { detail } = await nextEvent(page, "pat-inject-async-unauthorized");
    expect(detail).toEqual({ reason: expect.stringContaining(String(status)), url: `${push.url}/push` });
    for (const id of ["#b", "#c"]) {
      await expect(page.locator(id)).toHaveClass("is-error");
      await expect(page.locator(id)).toHaveText("old");
      await expect(page.locator(id)).not.toHaveAttribute("aria-busy");
    }
    await push.settled(page);
    expect((await drainEvents(page)).filter(({ type }) => /unauthorized|error$/.test(type))).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/^pat-inject-async: .*40[13]/)]);
    expect([push.requestsFor("/doc/1").length, push.requestsFor("/doc/2").length]).toEqual([1, 1]);
  });
}

const ERRORS = [
  ["JSON", { headers: { "Content-Type": "application/json" }, body: '{"id": "b"}' }, /text\/html.*application\/json/],
  ["plain text", { headers: { "Content-Type": "text/plain" }, body: "text" }, /text\/html.*text\/plain/],
  ["an image", { headers: { "Content-Type": "image/svg+xml" }, body: "<svg/>" }, /text\/html.*image\/svg/],
  ["a script", { headers: { "Content-Type": "text/javascript" }, body: "alert(1)" }, /text\/html.*javascript/],
  ["more than 5 MiB", { body: "x".repeat(5 * 1024 * 1024 + 1) }, /at most 5242880 bytes/],
  [
    "in a charset that does not exist",
    { headers: { "Content-Type": "text/html; charset=klingon" }, body: "x" },
    /klingon/,
  ],
  ["gone", { status: 410, body: "gone" }, /410/],
] as const;

test("an answer that is no snippet is an error that says so, and is not tried again", async ({
  page,
  push,
  open,
  allow,
  warnings,
}) => {
  allow(/status of 410/);
  const socket = await open('<p id="b">old</p>');
  const target = page.locator("#b");
  for (const [index, [name, reply, expected]] of ERRORS.entries()) {
    await test.step(name, async () => {
      await target.evaluate((element) => element.setAttribute("aria-busy", "true"));
      push.snippet(`/doc/${index}`, reply);
      socket.send({ url: `/doc/${index}`, inject: "target: #b" });
      expect(await nextEvent(page, "pat-inject-async-error")).toMatchObject({
        target: "b",
        detail: { url: `/doc/${index}`, error: expect.stringMatching(expected) },
      });
      await push.settled(page);
      await expect(target).toHaveText("old");
      await expect(target).toHaveClass("is-error");
      await expect(target).not.toHaveAttribute("aria-busy");
      expect(warnings.slice(index)).toEqual([expect.stringMatching(expected)]);
      expect(push.requestsFor(`/doc/${index}`)).toHaveLength(1);
    });
  }
  push.snippet("/doc/good", '<p id="a">new</p>');
  socket.send({ url: "/doc/good", inject: "source: #a; target: #b" });
  await expect(target).toHaveText("new");
  await expect(target).not.toHaveClass(/is-error/);
});

test("an answer is read in the charset it is sent in", async ({ page, push, open }) => {
  // The server writes UTF-8; what it says makes each of the two bytes of "ß" a letter.
  push.snippet("/doc/1", { headers: { "Content-Type": "text/html; charset=iso-8859-1" }, body: "Straße" });
  push.snippet("/doc/2", { headers: { "Content-Type": 'text/html;charset="UTF-8"' }, body: "Straße" });
  const socket = await open();
  socket.send({ url: "/doc/1", inject: "target: #b" });
  await expect(page.locator("#b")).toHaveText("StraÃŸe");
  socket.send({ url: "/doc/2", inject: "target: #b" });
  await expect(page.locator("#b")).toHaveText("Straße");
});
