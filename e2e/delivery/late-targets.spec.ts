/** Messages that come before their target: kept for a while, in bounded number, and applied when it appears. */
import type { Page } from "@playwright/test";
import { drainEvents, expect, test } from "../support/fixture.ts";
import { opened } from "../support/opened.ts";
import { holdClock, standStill } from "../support/page-time.ts";

test("the target appears after the message, and gets it, once", async ({ page, push }) => {
  push.snippet("/doc/1", "<p>late</p>");
  await opened(page, push);
  push.broadcast({ url: "/doc/1", inject: "target: #target" });
  await push.settled(page);
  expect(push.requestsFor("/doc/1")).toEqual([]); // nothing is fetched for what is not there
  await append(page, '<div id="target"></div>');
  await expect(page.locator("#target")).toHaveText("late");
  await append(page, "<p>something else</p>");
  await push.settled(page);
  expect(push.requestsFor("/doc/1")).toHaveLength(1);
  expect(await injections(page, "#target")).toBe(1);
});

test("an element that is there already becomes the target by getting its id or class", async ({ page, push }) => {
  await opened(page, push, { body: "<div></div><div></div>" });
  push.broadcast({ html: "<p>by id</p>", inject: "target: #late" });
  push.broadcast({ html: "<p>by class</p>", inject: "target: .late" });
  await push.settled(page);
  await page.evaluate(() => {
    const [first, second] = document.querySelectorAll("body > div");
    if (first && second) {
      first.id = "late";
      second.className = "late";
    }
  });
  await expect(page.locator("#late")).toHaveText("by id");
  await expect(page.locator(".late")).toHaveText("by class");
});

test("the push that beats the upload's own response reaches the listing that the response brings", async ({
  page,
  push,
}) => {
  // 1. The user uploads; the server stores the document and queues the conversion, but its response is slow.
  // 2. The conversion is done: the message is there before the listing that has its target.
  // 3. The response brings the listing, with the placeholder as it was rendered.
  const upload = push.snippet("/upload", '<div id="listing"><div id="preview-1">waiting</div></div>').hold();
  push.snippet("/doc/1/@@snippet", '<div id="snippet"><img id="image-1" alt="first page"></div>');
  const body = `
    <form class="pat-inject" action="/upload" method="post" enctype="multipart/form-data"
          data-pat-inject="source: #listing; target: #listing">
      <input type="file" name="file"><button>Upload</button>
    </form>
    <div id="listing"></div>`;
  await opened(page, push, { body });
  await page.setInputFiles("input", { name: "doc.txt", mimeType: "text/plain", buffer: Buffer.from("text") });
  await page.click("button");
  await push.nextRequest("/upload");
  push.broadcast({ url: "/doc/1/@@snippet", inject: "source: #snippet; target: #preview-1" });
  await push.settled(page);
  upload.release();
  await expect(page.locator("#preview-1 #image-1")).toBeAttached();
  expect(push.requestsFor("/doc/1/@@snippet")).toHaveLength(1);
});

test("the shorthand that beats the upload's response reaches its target too", async ({ page, push }) => {
  const upload = push.snippet("/upload", '<div id="listing"><div id="preview-1">waiting</div></div>').hold();
  push.snippet("/doc/1/@@snippet", '<div id="preview-1">ready</div>');
  const body = `
    <form class="pat-inject" action="/upload" method="post" data-pat-inject="source: #listing; target: #listing">
      <button>Upload</button>
    </form>
    <div id="listing"></div>`;
  const socket = await opened(page, push, { body });
  await page.click("button");
  await push.nextRequest("/upload");
  socket.sendRaw('"/doc/1/@@snippet"');
  await push.settled(page);
  expect(push.requestsFor("/doc/1/@@snippet")).toHaveLength(1);
  upload.release();
  await expect(page.locator("#preview-1")).toHaveText("ready");
});

test("targets of one message that appear at once share one fetch", async ({ page, push }) => {
  push.snippet("/doc/1", '<p id="a">listing</p><p id="b">stream</p>');
  await opened(page, push);
  push.broadcast({ url: "/doc/1", inject: "source: #a; target: #listing && source: #b; target: #stream" });
  await push.settled(page);
  await append(page, '<div id="listing"></div><div id="stream"></div>');
  await expect(page.locator("#listing")).toHaveText("listing");
  await expect(page.locator("#stream")).toHaveText("stream");
  expect(push.requestsFor("/doc/1")).toHaveLength(1);
});

test("of one message, the target that is there is served at once and the other when it appears", async ({
  page,
  push,
}) => {
  push.snippet("/doc/1", '<p id="a">listing</p><p id="b">stream</p>');
  await opened(page, push, { body: '<div id="listing"></div>' });
  push.broadcast({ url: "/doc/1", inject: "source: #a; target: #listing && source: #b; target: #stream" });
  await expect(page.locator("#listing")).toHaveText("listing");
  await append(page, '<div id="stream"></div>');
  await expect(page.locator("#stream")).toHaveText("stream");
  expect(await injections(page, "#listing")).toBe(1);
});

test("while several replacements wait, the newest wins, and only it is fetched", async ({ page, push }) => {
  for (const version of [1, 2, 3]) push.snippet(`/doc/${version}`, `<p>version ${version}</p>`);
  await opened(page, push);
  for (const version of [1, 2, 3]) push.broadcast({ url: `/doc/${version}`, inject: "target: #target" });
  await push.settled(page);
  await append(page, '<div id="target"></div>');
  await expect(page.locator("#target")).toHaveText("version 3");
  await push.settled(page);
  expect(push.requests.filter(({ path }) => path.startsWith("/doc/")).map(({ path }) => path)).toEqual(["/doc/3"]);
});

test("insertions wait in order, each of them", async ({ page, push }) => {
  push.snippet("/doc/2", "<li>2</li>");
  await opened(page, push);
  push.broadcast({ html: "<li>1</li>", inject: "target: #list::after" });
  push.broadcast({ url: "/doc/2", inject: "target: #list::after" });
  push.broadcast({ html: "<li>3</li>", inject: "target: #list::after" });
  push.broadcast({ url: "/doc/2", inject: "target: #list::after" });
  push.broadcast({ html: "<li>4</li>", inject: "target: #list::after" });
  await push.settled(page);
  await append(page, '<ul id="list"></ul>');
  await expect(page.locator("#list li")).toHaveText(["1", "2", "3", "2", "4"]);
});

test("what waits comes before what arrives when the target is there", async ({ page, push }) => {
  const slow = push.snippet("/doc/1", "<li>1</li>").hold();
  await opened(page, push);
  push.broadcast({ url: "/doc/1", inject: "target: #list::after" });
  await push.settled(page);
  await append(page, '<ul id="list"></ul>');
  await push.nextRequest("/doc/1");
  push.broadcast({ html: "<li>2</li>", inject: "target: #list::after" });
  await push.settled(page);
  slow.release();
  await expect(page.locator("#list li")).toHaveText(["1", "2"]);
});

test("after half a minute a message is given up", async ({ page, push }) => {
  await holdClock(page);
  await opened(page, push);
  await standStill(page);
  push.broadcast({ html: "<p>late</p>", inject: "target: #target" });
  await push.settled(page);
  await page.clock.runFor(29_000);
  await append(page, '<div id="target"></div>');
  await expect(page.locator("#target")).toHaveText("late");

  push.broadcast({ html: "<p>too late</p>", inject: "target: #other" });
  await push.settled(page);
  await page.clock.runFor(35_000);
  await append(page, '<div id="other">empty</div>');
  await push.settled(page);
  await expect(page.locator("#other")).toHaveText("empty");
});

test("a target that goes while its snippet is fetched gets it when it comes back", async ({ page, push }) => {
  const snippet = push.snippet("/doc/1", "<p>ready</p>").hold();
  await opened(page, push, { body: '<div id="target"></div>' });
  push.broadcast({ url: "/doc/1", inject: "target: #target" });
  const first = await push.nextRequest("/doc/1");
  await page.evaluate(() => document.getElementById("target")?.remove());
  expect(await first.outcome).toBe("aborted");
  snippet.release();
  await append(page, '<div id="target"></div>');
  await expect(page.locator("#target")).toHaveText("ready");
});

test("nothing strange is added to the page for a target that is missing", async ({ page, push }) => {
  await opened(page, push);
  const before = await page.evaluate(() => document.body.children.length);
  push.broadcast({ html: "<p>late</p>", inject: "target: #nowhere" });
  push.broadcast({ html: "<p>late</p>", inject: "target: #nowhere::element::after" });
  await push.settled(page);
  expect(await page.evaluate(() => document.body.children.length)).toBe(before);
  const types = (await drainEvents(page)).map(({ type }) => type);
  expect(types).not.toContain("pat-inject-async-error");
  expect(types).not.toContain("pat-inject-async-rejected");
});

async function append(page: Page, html: string): Promise<void> {
  await page.evaluate((text) => document.body.insertAdjacentHTML("beforeend", text), html);
}

async function injections(page: Page, target: string): Promise<number> {
  return (await drainEvents(page)).filter(
    (event) => event.type === "pat-inject-async-injected" && "detail" in event && event.detail["target"] === target,
  ).length;
}
