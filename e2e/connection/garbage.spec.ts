/** Servers that talk nonsense, too much, or not at all: the page stays sound, and a good message still arrives. */
import type { Browser, Page } from "@playwright/test";
import { drainEvents, expect, test } from "../support/fixture.ts";
import { heap } from "../support/heap.ts";
import { expectState, item, items, opened } from "../support/opened.ts";

const LIST = '<ul id="list"></ul>';

/** Each is rejected, whatever it comes after. */
const GARBAGE = [
  "",
  "not json",
  "{",
  "null",
  "true",
  "42",
  "[]",
  '["/doc/1"]',
  '""',
  '"   "',
  "{}",
  '{"type":"inject"}',
  '{"type":"nonsense","url":"/doc/1"}',
  '{"type":5}',
  '{"url":5}',
  '{"url":""}',
  '{"url":"/doc/1","html":"<p>both</p>"}',
  '{"html":{}}',
  '{"html":"<p></p>","inject":5}',
  '{"html":"<p></p>","inject":""}',
  '{"html":"<p></p>","inject":"target: ["}',
  '{"html":"<p></p>","id":"one"}',
  '{"html":"<p></p>","id":17}',
  '{"type":"push"}',
  '{"type":"push","marker":""}',
  '{"type":"welcome"}',
  '{"type":"welcome","position":"1-1","recovered":"yes"}',
  '{"type":"welcome","position":"","recovered":true}',
  "[".repeat(100_000),
  `{"html":"${"x".repeat(1024 * 1024)}"}`,
  `{"html":"<p></p>","id":"${"1".repeat(500_000)}-0"}`,
];

test("garbage is rejected with one event each, and what follows is applied", async ({ page, push }) => {
  const socket = await opened(page, push, { body: LIST });
  for (const text of GARBAGE) socket.sendRaw(text);
  push.broadcast(item("good"));
  await expect(items(page)).toHaveText(["good"]);
  const events = await drainEvents(page);
  const rejections = events.flatMap((event) => (event.type === "pat-inject-async-rejected" ? [event.detail] : []));
  expect(rejections).toHaveLength(GARBAGE.length);
  for (const { message, expected, found } of rejections) {
    expect(message).toEqual(expect.any(String));
    expect(expected).not.toBe("");
    expect(String(found).length).toBeLessThan(200);
  }
  await expectState(page, "open");
  expect(push.sockets).toHaveLength(1);
});

test("frames that are none of SockJS's do no harm", async ({ page, push }) => {
  const socket = await opened(page, push, { body: LIST });
  for (const frame of ["x", "a", "a[", 'a{"0":1}', "a[1,null,{}]", "m", "m{", "h", "hhh", "o", "o", "[]", "\u0000"]) {
    socket.sendFrame(frame);
  }
  push.broadcast(item("good"));
  await expect(items(page)).toHaveText(["good"]);
});

test.describe("a flood", () => {
  test("of garbage leaves the page alive and its memory bounded", async ({ browser, push }) => {
    await withoutRecorder(browser, async (page) => {
      const devtools = await page.context().newCDPSession(page);
      const socket = await opened(page, push, { body: LIST });
      const short = GARBAGE.filter((text) => text.length < 1_000);
      for (let count = 0; count < 10_000; count++) socket.sendRaw(short[count % short.length] ?? "");
      push.broadcast(item("good"));
      await expect(items(page)).toHaveCount(1, { timeout: 45_000 });
      const before = await heap(devtools);
      for (let count = 0; count < 10_000; count++) socket.sendRaw(short[count % short.length] ?? "");
      push.broadcast(item("good"));
      await expect(items(page)).toHaveCount(2, { timeout: 45_000 });
      expect((await heap(devtools)) - before).toBeLessThan(2 * 1024 * 1024);
      await expectState(page, "open");
      expect(push.sockets).toHaveLength(1);
    });
  });

  test("of messages for targets that never come is bounded too", async ({ browser, push }) => {
    await withoutRecorder(browser, async (page) => {
      const devtools = await page.context().newCDPSession(page);
      const socket = await opened(page, push, { body: LIST });
      const html = "x".repeat(1_000);
      for (const round of [1, 2, 3]) {
        const before = await heap(devtools);
        for (let count = 0; count < 5_000; count++) socket.send({ html, inject: `target: #nowhere-${count}` });
        push.broadcast(item("good"));
        await expect(items(page)).toHaveCount(round, { timeout: 45_000 });
        // In the first round 500 messages find room, and stay.
        if (round > 1) expect((await heap(devtools)) - before).toBeLessThan(2 * 1024 * 1024);
      }
    });
  });
});

/** A page whose events nobody reports to the test: thousands of them would take longer than what is tested. */
async function withoutRecorder(browser: Browser, use: (page: Page) => Promise<void>): Promise<void> {
  test.setTimeout(120_000);
  const page = await browser.newPage();
  await use(page);
  await page.close();
}
