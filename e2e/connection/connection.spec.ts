/** One connection, kept open: its states, when it comes back and how soon, and when it does not. */
import type { Page } from "@playwright/test";
import { addElements } from "../support/elements.ts";
import { drainEvents, expect, hostReady, libraryPage, test } from "../support/fixture.ts";
import { beat, countFrames } from "../support/frames.ts";
import { expectState, FAILED, INFO, item, items, opened, stateOf } from "../support/opened.ts";
import { delays, holdClock, keepTimeline, loadDice, passUntil, standStill } from "../support/page-time.ts";
import { startPushServer } from "../support/push-server.ts";
import type { PushSocket } from "../support/push-socket.ts";
import { Switchboard } from "../support/switchboard.ts";

const LIST = { body: '<ul id="list"></ul>' };

test.describe("states", () => {
  test("are told by events and an attribute, from connecting to idle", async ({ page, push }) => {
    const attributes = 'class="pat-inject-async" data-pat-inject-async="url: /push"';
    const body = `<div id="first" ${attributes}></div><div id="second" ${attributes}></div>`;
    await page.goto(push.page("/", libraryPage({ bodyAttributes: "", body })));
    const socket = await push.nextSocket();
    for (const id of ["#first", "#second"]) await expectState(page, "open", page.locator(id));

    socket.drop();
    await push.nextSocket();
    for (const id of ["#first", "#second"]) await expectState(page, "open", page.locator(id));

    await page.evaluate(() => document.body.replaceChildren());
    await expect.poll(() => push.sockets.some(({ isOpen }) => isOpen)).toBe(false);
    const events = await drainEvents(page);
    const states = events.flatMap((event) => (event.type === "pat-inject-async-state" ? [event] : []));
    expect(states.map(({ detail }) => detail)).toEqual(
      ["connecting", "open", "waiting", "connecting", "open", "idle"].map((state) => ({
        state,
        url: `${push.url}/push`,
      })),
    );
    expect(states.at(-1)).toMatchObject({ target: "body" }); // no element of the endpoint is left
  });

  test("are readable on an element that comes later", async ({ page, push }) => {
    await opened(page, push);
    await addElements(page, '<div id="late" class="pat-inject-async"></div>');
    await expectState(page, "open", page.locator("#late"));
    expect(push.sockets).toHaveLength(1);
  });
});

test.describe("coming back", () => {
  test("after a loss and after every close code, but 4401 when the door is shut", async ({ page, push }) => {
    await loadDice(page, 0);
    let socket = await opened(page, push, LIST);
    let applied = 0;
    const endings: ((socket: PushSocket) => void)[] = [
      (dropped) => dropped.drop(),
      ...[1000, 1001, 1012, 2010, 3000, 4400, 4500, 4503].map((code) => (closed: PushSocket) => closed.close(code)),
    ];
    for (const end of endings) {
      end(socket);
      socket = await push.nextSocket();
      push.broadcast(item(++applied));
      await expect(items(page)).toHaveCount(applied);
    }
    expect(push.sockets.filter(({ isOpen }) => isOpen)).toEqual([socket]);
  });

  test("takes twice as long after each failure, up to half a minute", async ({ page, push, allow }) => {
    allow(FAILED);
    await holdClock(page);
    await loadDice(page, 0.999);
    await keepTimeline(page);
    push.snippet("/push/info", { status: 503 });
    await page.goto(push.page("/", libraryPage({ bodyAttributes: "" })));
    await hostReady(page);
    // From here on the clock moves by the steps of the test alone, and a timer is never late.
    await standStill(page);
    await addElements(page, '<div class="pat-inject-async" id="only"></div>');
    const bounds = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000];
    await expect(async () => {
      await page.clock.runFor(10);
      // Between two attempts it may hurry; during one the answers need real time.
      if ((await stateOf(page, page.locator("#only"))) === "waiting") await page.clock.runFor(1_000);
      expect((await delays(page)).length).toBeGreaterThanOrEqual(bounds.length);
    }).toPass({ intervals: [1] });
    const found = await delays(page);
    for (const [index, bound] of bounds.entries()) {
      expect(found[index]).toBeGreaterThanOrEqual(0.99 * bound);
      expect(found[index]).toBeLessThanOrEqual(bound);
    }
  });

  for (const [what, policy] of [
    ["opening", "ignore"],
    ["a welcome", "recover"],
  ] as const) {
    test(`is quick again only after a connection has proved itself, as ${what} does not`, async ({
      page,
      push,
      allow,
    }) => {
      allow(FAILED);
      await holdClock(page);
      await loadDice(page, 0.999);
      await keepTimeline(page);
      await countFrames(page);
      push.welcome(policy);
      await page.goto(push.page("/", libraryPage({ bodyAttributes: "" })));
      await hostReady(page);
      await standStill(page);
      await addElements(page, '<div class="pat-inject-async" id="only"></div>');
      const only = page.locator("#only");
      const lose = async (socket: PushSocket) => {
        // What the server says by itself has arrived.
        await push.settled(page);
        socket.drop();
        await passUntil(page, "waiting", only);
        await passUntil(page, ["connecting", "open"], only, 100);
        await passUntil(page, "open", only);
        return push.nextSocket();
      };

      // Opens and dies at once, three times over: such a server is in trouble, whatever it says first.
      await passUntil(page, "open", only);
      let socket = await push.nextSocket();
      for (const _ of [1, 2, 3]) socket = await lose(socket);
      await beat(page, socket);
      await lose(socket);

      const found = await delays(page);
      expect(found).toHaveLength(4);
      for (const [index, bound] of [500, 1_000, 2_000, 500].entries()) {
        expect(found[index]).toBeGreaterThanOrEqual(0.99 * bound);
        expect(found[index]).toBeLessThanOrEqual(bound);
      }
    });
  }

  test("after a restart, when another server answers at the same address", async ({ page, push, allow }) => {
    allow(FAILED);
    const board = new Switchboard(push.url);
    await board.listen();
    push.page("/", libraryPage(LIST));
    await page.goto(`${board.url}/`);
    await push.nextSocket();
    for (const text of ["one", "two"]) push.broadcast(item(text));
    await expect(items(page)).toHaveText(["one", "two"]);

    const successor = await startPushServer();
    board.leadTo(successor.url);
    await push.close();
    const socket = await successor.nextSocket();
    // The successor has no memory of these positions, and says so.
    expect(await socket.nextMessage()).toEqual({ type: "resume", position: "1732361000000-2" });
    await expectState(page, "open");
    successor.broadcast(item("three"));
    await expect(items(page)).toHaveText(["one", "two", "three"]);

    await page.close();
    await successor.close();
    await board.close();
  });
});

test.describe("a server that refuses", () => {
  test("with 4401 is asked once more, and where the door is shut then no more", async ({ page, push, allow }) => {
    allow(FAILED);
    await holdClock(page);
    await loadDice(page, 0.999); // or the next attempt may be under way before the door has been tried
    const socket = await opened(page, push);
    const before = push.requestsFor("/push/info").length;
    push.snippet("/push/info", { status: 401 });
    socket.close(4401, "session over");
    await expectState(page, "stopped");
    const asked = push.requests.length;
    expect(push.requestsFor("/push/info").length - before).toBeLessThanOrEqual(3);
    await page.clock.fastForward(600_000);
    await page.clock.runFor(60_000);
    expect(push.requests.slice(asked)).toEqual([]);
    await expectState(page, "stopped");
  });

  test("with 4401 while the door is open is come back to, unless it says so again at once", async ({ page, push }) => {
    await holdClock(page);
    const socket = await opened(page, push, LIST);
    socket.close(4401, "the ticket of the handshake ran out");
    const next = await nextOpen(page, push.nextSocket.bind(push));
    push.broadcast(item("one"));
    await expect(items(page)).toHaveText(["one"]);
    // After a while the next ticket runs out in the same way.
    await page.clock.runFor(6_000);
    next.close(4401, "the ticket of the handshake ran out");
    const last = await nextOpen(page, push.nextSocket.bind(push));
    // But who says so at once does not mean the ticket.
    last.close(4401, "session over");
    await expectState(page, "stopped");
    const asked = push.requests.length;
    await page.clock.runFor(60_000);
    expect(push.requests.slice(asked)).toEqual([]);
    expect((await drainEvents(page)).filter(({ type }) => type === "pat-inject-async-unauthorized")).toHaveLength(1);
  });

  test("with 401 or 403 on /info is not asked again", async ({ page, push, allow }) => {
    allow(FAILED);
    await holdClock(page);
    for (const status of [401, 403]) {
      await test.step(`${status}`, async () => {
        push.snippet("/push/info", { status });
        await page.goto(push.page("/", libraryPage()));
        await expectState(page, "stopped");
        const asked = push.requests.length;
        await page.clock.fastForward(600_000);
        await page.clock.runFor(60_000);
        expect(push.requests.slice(asked)).toEqual([]);
        await expectState(page, "stopped");
      });
    }
  });

  test("with 500 on /info is asked again until it answers", async ({ page, push, allow }) => {
    allow(FAILED);
    await loadDice(page, 0);
    let refusals = 0;
    push.snippet("/push/info", () => (++refusals < 6 ? { status: 500 } : INFO));
    await page.goto(push.page("/", libraryPage()));
    await push.nextSocket();
    await expectState(page, "open");
  });
});

/** The socket of the next connection, once the page knows that it is open. */
async function nextOpen(page: Page, next: () => Promise<PushSocket>): Promise<PushSocket> {
  const socket = await next();
  await expectState(page, "open");
  return socket;
}
