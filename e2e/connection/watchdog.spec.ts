/** How a connection knows that its server has gone silent: soon, and without suspecting one that is only quiet. */
import type { Page } from "@playwright/test";
import { expect, test } from "../support/fixture.ts";
import { beat, countFrames } from "../support/frames.ts";
import { expectState, item, items, opened, stateOf } from "../support/opened.ts";
import { holdClock, keepTimeline, loadDice, standStill, timeline } from "../support/page-time.ts";
import type { PushServer } from "../support/push-server.ts";
import type { PushSocket } from "../support/push-socket.ts";

const LIST = { body: '<ul id="list"></ul>' };

test.describe("a silent server", () => {
  // The heartbeats are the test's: it beats by hand while the page's clock stands still.
  test.use({ pushOptions: { heartbeat: 2 ** 30, welcome: "ignore" } });

  test.beforeEach(async ({ page }) => {
    await loadDice(page, 0.999); // or the next attempt may be open before the test has looked
    await holdClock(page);
  });

  test("is noticed one and a half heartbeats later, with a margin of two seconds, and not before", async ({
    page,
    push,
  }) => {
    await countFrames(page);
    const socket = await opened(page, push);
    await standStill(page);
    await beat(page, socket);
    for (const _ of [1, 2, 3]) {
      await page.clock.runFor(10_000);
      await beat(page, socket);
    }

    await page.clock.runFor(16_900);
    expect(await stateOf(page)).toBe("open");
    await page.clock.runFor(200);
    expect(await stateOf(page)).not.toBe("open");
    await page.clock.resume();
    await push.nextSocket();
    await expectState(page, "open");
  });

  test("is given as much time again after each message", async ({ page, push }) => {
    await countFrames(page);
    const socket = await opened(page, push, LIST);
    await standStill(page);
    await beat(page, socket);
    for (const _ of [1, 2]) {
      await page.clock.runFor(10_000);
      await beat(page, socket);
    }
    for (const count of [1, 2, 3]) {
      await page.clock.runFor(12_000);
      await deliver(page, push, socket, count);
    }
    await page.clock.runFor(16_900);
    expect(await stateOf(page)).toBe("open");
    await page.clock.runFor(200);
    expect(await stateOf(page)).not.toBe("open");
  });

  test("is not suspected because a message came shortly before its heartbeat", async ({ page, push }) => {
    // Some servers beat at fixed times, whatever else they have sent: the time between is no interval.
    await countFrames(page);
    await keepTimeline(page);
    const socket = await opened(page, push, LIST);
    await standStill(page);
    await page.clock.runFor(24_900);
    await deliver(page, push, socket, 1);
    await page.clock.runFor(100);
    await beat(page, socket);

    for (const _ of [1, 2, 3]) {
      await page.clock.runFor(25_000);
      expect(await cuts(page)).toBe(0);
      await beat(page, socket);
    }
  });

  test("that never beats is not cut off in circles", async ({ page, push }) => {
    await keepTimeline(page);
    await opened(page, push);
    for (let minutes = 0; minutes < 20; minutes += 0.5) {
      await page.clock.runFor(30_000);
      await expectState(page, "open");
    }
    expect(await cuts(page)).toBeGreaterThanOrEqual(1); // a line that died before its first beat must be noticed
    expect(await cuts(page)).toBeLessThanOrEqual(6);
  });

  test("is noticed when the page is looked at after its timers have slept", async ({ page, push }) => {
    // A laptop that slept: the clock has jumped, no timer has run, and only the look at the page tells.
    await page.addInitScript(() => {
      const now = Date.now;
      Date.now = () => now() + (Reflect.get(window, "slept") ?? 0);
    });
    await opened(page, push);
    await page.evaluate(() => {
      Reflect.set(window, "slept", 60_000);
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await push.nextSocket();
    await expectState(page, "open");
  });
});

/** How often an open connection has been given up. */
async function cuts(page: Page): Promise<number> {
  const changes = await timeline(page);
  return changes.filter(({ state }, index) => state === "waiting" && changes[index - 1]?.state === "open").length;
}

async function deliver(page: Page, push: PushServer, socket: PushSocket, count: number): Promise<void> {
  socket.send(item(count));
  await push.settled(page);
  await expect(items(page)).toHaveCount(count);
}
