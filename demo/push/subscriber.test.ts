import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Bus } from "../bus/bus.ts";
import { createMemoryBus } from "../bus/memory.ts";
import { publish, resume, resumeTimeoutEnds, settled, subscribe } from "./test-support/subscribe.ts";

describe("before the browser has said where it stands", () => {
  test("messages wait, and come after the welcome", async (t) => {
    const { bus, subscriber, sent } = subscribe(t);
    await publish(bus, "/a", "/b");
    await settled();
    assert.deepEqual(sent, []);
    subscriber.receive(resume(null));
    await settled();
    assert.deepEqual(sent, ["welcome 7-0 true", "7-1 /a", "7-2 /b"]);
  });

  test("or does so too late, messages since the opening are sent", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { bus, sent } = subscribe(t, { resumeTimeoutMs: 100 });
    await publish(bus, "/a");
    t.mock.timers.tick(99);
    await settled();
    assert.deepEqual(sent, []);
    t.mock.timers.tick(1);
    await settled();
    await publish(bus, "/b");
    await settled();
    assert.deepEqual(sent, ["7-1 /a", "7-2 /b"]);
  });

  for (const [asked, expected] of [
    ["7-1", ["7-3 /c", "welcome 7-3 false", "7-4 /d"]],
    ["7-3", ["7-3 /c", "welcome 7-3 true", "7-4 /d"]],
    [null, ["7-3 /c", "welcome 7-3 true", "7-4 /d"]],
  ] as const) {
    // 7-1 and 7-2 are in the stream; the socket opens; the resume does not come in time; 7-3 is sent live; the resume
    // arrives.
    test(`a late resume from ${asked} repeats nothing, reorders nothing, and admits a gap`, async (t) => {
      const bus = createMemoryBus({ now: () => 7 });
      await publish(bus, "/a", "/b");
      const { subscriber, sent } = subscribe(t, { resumeTimeoutMs: 0, bus });
      await resumeTimeoutEnds();
      await publish(bus, "/c");
      await settled();
      subscriber.receive(resume(asked));
      await settled();
      await publish(bus, "/d");
      await settled();
      assert.deepEqual(sent, expected);
    });
  }

  test("a late resume is replayed as long as nothing was sent", async (t) => {
    const bus = createMemoryBus({ now: () => 7 });
    await publish(bus, "/a");
    const { subscriber, sent } = subscribe(t, { resumeTimeoutMs: 0, bus });
    await resumeTimeoutEnds();
    subscriber.receive(resume("7-0"));
    await settled();
    assert.deepEqual(sent, ["welcome 7-1 true", "7-1 /a"]);
  });
});

describe("a browser that takes messages slowly", () => {
  test("gets them as there is room, once and in order", async (t) => {
    const { bus, subscriber, sent, take } = subscribe(t);
    subscriber.receive(resume(null));
    await take(2);
    await publish(bus, "/a", "/b", "/c", "/d");
    await settled();
    assert.deepEqual(sent, ["welcome 7-0 true", "7-1 /a"]);
    await take(2);
    await take(5);
    assert.deepEqual(sent, ["welcome 7-0 true", "7-1 /a", "7-2 /b", "7-3 /c", "7-4 /d"]);
  });

  test("so slowly that the stream has moved on is told of the gap", async (t) => {
    const { bus, subscriber, sent, take } = subscribe(t, { bus: createMemoryBus({ maxEntries: 2, now: () => 7 }) });
    subscriber.receive(resume(null));
    await take(2);
    await publish(bus, "/a", "/b", "/c", "/d");
    await take(9);
    await publish(bus, "/e");
    await settled();
    assert.deepEqual(sent, ["welcome 7-0 true", "7-1 /a", "welcome 7-4 false", "7-5 /e"]);
  });
});

describe("what goes wrong", () => {
  test("a second resume is not of the protocol", async (t) => {
    const { subscriber, sent, log } = subscribe(t);
    subscriber.receive(resume(null));
    subscriber.receive(resume(null));
    await settled();
    assert.deepEqual(sent, ["welcome 7-0 true"]);
    assert.match(log.join(), /expected one resume per socket, found another/);
  });

  test("what is no text at all is garbage too", (t) => {
    const { subscriber, closed, log } = subscribe(t);
    for (const data of [null, 7, {}, [], Buffer.alloc(3), undefined, "x".repeat(5000)]) subscriber.receive(data);
    assert.equal(log.length, 7);
    assert.deepEqual(closed, []);
    for (let n = 0; n < 10; n += 1) subscriber.receive("garbage");
    assert.deepEqual(closed, [4400]);
  });

  test("a stream that cannot be read closes the socket, for the browser to come back", async (t) => {
    const bus = createMemoryBus();
    const broken: Bus = {
      publish: (user, it) => bus.publish(user, it),
      position: (user) => bus.position(user),
      listen: (user, wake) => bus.listen(user, wake),
      close: () => bus.close(),
      read: () => Promise.reject(new Error("expected a PONG, found silence")),
    };
    const { subscriber, closed, log } = subscribe(t, { bus: broken });
    subscriber.receive(resume("7-0"));
    await settled();
    assert.deepEqual(closed, [4503]);
    assert.match(log.join(), /cannot read the stream: Error: expected a PONG/);
  });
});
