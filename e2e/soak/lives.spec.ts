/** Elements that come and go a thousand times: nothing stays open, and the page's memory does not grow. */
import type { Page } from "@playwright/test";
import { addElements } from "../support/elements.ts";
import { expect, test } from "../support/fixture.ts";
import { heap } from "../support/heap.ts";
import { ledger } from "../support/ledger.ts";
import type { PushServer } from "../support/push-server.ts";
import { ELEMENT, unusedPage } from "../support/unused-page.ts";

// A trace keeps what it has seen of the page, in the page.
test.use({ trace: "off" });

test("over a thousand lives, each with a connection and a message, the heap stays flat", async ({ page, push }) => {
  const devtools = await page.context().newCDPSession(page);
  const untouched = await unusedPage(page, push);
  await live(page, push, 100); // whatever is made once, by us, the host and the browser
  const before = await heap(devtools);
  await live(page, push, 1_000);
  expect((await heap(devtools)) - before).toBeLessThan(1024 * 1024);
  await expect.poll(() => ledger(page)).toEqual(untouched);
  expect(push.sockets.filter(({ isOpen }) => isOpen)).toHaveLength(0);
});

test("over a thousand elements that come and go on one connection, the heap stays flat", async ({ page, push }) => {
  const devtools = await page.context().newCDPSession(page);
  await unusedPage(page, push);
  // It says when it was rendered, so that nothing is fetched to be on the safe side.
  await addElements(page, ELEMENT.replace("id=", `data-pat-inject-async="position: ${push.position}" id=`));
  await push.nextSocket();
  await expect(page.locator("#element")).toHaveAttribute("data-inject-async-state", "open");
  await flicker(page, 200);
  const before = await heap(devtools);
  await flicker(page, 1_000);
  expect((await heap(devtools)) - before).toBeLessThan(1024 * 1024);
  expect(push.sockets).toHaveLength(1);
});

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
    await page.clock.runFor(3_500); // a connection without elements stays open for three seconds
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
