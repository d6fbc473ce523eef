import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { createMemoryBus } from "../bus/memory.ts";
import { call, openSilently } from "./test-support/browser.ts";
import { message, newSession, startSite } from "./test-support/site.ts";

describe("closing a gateway", () => {
  test("tells all sockets to come back, spread over time, and lets nobody in", async (t) => {
    const { origin, as, open, gateway } = await startSite(t);
    const browsers = Array.from({ length: 20 }, (_, n) =>
      open(n % 2 ? "jane" : "joe", n < 3 ? "/push/websocket" : undefined),
    );
    await Promise.all(browsers.map(({ opened }) => opened));
    const times: number[] = [];
    for (const { closed } of browsers) void closed.then(() => times.push(performance.now()));

    const closing = gateway.close({ spreadMs: 1_000 });
    assert.equal((await call("GET", `${origin}/push/info`, as("jane"))).status, 503);
    await closing;
    for (const { closed } of browsers) assert.deepEqual(await closed, { code: 4503, reason: "come back" });
    assert.ok(Math.max(...times) - Math.min(...times) > 20, "not all at once");
    assert.equal(gateway.connections, 0);
  });

  test("twice is closing once, also without any socket", async (t) => {
    const { gateway } = await startSite(t);
    const first = gateway.close();
    assert.equal(gateway.close({ spreadMs: 1000 }), first);
    await first;
    await gateway.close();
  });

  test("cuts off a browser that does not say goodbye", async (t) => {
    const { origin, as, gateway } = await startSite(t);
    const silent = await openSilently(`${origin}${newSession("websocket")}`, as("jane"));
    await gateway.close();
    const closed = once(silent, "close");
    silent.resume();
    await closed;
  });

  test("loses no history: after a restart on the same bus a browser resumes where it was", async (t) => {
    const bus = createMemoryBus();
    const before = await startSite(t, { bus });
    const jane = before.open("jane");
    jane.resume(null);
    await jane.next();
    const seen = await bus.publish("jane", message("/seen"));
    await jane.next();
    await before.gateway.close();
    const missed = await bus.publish("jane", message("/missed"));

    const after = await startSite(t, { bus });
    const again = after.open("jane");
    again.resume(seen);
    assert.deepEqual(await again.take(2), [
      { type: "welcome", position: missed, recovered: true },
      { type: "inject", url: "/missed", id: missed },
    ]);
  });
});
