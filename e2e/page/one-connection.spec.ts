/** One connection for each endpoint and page, however many elements use it, and for as long as any does. */
import type { Page } from "@playwright/test";
import { test as base, expect, hostReady, libraryPage } from "../support/fixture.ts";
import { startPushServer } from "../support/push-server.ts";
import type { PushSocket } from "../support/push-socket.ts";

const test = base.extend<{ open: (body: string, bodyAttributes?: string) => Promise<PushSocket> }>({
  /** Loads a page with the library, and this in a body that does not use it itself. */
  open: async ({ page, push }, use) => {
    await use(async (body, bodyAttributes = "") => {
      await page.goto(push.page("/", libraryPage({ body, bodyAttributes })));
      return push.nextSocket();
    });
  },
});

const element = (id: string, options = "") =>
  `<p id="${id}" class="pat-inject-async" data-pat-inject-async="${options}">${id}</p>`;

/** Longer than an unused connection stays open, shorter than a silent server is trusted, in milliseconds. */
const LONG = 10_000;

/** Shows that the socket carries messages, and each once. */
async function expectAlive(page: Page, socket: PushSocket, target: string): Promise<void> {
  const text = `alive ${socket.sent.length}`;
  socket.send({ html: `<i>${text}</i>`, inject: `target: ${target}::after` });
  await expect(page.locator(target).getByText(text)).toHaveCount(1);
  expect(socket.isOpen).toBe(true);
}

test("many elements share one connection, and all show its state", async ({ page, push, open }) => {
  const ids = Array.from({ length: 50 }, (_, index) => `e${index}`);
  const socket = await open(`<main id="main"></main>${ids.map((id) => element(id)).join("")}`);
  await expect(page.locator('.pat-inject-async[data-inject-async-state="open"]')).toHaveCount(50);
  await expectAlive(page, socket, "#main");
  expect(push.sockets).toHaveLength(1);
  expect(push.requestsFor("/push/info")).toHaveLength(1);
  expect(socket.received).toHaveLength(1);
});

test("an endpoint is the same however its address is written", async ({ page, push, open }) => {
  const addresses = ["/push", "/push/", "push", "./push", `${push.url}/push`, "/other/../push"];
  const socket = await open(addresses.map((url, index) => element(`e${index}`, `url: ${url}`)).join(""));
  await expect(page.locator('[data-inject-async-state="open"]')).toHaveCount(addresses.length);
  await expectAlive(page, socket, "#e0");
  expect(push.sockets).toHaveLength(1);
});

test("two endpoints are two connections, each closed with the last of its own elements", async ({
  page,
  push,
  open,
}) => {
  const other = await startPushServer();
  const allowed = `data-pat-inject-async="allow: ${other.url}"`;
  const socket = await open(element("here") + element("there", `url: ${other.url}/push`), allowed);
  const otherSocket = await other.nextSocket();
  await expectAlive(page, socket, "#here");
  await expectAlive(page, otherSocket, "#there");

  await page.locator("#there").evaluate((there) => there.remove());
  await otherSocket.closed;
  await expectAlive(page, socket, "#here");
  expect([push.sockets.length, other.sockets.length]).toEqual([1, 1]);
  await page.close();
  await other.close();
});

for (const [how, leave] of [
  ["removed", (target: Element) => target.remove()],
  ["removed with what is around it", (target: Element) => target.parentElement?.remove()],
  ["destroyed", (target: Element) => target["pattern-inject-async"]?.destroy()],
] as const) {
  test(`the connection is closed when the last element is ${how}, not before, and does not come back`, async ({
    page,
    push,
    open,
  }) => {
    await page.clock.install();
    const socket = await open(
      `<section>${element("first")}</section><section>${element("last")}</section><main id="main"></main>`,
    );
    await page.locator("#first").evaluate(leave);
    await page.clock.fastForward(LONG);
    await expectAlive(page, socket, "#main");

    await page.locator("#last").evaluate(leave);
    await socket.closed;
    await page.clock.fastForward(LONG);
    await page.evaluate(() => window.dispatchEvent(new Event("online")));
    await page.evaluate(() => fetch("/favicon.ico"));
    expect(push.sockets).toHaveLength(1);
    expect(push.requestsFor("/push/info")).toHaveLength(1);
  });
}

test("a connection that was closed is opened again for the next element", async ({ page, push, open }) => {
  const socket = await open(
    `<a class="pat-inject" href="/more" data-pat-inject="target: main">More</a><main></main>${element("only")}`,
  );
  await page.locator("#only").evaluate((only) => only.remove());
  await socket.closed;
  push.snippet("/more", `<body>${element("next")}</body>`);
  await page.locator("a").click();
  await expectAlive(page, await push.nextSocket(), "#next");
  expect(push.sockets).toHaveLength(2);
});

test("an element that is injected later uses the connection that is there", async ({ page, push, open }) => {
  const socket = await open(`${element("first")}<main></main>`);
  socket.send({ html: element("later"), inject: "target: main" });
  await expect(page.locator("#later")).toHaveAttribute("data-inject-async-state", "open");
  await page.locator("#first").evaluate((first) => first.remove());
  await expectAlive(page, socket, "#later");
  expect(push.sockets).toHaveLength(1);
});

test("a placeholder that is replaced by the next one keeps the connection", async ({ page, push, open }) => {
  await page.clock.install();
  push.snippet("/doc/1", element("placeholder"));
  const socket = await open(element("placeholder", "pending: /doc/1"));
  for (const _ of [1, 2, 3]) {
    await page.locator("#placeholder").evaluate((old) => old.setAttribute("data-old", ""));
    socket.send({ url: "/doc/1" });
    await expect(page.locator("#placeholder:not([data-old])")).toHaveAttribute("data-inject-async-state", "open");
    await page.clock.fastForward(LONG);
  }
  await expectAlive(page, socket, "#placeholder");
  expect(push.sockets).toHaveLength(1);
});

test("an element that is moved within the page keeps the connection", async ({ page, push, open }) => {
  await page.clock.install();
  const socket = await open(`${element("moved")}<main id="main"></main>`);
  await page.locator("#moved").evaluate((moved) => document.querySelector("main")?.append(moved));
  await page.clock.fastForward(LONG);
  await expectAlive(page, socket, "#main");
  await expect(page.locator("#moved")).toHaveAttribute("data-inject-async-state", "open");
  expect(push.sockets).toHaveLength(1);
});

test("a page without an element opens no connection", async ({ page, push }) => {
  await page.goto(push.page("/", libraryPage({ bodyAttributes: 'data-pat-inject-async="url: /push"' })));
  await hostReady(page);
  await page.evaluate(() => fetch("/favicon.ico"));
  expect(push.requestsFor("/push/info")).toHaveLength(0);
});
