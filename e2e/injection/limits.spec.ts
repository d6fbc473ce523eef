/** Snippets and selectors that nobody should send: a clear error or a plain result, and the page goes on either way. */
import { createServer, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { test as base, drainEvents, expect, nextEvent } from "../support/fixture.ts";
import { listen, stopListening, trackConnections } from "../support/listen.ts";
import { bodyWith, opened, placeholder } from "../support/opened.ts";
import type { PushSocket } from "../support/push-socket.ts";

interface Limits {
  /** Loads a page with the library, which tries nothing a second time, and some targets. */
  readonly open: (options?: string, body?: string) => Promise<PushSocket>;
  /** Serves bytes as a test writes them, from another origin, which the page may read. Returns the address. */
  readonly serveBytes: (write: (response: ServerResponse) => void) => Promise<string>;
}

const MIB = 1024 * 1024;

const test = base.extend<Limits>({
  open: async ({ page, push }, use) => {
    await use((options = "", body = "") =>
      opened(page, push, {
        body: `<p id="b">old</p><p id="last"></p>${body}`,
        bodyAttributes: bodyWith(`retries: 0; position: ${push.position}; ${options}`),
      }),
    );
  },
  serveBytes: async ({ push }, use) => {
    let write: (response: ServerResponse) => void = (response) => response.end();
    const server = createServer((_request, response) => {
      response.setHeader("Access-Control-Allow-Origin", push.url);
      response.setHeader("Access-Control-Allow-Credentials", "true");
      write(response);
    });
    const connections = trackConnections(server);
    const url = `http://127.0.0.1:${await listen(server)}`;
    await use(async (given) => {
      write = given;
      return url;
    });
    await stopListening(server, connections);
  },
});

/** The page is alive: another message is injected, soon. */
async function expectAlive(page: Page, socket: PushSocket): Promise<void> {
  socket.send({ html: "good", inject: "target: #last" });
  await expect(page.locator("#last")).toHaveText("good", { timeout: 5_000 });
}

const fetchInto = (url: string, inject = "target: #b") => ({ url, inject });

test("five megabytes are injected", async ({ page, push, open }) => {
  const paragraph = '<p class="x">Some text with a <a href="/doc">link</a> in it.</p>\n';
  const count = Math.floor((5 * MIB) / paragraph.length);
  push.snippet("/doc/1", paragraph.repeat(count));
  const socket = await open();
  socket.send(fetchInto("/doc/1"));
  await expect(page.locator("#b > p")).toHaveCount(count);
  await expectAlive(page, socket);
});

test("a long page with a table of contents is injected in time", async ({ page, push, open }) => {
  const numbers = Array.from({ length: 20_000 }, (_, index) => index);
  const links = numbers.map((number) => `<a href="#s${number}">${number}</a>`).join("");
  const sections = numbers.map((number) => `<p>${"text ".repeat(30)}</p><h2 id="s${number}">${number}</h2>`).join("");
  push.snippet("/doc/1", `${links}${sections}`);
  const socket = await open();
  socket.send(fetchInto("/doc/1"));
  await expect(page.locator("#b > h2")).toHaveCount(numbers.length, { timeout: 10_000 });
  await expectAlive(page, socket);
});

for (const [what, options, write, expected] of [
  [
    "six megabytes, of a length that is not said beforehand",
    "",
    (response: ServerResponse) => {
      for (let count = 0; count < 6; count++) response.write("x".repeat(MIB));
      response.end();
    },
    /at most 5242880 bytes/,
  ],
  [
    "a stream that never ends, and is fast",
    "",
    (response: ServerResponse) => {
      const more = () => {
        while (response.writable && response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      more();
    },
    /at most 5242880 bytes/,
  ],
  [
    "a stream that never ends, and is slow",
    "timeout: 500;",
    (response: ServerResponse) => response.write("<p>so far</p>"),
    /no answer within 500 ms/,
  ],
  [
    "two hundred megabytes in a small parcel",
    "",
    (response: ServerResponse) => {
      const parcel = gzipSync(Buffer.alloc(200 * MIB, "x"));
      response.writeHead(200, { "Content-Encoding": "gzip", "Content-Length": parcel.length }).end(parcel);
    },
    /at most 5242880 bytes/,
  ],
] as const) {
  test(`${what} are an error that says so, and nobody goes on reading`, async ({ page, open, serveBytes }) => {
    let isOver: Promise<unknown> = Promise.resolve();
    const url = await serveBytes((response) => {
      isOver = new Promise((resolve) => response.once("close", resolve));
      response.setHeader("Content-Type", "text/html");
      write(response);
    });
    const socket = await open(`${options} allow: ${url}`);
    socket.send(fetchInto(`${url}/`));
    const { detail } = await nextEvent(page, "pat-inject-async-error");
    expect(detail["error"]).toMatch(expected);
    await isOver;
    await expect(page.locator("#b")).toHaveText("old");
    await expectAlive(page, socket);
  });
}

test("bytes that are not of the charset they are said to be in are replaced, and no more", async ({
  page,
  open,
  serveBytes,
}) => {
  const url = await serveBytes((response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(Buffer.from("Stra\xdfe", "latin1"));
  });
  const socket = await open(`allow: ${url}`);
  socket.send(fetchInto(`${url}/`));
  await expect(page.locator("#b")).toHaveText("Stra\ufffde");
});

for (const tag of ["script", "head", "html", "body", "title", "style", "!--", "textarea", "a href"]) {
  for (const [how, end] of [
    ["unfinished", " "],
    ["never closed", ">"],
  ] as const) {
    test(`tens of thousands of <${tag} ${how} do not stop the page`, async ({ page, push, open }) => {
      push.snippet("/doc/1", `<p>new</p>${`<${tag}${end}`.repeat(50_000)}`);
      const socket = await open();
      for (const inject of ["target: #b", "source: p; target: #b"]) {
        socket.send(fetchInto("/doc/1", inject));
        const { detail } = await nextEvent(page, "pat-inject-async-injected", { target: "#b" });
        expect(timeOf(detail), "milliseconds between fetched and injected").toBeLessThan(3_000);
      }
      await expect(page.locator("#b")).toHaveText(/^new/);
      await expectAlive(page, socket);
    });
  }
}

/** How long the page was busy with an injection, in milliseconds. */
function timeOf({ timings }: Readonly<Record<string, unknown>>): number {
  if (!(timings instanceof Object)) throw new Error(`expected timings, found ${timings}`);
  return Number(Reflect.get(timings, "injected")) - Number(Reflect.get(timings, "fetched"));
}

test("what is nested deeply is injected as deep as the browser goes", async ({ page, push, open }) => {
  push.snippet("/doc/1", `${"<div>".repeat(50_000)}deep`);
  const socket = await open();
  socket.send(fetchInto("/doc/1"));
  await expect(page.locator("#b")).toHaveText("deep");
  await expectAlive(page, socket);
});

test("scripts are not run, wherever they are", async ({ page, push, open }) => {
  push.snippet("/doc/1", '<script>window.hasRun = 1</script><p>new<script src="/evil.js"></script></p>');
  const socket = await open();
  for (const inject of ["target: #b", "target: #b::after", "source: p::element; target: #b"]) {
    socket.send(fetchInto("/doc/1", inject));
    await nextEvent(page, "pat-inject-async-injected");
  }
  expect(await page.evaluate(() => Reflect.has(window, "hasRun"))).toBe(false);
  expect(push.requestsFor("/evil.js")).toEqual([]);
});

test("of a whole document only the body's content is injected", async ({ page, push, open }) => {
  push.snippet(
    "/doc/1",
    '<!DOCTYPE html><html lang="xx"><head><title>Theirs</title><base href="/evil/"></head><body class="theirs"><p>new</p></body></html>',
  );
  const socket = await open();
  socket.send(fetchInto("/doc/1"));
  await expect.poll(() => page.locator("#b").innerHTML()).toBe("<p>new</p>");
  expect(await page.title()).toBe("Fixture");
  await expect(page.locator("body")).not.toHaveClass(/theirs/);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  expect(await page.evaluate(() => document.baseURI)).toBe(`${push.url}/`);
});

for (const [what, snippet] of [
  ["text only", "just text &amp; more"],
  ["comments only", "<!-- nothing -->"],
] as const) {
  test(`${what} is content like any other, but does not say what it is for`, async ({ page, push, open }) => {
    push.snippet("/doc/1", snippet);
    push.snippet("/doc/2", snippet);
    const socket = await open("", placeholder("p", "/doc/2"));
    socket.send(fetchInto("/doc/1"));
    await expect.poll(() => page.locator("#b").innerHTML()).toBe(snippet);
    socket.send("/doc/1");
    expect((await nextEvent(page, "pat-inject-async-error")).detail["error"]).toMatch(/expected .*data-pat-inject/);
    socket.send("/doc/2");
    await expect(page.locator("#p")).toHaveCount(0);
    await expectAlive(page, socket);
  });
}

test("ids that are there twice, on the page and in the snippet, are no error", async ({ page, push, open }) => {
  push.snippet("/doc/1", '<p id="x">1</p><p id="x">2</p>');
  const socket = await open("", '<p id="x">old</p><p id="x">old</p>');
  socket.send("/doc/1");
  await expect(page.locator("#x").first()).toHaveText(/^[12]$/);
  await expectAlive(page, socket);
  await expect(page.locator("#x")).toHaveCount(2);
  expect((await drainEvents(page)).map(({ type }) => type)).not.toContain("pat-inject-async-error");
});

for (const selector of ["*", "html", "head", ":root", "body *", ".many", "html, #b"]) {
  test(`a target that is half the page is rejected, and nothing asked for: ${selector}`, async ({
    page,
    push,
    open,
  }) => {
    const socket = await open("", '<i class="many"></i>'.repeat(1_001));
    socket.send(fetchInto("/doc/1", `target: ${selector}`));
    socket.send({ html: "evil", inject: `target: ${selector}::before` });
    for (const _ of [1, 2]) {
      expect((await nextEvent(page, "pat-inject-async-rejected")).detail["expected"]).toMatch(/target: a selector of/);
    }
    expect(push.requestsFor("/doc/1")).toEqual([]);
    await expectAlive(page, socket);
  });
}

test("a thousand elements may be one target", async ({ page, open }) => {
  const socket = await open("", '<i class="many"></i>'.repeat(1_000));
  socket.send({ html: "new", inject: "target: .many" });
  await expect(page.locator(".many").last()).toHaveText("new");
  await expectAlive(page, socket);
});
