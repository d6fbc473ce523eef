/**
 * Snippets and selectors that nobody should send: a clear error or a plain result, and the page goes on either way. Those
 * of megabytes are in soak/large-snippets.spec.ts.
 */
import type { ServerResponse } from "node:http";
import { fill } from "../support/elements.ts";
import { drainEvents, expect, nextEvent } from "../support/fixture.ts";
import { placeholder } from "../support/opened.ts";
import { test } from "../support/strange-snippets.ts";

const MIB = 1024 * 1024;
const DOC = { url: "/doc/1", inject: "target: #b" };

const WITHOUT_END: readonly (readonly [string, string, (response: ServerResponse) => void, RegExp])[] = [
  [
    "six megabytes, of a length that is not said beforehand",
    "",
    (response) => {
      for (let count = 0; count < 6; count++) response.write("x".repeat(MIB));
      response.end();
    },
    /at most 5242880 bytes/,
  ],
  [
    "a stream that never ends, and is fast",
    "",
    (response) => {
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
    (response) => response.write("<p>so far</p>"),
    /no answer within 500 ms/,
  ],
  [
    "a document that never ends",
    "",
    (response) => {
      response.writeHead(200, { "Content-Type": "application/pdf" });
      response.write("%PDF-1.7");
    },
    /text\/html.*application\/pdf/,
  ],
  [
    "a page that never ends, with status 404",
    "",
    (response) => response.writeHead(404).write("<h1>Not Found</h1>"),
    /status 404/,
  ],
];

for (const [what, options, write, expected] of WITHOUT_END) {
  test(`${what}, is an error that says so, and nobody goes on reading`, async ({
    page,
    push,
    allow,
    open,
    serveBytes,
  }) => {
    allow(/status of 404/);
    const { url, isOver } = await serveBytes(write);
    const socket = await open(`${options} allow: ${url}`);
    socket.send({ url: `${url}/`, inject: "target: #b" });
    const { detail } = await nextEvent(page, "pat-inject-async-error");
    expect(detail["error"]).toMatch(expected);
    await isOver;
    await expect(page.locator("#b")).toHaveText("old");
    await push.settled(page);
  });
}

test("bytes that are not of the charset they are said to be in are replaced, and no more", async ({
  page,
  open,
  serveBytes,
}) => {
  const { url } = await serveBytes((response) => {
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(Buffer.from("Stra\xdfe", "latin1"));
  });
  const socket = await open(`allow: ${url}`);
  socket.send({ url: `${url}/`, inject: "target: #b" });
  await expect(page.locator("#b")).toHaveText("Stra\ufffde");
});

test("tags that are unfinished or never closed do not swallow what comes before them", async ({ page, push, open }) => {
  const socket = await open();
  for (const tag of ["script", "head", "html", "body", "title", "style", "!--", "textarea", "a href"]) {
    for (const end of [" ", ">"]) {
      await test.step(`<${tag}${end}`, async () => {
        push.snippet("/doc/1", `<p>before ${tag}</p>${`<${tag}${end}`.repeat(100)}`);
        for (const inject of ["target: #b", "source: p; target: #b"]) {
          socket.send({ url: "/doc/1", inject });
          await push.settled(page);
          await expect(page.locator("#b")).toHaveText(new RegExp(`^before ${tag}`));
        }
      });
    }
  }
});

test("scripts are not run, wherever they are", async ({ page, push, open }) => {
  push.snippet("/doc/1", '<script>window.hasRun = 1</script><p>new<script src="/evil.js"></script></p>');
  const socket = await open();
  for (const inject of ["target: #b", "target: #b::after", "source: p::element; target: #b"]) {
    socket.send({ url: "/doc/1", inject });
    await nextEvent(page, "pat-inject-async-injected");
  }
  await push.settled(page);
  expect(await page.evaluate(() => Reflect.has(window, "hasRun"))).toBe(false);
  expect(push.requestsFor("/evil.js")).toEqual([]);
});

test("of a whole document only the body's content is injected", async ({ page, push, open }) => {
  push.snippet(
    "/doc/1",
    '<!DOCTYPE html><html lang="xx"><head><title>Theirs</title><base href="/evil/"></head><body class="theirs"><p>new</p></body></html>',
  );
  const socket = await open();
  socket.send(DOC);
  await push.settled(page);
  expect(await page.locator("#b").innerHTML()).toBe("<p>new</p>");
  expect(await page.title()).toBe("Fixture");
  await expect(page.locator("body")).not.toHaveClass(/theirs/);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  expect(await page.evaluate(() => document.baseURI)).toBe(`${push.url}/`);
});

test("text or comments only are content like any other, but do not say what they are for", async ({
  page,
  push,
  open,
}) => {
  const socket = await open("", "<main></main>");
  for (const snippet of ["just text &amp; more", "<!-- nothing -->"]) {
    await test.step(snippet, async () => {
      push.snippet("/doc/1", snippet);
      push.snippet("/doc/2", snippet);
      await fill(page, placeholder("p", "/doc/2"));
      socket.send(DOC);
      await push.settled(page);
      expect(await page.locator("#b").innerHTML()).toBe(snippet);
      socket.send("/doc/1");
      expect((await nextEvent(page, "pat-inject-async-error")).detail["error"]).toMatch(/expected .*data-pat-inject/);
      socket.send("/doc/2");
      await expect(page.locator("#p")).toHaveCount(0);
    });
  }
});

test("ids that are there twice, on the page and in the snippet, are no error", async ({ page, push, open }) => {
  push.snippet("/doc/1", '<p id="x">1</p><p id="x">2</p>');
  const socket = await open("", '<p id="x">old</p><p id="x">old</p>');
  socket.send("/doc/1");
  await push.settled(page);
  await expect(page.locator("#x").first()).toHaveText(/^[12]$/);
  await expect(page.locator("#x")).toHaveCount(2);
  expect((await drainEvents(page)).map(({ type }) => type)).not.toContain("pat-inject-async-error");
});

test("a target that is half the page is rejected, and nothing asked for", async ({ page, push, open }) => {
  const socket = await open("", '<i class="many"></i>'.repeat(1_001));
  for (const selector of ["*", "html", "head", ":root", "body *", ".many", "html, #b"]) {
    await test.step(selector, async () => {
      socket.send({ url: "/doc/1", inject: `target: ${selector}` });
      socket.send({ html: "evil", inject: `target: ${selector}::before` });
      for (const _ of [1, 2]) {
        const { detail } = await nextEvent(page, "pat-inject-async-rejected");
        expect(detail["expected"]).toMatch(/target: a selector of/);
      }
    });
  }
  await push.settled(page);
  expect(push.requestsFor("/doc/1")).toEqual([]);
  await expect(page.locator("body")).not.toContainText("evil");
});
