/** Snippets of megabytes, and of tens of thousands of tags: taken up to the limit, and no page stands still for them. */
import { gzipSync } from "node:zlib";
import { expect, nextEvent } from "../support/fixture.ts";
import { test } from "../support/strange-snippets.ts";

const MIB = 1024 * 1024;

test("five megabytes are injected, and one byte more is an error", async ({ page, push, open }) => {
  const paragraph = '<p class="x">Some text with a <a href="/doc">link</a> in it.</p>\n';
  const count = Math.floor((5 * MIB) / paragraph.length);
  const snippet = paragraph.repeat(count).padEnd(5 * MIB, " ");
  const socket = await open();
  push.snippet("/doc/1", `${snippet} `);
  socket.send({ url: "/doc/1", inject: "target: #b" });
  expect((await nextEvent(page, "pat-inject-async-error")).detail["error"]).toMatch(/at most 5242880 bytes/);
  await expect(page.locator("#b")).toHaveText("old");
  push.snippet("/doc/1", snippet);
  socket.send({ url: "/doc/1", inject: "target: #b" });
  await expect(page.locator("#b > p")).toHaveCount(count);
  await push.settled(page);
});

test("a long page with a table of contents is injected", async ({ page, push, open }) => {
  const numbers = Array.from({ length: 20_000 }, (_, index) => index);
  const links = numbers.map((number) => `<a href="#s${number}">${number}</a>`).join("");
  const sections = numbers.map((number) => `<p>${"text ".repeat(30)}</p><h2 id="s${number}">${number}</h2>`).join("");
  push.snippet("/doc/1", `${links}${sections}`);
  const socket = await open();
  socket.send({ url: "/doc/1", inject: "target: #b" });
  await expect(page.locator("#b > h2")).toHaveCount(numbers.length);
  await push.settled(page);
});

test("two hundred megabytes in a small parcel are an error, and nobody goes on reading", async ({
  page,
  push,
  open,
  serveBytes,
}) => {
  const parcel = gzipSync(Buffer.alloc(200 * MIB, "x"));
  const { url, isOver } = await serveBytes((response) => {
    response.writeHead(200, { "Content-Encoding": "gzip", "Content-Length": parcel.length }).end(parcel);
  });
  const socket = await open(`allow: ${url}`);
  socket.send({ url: `${url}/`, inject: "target: #b" });
  expect((await nextEvent(page, "pat-inject-async-error")).detail["error"]).toMatch(/at most 5242880 bytes/);
  await isOver;
  await expect(page.locator("#b")).toHaveText("old");
  await push.settled(page);
});

for (const tag of ["script", "head", "html", "body", "title", "style", "!--", "textarea", "a href"]) {
  test(`tens of thousands of <${tag} do not stop the page`, async ({ page, push, open }) => {
    const socket = await open();
    for (const end of [" ", ">"]) {
      push.snippet("/doc/1", `<p>new</p>${`<${tag}${end}`.repeat(50_000)}`);
      for (const inject of ["target: #b", "source: p; target: #b"]) {
        socket.send({ url: "/doc/1", inject });
        await nextEvent(page, "pat-inject-async-injected", { target: "#b" });
        await expect(page.locator("#b")).toHaveText(/^new/);
      }
    }
    await push.settled(page);
  });
}

test("what is nested deeply is injected as deep as the browser goes", async ({ page, push, open }) => {
  push.snippet("/doc/1", `${"<div>".repeat(50_000)}deep`);
  const socket = await open();
  socket.send({ url: "/doc/1", inject: "target: #b" });
  await expect(page.locator("#b")).toHaveText("deep");
  await push.settled(page);
});

test("a thousand elements may be one target", async ({ page, push, open }) => {
  const socket = await open("", '<i class="many"></i>'.repeat(1_000));
  socket.send({ html: "new", inject: "target: .many" });
  await expect(page.locator(".many").last()).toHaveText("new");
  await push.settled(page);
});
