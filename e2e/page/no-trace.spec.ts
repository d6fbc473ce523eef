/** When the last element has gone, the page is as if the library had never been used: nothing open, nothing growing. */
import type { Page } from "@playwright/test";
import { addElements } from "../support/elements.ts";
import { expect, hostReady, libraryPage, test } from "../support/fixture.ts";
import { heap } from "../support/heap.ts";
import { keepLedger, type Ledger, ledger } from "../support/ledger.ts";
import { FAILED, INFO, item, items, placeholder } from "../support/opened.ts";
import { holdClock, loadDice } from "../support/page-time.ts";
import type { PushServer } from "../support/push-server.ts";

// A trace keeps what it has seen of the page, in the page.
test.use({ trace: "off" });

const BODY = '<ul id="list"></ul><div id="target"></div><div id="place"></div>';
const ELEMENT = '<div class="pat-inject-async" id="element"></div>';

/** Each leaves the connection, or a message, in the middle of something; then the element goes. */
const SITUATIONS: readonly (readonly [string, (page: Page, push: PushServer) => Promise<void>])[] = [
  [
    "after a quiet life",
    async (page, push) => {
      await addElements(page, ELEMENT);
      await push.nextSocket();
      await expectElement(page, "open");
      push.broadcast(item("one"));
      await expect(items(page)).toHaveText(["one"]);
    },
  ],
  [
    "while connecting",
    async (page, push) => {
      push.snippet("/push/info", INFO).hold();
      await addElements(page, ELEMENT);
      await push.nextRequest("/push/info");
    },
  ],
  [
    "while every answer fails",
    async (page, push) => {
      push.snippet("/push/info", { status: 503 });
      await addElements(page, placeholder("element", "/doc/1"));
      await expectElement(page, "waiting");
    },
  ],
  [
    "when the session is over",
    async (page, push) => {
      await addElements(page, ELEMENT);
      (await push.nextSocket()).close(4401, "session over");
      await expectElement(page, "stopped");
    },
  ],
  [
    "while a message waits for its target",
    async (page, push) => {
      await addElements(page, ELEMENT);
      await push.nextSocket();
      await expectElement(page, "open");
      push.broadcast(item("late", "not-there-yet"));
      push.broadcast(item("read"));
      await expect(items(page)).toHaveText(["read"]);
    },
  ],
  [
    "during a fetch",
    async (page, push) => {
      push.snippet("/doc/1", "<p>never</p>").hold();
      await addElements(page, ELEMENT);
      await push.nextSocket();
      await expectElement(page, "open");
      push.broadcast({ url: "/doc/1", inject: "target: #target" });
      await push.nextRequest("/doc/1");
    },
  ],
  [
    "between two tries of a fetch",
    async (page, push) => {
      push.snippet("/doc/1", { status: 500 });
      await addElements(page, ELEMENT);
      await push.nextSocket();
      await expectElement(page, "open");
      push.broadcast({ url: "/doc/1", inject: "target: #target" });
      await (await push.nextRequest("/doc/1")).outcome;
    },
  ],
  [
    "with a gap to heal",
    async (page, push) => {
      push.welcome("gap");
      await addElements(page, placeholder("element", "/doc/1"));
      await push.nextSocket();
      await expectElement(page, "open");
    },
  ],
];

for (const [situation, arrange] of SITUATIONS) {
  test(`${situation} nothing is left when the last element goes`, async ({ page, push, allow }) => {
    allow(FAILED);
    await loadDice(page, 0.999);
    const untouched = await rest(page, push);
    await arrange(page, push);
    expect(await ledger(page)).not.toEqual(untouched);

    await page.evaluate(() => document.getElementById("element")?.remove());
    await expect.poll(() => ledger(page)).toEqual(untouched);
    await expect.poll(() => push.sockets.filter(({ isOpen }) => isOpen).length).toBe(0);
    await expect(page.locator("#target")).toBeEmpty();
    const asked = push.requests.length;
    await page.clock.fastForward(120_000);
    push.snippet("/later", "");
    await page.evaluate(() => fetch("/later"));
    expect(push.requests.slice(asked).map(({ path }) => path)).toEqual(["/later"]);
  });
}

test("nothing is left on an element whose pattern is destroyed", async ({ page, push }) => {
  const untouched = await rest(page, push);
  const before = await page.locator("#place").evaluate((element) => element.outerHTML);
  await page.locator("#place").evaluate((element) => {
    const Pattern = window.__patternslib_registry?.["inject-async"];
    if (typeof Pattern === "function") Reflect.construct(Pattern, [element]);
  });
  const socket = await push.nextSocket();
  await expect(page.locator("#place")).toHaveAttribute("data-inject-async-state", "open");
  await page.locator("#place").evaluate((element) => {
    const instance = element["pattern-inject-async"];
    instance?.destroy();
    instance?.destroy();
  });
  await socket.closed;
  await expect.poll(() => ledger(page)).toEqual(untouched);
  expect(await page.locator("#place").evaluate((element) => element.outerHTML)).toBe(before);
  expect(await page.locator("#place").evaluate((element) => "pattern-inject-async" in element)).toBe(false);
});

test("over a thousand lives, each with a connection and a message, the heap stays flat", async ({ page, push }) => {
  test.setTimeout(240_000);
  const devtools = await page.context().newCDPSession(page);
  const untouched = await rest(page, push);
  await live(page, push, 100); // whatever is made once, by us, the host and the browser
  const before = await heap(devtools);
  await live(page, push, 1_000);
  expect((await heap(devtools)) - before).toBeLessThan(1024 * 1024);
  await expect.poll(() => ledger(page)).toEqual(untouched);
  expect(push.sockets.filter(({ isOpen }) => isOpen)).toHaveLength(0);
});

test("over a thousand elements that come and go on one connection, the heap stays flat", async ({ page, push }) => {
  const devtools = await page.context().newCDPSession(page);
  await rest(page, push);
  // It says when it was rendered, so that nothing is fetched to be on the safe side.
  await addElements(page, ELEMENT.replace("id=", `data-pat-inject-async="position: ${push.position}" id=`));
  await push.nextSocket();
  await expectElement(page, "open");
  await flicker(page, 200);
  const before = await heap(devtools);
  await flicker(page, 1_000);
  expect((await heap(devtools)) - before).toBeLessThan(1024 * 1024);
  expect(push.sockets).toHaveLength(1);
});

/** A page with the host and the library, and no element that uses it. Returns what is open on it by itself. */
async function rest(page: Page, push: PushServer): Promise<Ledger> {
  await holdClock(page);
  await keepLedger(page);
  await page.goto(push.page("/", libraryPage({ bodyAttributes: "", body: BODY })));
  await hostReady(page);
  await page.clock.runFor(60_000); // the host's own timers, of which some outlast its start
  return ledger(page);
}

async function expectElement(page: Page, state: string): Promise<void> {
  await expect(page.locator("#element")).toHaveAttribute("data-inject-async-state", state);
}

/** So many times: an element comes, connects, gets a message, goes, and its connection is given up. */
async function live(page: Page, push: PushServer, times: number): Promise<void> {
  for (let count = 1; count <= times; count++) {
    await addElements(page, ELEMENT);
    const life = page.evaluate(async () => {
      await new Promise((resolve) => {
        document.addEventListener("pat-inject-async-injected", resolve, { once: true });
      });
      document.getElementById("element")?.remove();
    });
    const socket = await push.nextSocket();
    await page.evaluate(() => {}); // the page listens by now: it does one thing after the other
    socket.send({ html: String(count), inject: "target: #target" });
    await life;
    await page.clock.runFor(1_500); // a channel without elements stays open for a second
    await socket.closed;
  }
}

/** So many times: one more element of an endpoint comes, and goes. */
async function flicker(page: Page, times: number): Promise<void> {
  await page.evaluate(async (times) => {
    const Pattern = window.__patternslib_registry?.["inject-async"];
    if (typeof Pattern !== "function") throw new Error(`expected the pattern in the registry, found ${Pattern}`);
    for (let count = 0; count < times; count++) {
      const element = document.createElement("div");
      element.className = "pat-inject-async";
      element.dataset["patInjectAsync"] = "pending: /doc/1";
      document.body.append(element);
      const initialised = new Promise((resolve) => element.addEventListener("init.inject-async.patterns", resolve));
      Reflect.construct(Pattern, [element]);
      await initialised;
      element.remove();
    }
  }, times);
  await page.clock.runFor(1_000); // removals are looked at together, a moment later
}
