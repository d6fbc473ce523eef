/** Patternslib's own push, fired by a message: pat-push hears only the browser's event, pat-inject only jQuery's. */
import { test as base, expect } from "../support/fixture.ts";
import { opened } from "../support/opened.ts";
import type { PushSocket } from "../support/push-socket.ts";

const COUNT = '<p class="pat-push" data-pat-push="url: /count; push-id: message_counter"></p>';
const LIST =
  '<a class="pat-inject" href="/list" data-pat-inject="target: #list::after; push-marker: message_counter">List</a>' +
  '<div id="list"></div>';

const test = base.extend<{ open: (body: string) => Promise<PushSocket> }>({
  /** Loads a page with the library and this in its body; answers for the patterns are there. */
  open: async ({ page, push }, use) => {
    push.snippet("/count", "7");
    push.snippet("/list", "<body><i>item </i></body>");
    await use((body) => opened(page, push, { body }));
  },
});

test("a push marker reaches pat-push and pat-inject's push-marker, each once a message", async ({
  page,
  push,
  open,
}) => {
  const socket = await open(COUNT + LIST);
  // A second call while one is in flight is dropped by pat-inject, and so would not be seen in its requests.
  await page.evaluate("fired = []; jQuery('body').on('push', (_event, marker) => marker && fired.push(marker))");
  const requests = () => ["/count", "/list"].map((path) => push.requestsFor(path).length);
  for (const times of [1, 2]) {
    socket.send({ type: "push", marker: "message_counter" });
    await expect(page.locator(".pat-push")).toHaveText("7");
    await expect(page.locator("#list i")).toHaveCount(times);
    // The list may be there before the other request has arrived.
    await expect.poll(requests).toEqual([times, times]);
    expect(await page.evaluate("fired")).toEqual(Array(times).fill("message_counter"));
  }
});

test("a push marker reaches nothing that waits for another one", async ({ page, push, open }) => {
  const socket = await open(COUNT + LIST);
  socket.send({ type: "push", marker: "message" });
  socket.send({ type: "push", marker: "message_counter2" });
  await push.settled(page);
  expect(push.requestsFor("/count")).toEqual([]);
  expect(push.requestsFor("/list")).toEqual([]);
});
