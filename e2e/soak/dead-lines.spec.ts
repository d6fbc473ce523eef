/** Over every transport a line that has gone dead is noticed by the heartbeats that do not come, on the real clock. */
import { drainEvents, expect, libraryPage, nextEvent, test } from "../support/fixture.ts";
import { FALLBACK, item, items, upToDate } from "../support/opened.ts";
import { loadDice } from "../support/page-time.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import { blockAllBut, TRANSPORTS } from "../support/transports.ts";

/** Bytes of one heartbeat, at least. */
const HEARTBEAT_BYTES = { websocket: 3, "xhr-streaming": 7, eventsource: 10, "xhr-polling": 200 };

test.describe("with a heartbeat every quarter of a second", () => {
  test.use({ pushOptions: { heartbeat: 250 } });

  for (const transport of TRANSPORTS) {
    test(`everything arrives once and in order over ${transport}, cut off or gone dead`, async ({
      page,
      push,
      allow,
    }) => {
      allow(FALLBACK);
      await loadDice(page, 0);
      blockAllBut(push, transport);
      const proxy = await startTcpProxy({ target: push.url });
      /** Waits for so many that the page knows how often they come. */
      async function heartbeats(): Promise<void> {
        const before = proxy.counters.bytesDown;
        await expect.poll(() => proxy.counters.bytesDown - before).toBeGreaterThan(8 * HEARTBEAT_BYTES[transport]);
      }
      push.page("/", libraryPage({ ...upToDate(push), body: '<ul id="list"></ul>' }));
      await page.goto(`${proxy.url}/`);
      expect((await push.nextSocket()).transport).toBe(transport);
      for (const count of [1, 2]) push.broadcast(item(count));
      await expect(items(page)).toHaveText(["1", "2"]);
      await heartbeats();

      const first = push.sockets.length; // SockJS may have given one up that was slow to open
      await expect
        .poll(() => {
          if (push.sockets.length === first) proxy.cut(); // again, as between two polls there is nothing to cut
          return push.sockets.length;
        })
        .toBeGreaterThan(first);
      push.broadcast(item(3));
      await expect(items(page)).toHaveText(["1", "2", "3"]);
      expect(push.sockets.at(-1)?.transport).toBe(transport);

      await heartbeats();
      await drainEvents(page);
      proxy.stall();
      push.broadcast(item(4));
      await nextEvent(page, "pat-inject-async-state", { state: "waiting" });
      proxy.resume();
      push.broadcast(item(5));
      await expect(items(page)).toHaveText(["1", "2", "3", "4", "5"]);
      await page.close();
      await proxy.close();
    });
  }
});
