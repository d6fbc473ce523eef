/** Which addresses may be fetched: the page's own origin and those that `allow` names. For the others there is no request. */
import { test as base, drainEvents, expect, nextEvent } from "../support/fixture.ts";
import { bodyWith, opened } from "../support/opened.ts";
import { type PushServer, startPushServer } from "../support/push-server.ts";
import type { PushSocket } from "../support/push-socket.ts";

interface Origins {
  /** Loads a page with the library, these options, and the target `#b`. */
  readonly open: (options?: string) => Promise<PushSocket>;
  /** A server that is another origin, and lets every page read what it answers. */
  readonly other: PushServer;
  /** The addresses that the page asks for, from the call on. */
  readonly watchRequests: () => readonly string[];
  /** The library's lines in the browser's log. */
  readonly warnings: readonly string[];
}

const test = base.extend<Origins>({
  open: async ({ page, push }, use) => {
    await use((options = "") =>
      opened(page, push, { bodyAttributes: bodyWith(`retries: 0; ${options}`), body: '<p id="b">old</p>' }),
    );
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from its pattern
  other: async ({}, use) => {
    const other = await startPushServer();
    await use(other);
    await other.close();
  },
  watchRequests: async ({ page }, use) => {
    await use(() => {
      const requests: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      return requests;
    });
  },
  warnings: async ({ page }, use) => {
    const warnings: string[] = [];
    page.on("console", (line) => line.type() === "warning" && warnings.push(line.text()));
    await use(warnings);
  },
});

const path = "/doc/1";
const cors = (page: string) => ({ "Access-Control-Allow-Origin": page, "Access-Control-Allow-Credentials": "true" });

test("a URL that is not of the page's own origin is rejected, with one event and one log line that say why, and without a request", async ({
  page,
  push,
  open,
  watchRequests,
  warnings,
}) => {
  const socket = await open();
  const requests = watchRequests();
  let lines = 0;
  for (const [name, urls] of [
    ["of another host", (_, host) => [`http://evil.example${path}`, `http://localhost:${host.split(":")[1]}${path}`]],
    [
      "of another port",
      (_, host) => [`http://127.0.0.1:1${path}`, `http://${host}0${path}`, `http://127.0.0.1${path}`],
    ],
    ["of another scheme", (_, host) => [`https://${host}${path}`, `ftp://${host}${path}`, `ws://${host}${path}`]],
    [
      "without a scheme",
      (_, host) => [
        ...[`//evil.example${path}`, `///evil.example${path}`, `\\\\evil.example${path}`, `/\\evil.example${path}`],
        ...[`\\/evil.example${path}`, `/\t/evil.example${path}`, ` \n//evil.example${path}`, `//${host}${path}`],
        `\u0001//evil.example${path}`,
      ],
    ],
    [
      "that only looks like the page's",
      (origin, host) => [
        ...[`${origin}.evil.example${path}`, `${origin}@evil.example${path}`, `http://127.0.0.1.evil.example${path}`],
        ...[`http://evil.example\\@${host}${path}`, `http:\\\\evil.example${path}`, `http:/\t/evil.example${path}`],
        ...[
          `http://evil.example#${origin}${path}`,
          `http://evil.example?${origin}${path}`,
          `http://user:pw@${host}${path}`,
        ],
      ],
    ],
    [
      "that is a script or carries its own content",
      (origin) => [
        ...["javascript:alert(1)", "java\tscript:alert(1)", " JavaScript:alert(1)", "\u0001javascript:alert(1)"],
        ...["data:text/html,<p id='b'>evil</p>", `blob:${origin}/4f2a`, "about:blank", "file:///etc/passwd"],
        `view-source:${origin}${path}`,
      ],
    ],
  ] as const satisfies readonly [string, (origin: string, host: string) => readonly string[]][]) {
    await test.step(name, async () => {
      const rejected = urls(push.url, push.url.replace("http://", ""));
      for (const [index, url] of rejected.entries()) {
        socket.send(index % 2 === 0 ? { url, inject: "target: #b" } : url);
        const { detail, target } = await nextEvent(page, "pat-inject-async-rejected");
        expect.soft(target).toBe("body");
        expect.soft(detail, url).toEqual({
          message: expect.stringMatching(/expected .*found|expected a (URL|path)/),
          expected: expect.stringMatching(/URL|path/),
          found: expect.stringMatching(/./),
        });
      }
      await push.settled(page);
      expect(requests).toEqual([]);
      lines += rejected.length;
      expect(warnings).toHaveLength(lines);
      for (const line of warnings) expect(line).toMatch(/^pat-inject-async: .*expected/);
      expect((await drainEvents(page)).filter(({ type }) => /rejected|error/.test(type))).toEqual([]);
      expect(push.sockets).toHaveLength(1);
    });
  }
});

test("a URL in the argument of an injection is not asked", async ({ page, push, open, watchRequests }) => {
  const socket = await open();
  const requests = watchRequests();
  push.snippet(path, "<p>new</p>");
  socket.send({ url: path, inject: "url: http://evil.example/; target: #b" });
  await expect(page.locator("#b")).toHaveText("new");
  expect(requests).toEqual([push.url + path]);
});

test("the page's own origin is allowed, written as path or in full", async ({ page, push, open }) => {
  const socket = await open();
  for (const address of ["/", "/doc/1"]) push.snippet(address, ({ url }) => url);
  for (const url of [
    "/doc/1?a",
    "doc/1?b",
    "./doc/1?c",
    "../../doc/1?d",
    "?e",
    `${push.url}/doc/1?f`,
    "http:doc/1?g",
  ]) {
    socket.send({ url, inject: "target: #b" });
    await expect(page.locator("#b")).toHaveText(new RegExp(`\\${url.slice(url.indexOf("?"))}$`));
  }
});

test("`allow` lets through exactly the origins it names, with the user's cookies there", async ({
  page,
  push,
  open,
  other,
  watchRequests,
}) => {
  await page.context().addCookies([{ name: "__ac", value: "ticket", url: other.url }]);
  other.snippet(path, { headers: cors(push.url), body: "allowed" });
  const socket = await open(`allow: http://static.example, ${other.url}`);
  const requests = watchRequests();
  const host = other.url.replace("http://", "");
  for (const url of [
    `https://${host}${path}`,
    `${other.url}.evil.example${path}`,
    `//${host}${path}`,
    `http://evil.example${path}`,
    `http://static.example.evil.example${path}`,
    `http://static.example@evil.example${path}`,
    `http://static.example:8080${path}`,
    `https://static.example${path}`,
  ]) {
    socket.send({ url, inject: "target: #b" });
    await nextEvent(page, "pat-inject-async-rejected");
  }
  expect(requests).toEqual([]);
  socket.send({ url: other.url + path, inject: "target: #b" });
  await expect(page.locator("#b")).toHaveText("allowed");
  expect(other.requestsFor(path).map(({ method, headers }) => [method, headers.cookie])).toEqual([
    ["GET", "__ac=ticket"],
  ]);
});
