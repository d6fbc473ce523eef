import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createMemoryBus } from "../bus/memory.ts";
import { message, startSite } from "./test-support/site.ts";

/** Long enough that a test which depends on it does not end. */
const NEVER = 60 * 60 * 1000;

describe("a user's messages", () => {
  test("reach all sockets of that user and nobody else's", async (t) => {
    const { bus, gateway, open } = await startSite(t, { resumeTimeoutMs: NEVER });
    const [jane, again, joe] = [open("jane"), open("jane"), open("joe")];
    for (const browser of [jane, again, joe]) {
      browser.resume(null);
      await browser.next();
    }
    assert.equal(gateway.connections, 3);
    const id = await bus.publish("jane", message("/a"));
    const other = await bus.publish("joe", message("/b"));
    assert.deepEqual(await jane.next(), { type: "inject", url: "/a", id });
    assert.deepEqual(await again.next(), { type: "inject", url: "/a", id });
    assert.deepEqual(await joe.next(), { type: "inject", url: "/b", id: other });
  });

  test("reach a browser that ignores the protocol, from its opening on", async (t) => {
    const { bus, open } = await startSite(t, { resumeTimeoutMs: 1 });
    await bus.publish("jane", message("/before"));
    for (const path of [undefined, "/push/websocket"]) {
      const simple = open("jane", path);
      await simple.opened;
      const id = await bus.publish("jane", message("/after"));
      assert.deepEqual(await simple.next(), { type: "inject", url: "/after", id });
    }
  });

  test("reach the sockets of two gateways on one bus", async (t) => {
    const bus = createMemoryBus();
    const sites = [await startSite(t, { bus }), await startSite(t, { bus })];
    const browsers = sites.map(({ open }) => open("jane"));
    for (const browser of browsers) {
      browser.resume(null);
      await browser.next();
    }
    const id = await bus.publish("jane", message("/a"));
    for (const browser of browsers) assert.deepEqual(await browser.next(), { type: "inject", url: "/a", id });
  });
});

describe("resume", () => {
  test("without a position adopts the newest and replays nothing", async (t) => {
    const { bus, open } = await startSite(t, { resumeTimeoutMs: NEVER });
    const position = await bus.publish("jane", message("/old"));
    const jane = open("jane");
    jane.resume(null);
    assert.deepEqual(await jane.next(), { type: "welcome", position, recovered: true });
    const id = await bus.publish("jane", message("/new"));
    assert.deepEqual(await jane.next(), { type: "inject", url: "/new", id });
  });

  test("with the position of the rendered page replays what came since, then goes on live", async (t) => {
    const { bus, open } = await startSite(t, { resumeTimeoutMs: NEVER });
    const rendered = await bus.position("jane");
    const first = await bus.publish("jane", message("/a"));
    const second = await bus.publish("jane", { type: "push", marker: "message_counter" });
    const jane = open("jane");
    jane.resume(rendered);
    assert.deepEqual(await jane.take(3), [
      { type: "welcome", position: second, recovered: true },
      { type: "inject", url: "/a", id: first },
      { type: "push", marker: "message_counter", id: second },
    ]);
    const third = await bus.publish("jane", message("/c"));
    assert.deepEqual(await jane.next(), { type: "inject", url: "/c", id: third });
  });

  test("with a position the stream cannot bridge is a gap: nothing is replayed, live messages follow", async (t) => {
    const { bus, open } = await startSite(t, { bus: createMemoryBus({ maxEntries: 2 }), resumeTimeoutMs: NEVER });
    const lost = await bus.position("jane");
    for (const url of ["/a", "/b", "/c"]) await bus.publish("jane", message(url));
    const position = await bus.position("jane");
    for (const asked of [lost, "1-0", "99999999999999-0", "yesterday", ""]) {
      const jane = open("jane");
      jane.resume(asked);
      assert.deepEqual(await jane.next(), { type: "welcome", position, recovered: false }, asked);
    }
    const jane = open("jane");
    jane.resume("nonsense");
    await jane.next();
    const id = await bus.publish("jane", message("/d"));
    assert.deepEqual(await jane.next(), { type: "inject", url: "/d", id });
  });

  test("in the middle of bursts gives every message once and in order", async (t) => {
    const { bus, open } = await startSite(t, { resumeTimeoutMs: NEVER });
    const rendered = await bus.position("jane");
    let published = 0;
    const burst = async (count: number) => {
      for (let n = 0; n < count; n += 1) {
        await bus.publish("jane", message(`/${published}`));
        published += 1;
      }
    };
    await burst(50);
    const jane = open("jane");
    await burst(50);
    await jane.opened;
    // The resume is on its way while more is published, before, between and after its arrival.
    jane.resume(rendered);
    for (let round = 0; round < 20; round += 1) {
      await burst(20);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(isWelcome(await jane.next()));
    const urls = (await jane.take(published)).map((it) => (isInject(it) ? it.url : it));
    assert.deepEqual(
      urls,
      Array.from({ length: published }, (_, n) => `/${n}`),
    );
    // A last one, to see that nothing came after them that should not have.
    const id = await bus.publish("jane", message("/last"));
    assert.deepEqual(await jane.next(), { type: "inject", url: "/last", id });
  });
});

describe("garbage from the browser", () => {
  test("is ignored, with one line in the log for each", async (t) => {
    const { open, log } = await startSite(t, { resumeTimeoutMs: NEVER });
    const jane = open("jane");
    jane.send("{", '{"type":"hello"}', '{"type":"resume","position":7}', "x".repeat(5000));
    jane.resume(null);
    assert.ok(isWelcome(await jane.next()));
    assert.equal(log.length, 4);
    assert.match(log[3] ?? "", /^push: "jane": .*expected a text of at most 4096 characters, found 5000 characters/);
  });

  test("in a flood closes the socket with 4400, and the gateway lives on", async (t) => {
    const { open, log } = await startSite(t);
    for (const path of [undefined, "/push/websocket"]) {
      const jane = open("jane", path);
      // All in one frame, which sockjs hands out in one go.
      if (path === undefined) jane.send(...Array.from({ length: 1000 }, () => "garbage"));
      else for (let n = 0; n < 1000; n += 1) jane.send("garbage");
      assert.equal((await jane.closed).code, 4400);
    }
    assert.equal(log.length, 20, "the rest of the flood is not even logged");
    const joe = open("joe");
    joe.resume(null);
    assert.ok(isWelcome(await joe.next()));
  });
});

test("heartbeats are visible to a page over WebSocket", async (t) => {
  const { open } = await startSite(t, { heartbeatMs: 20 });
  const jane = open("jane");
  await jane.heartbeat;
});

function isWelcome(value: unknown): boolean {
  return typeof value === "object" && value !== null && "type" in value && value.type === "welcome";
}

function isInject(value: unknown): value is { readonly url: unknown } {
  return typeof value === "object" && value !== null && "url" in value;
}
