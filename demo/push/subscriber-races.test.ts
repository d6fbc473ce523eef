import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Bus } from "../bus/bus.ts";
import { createMemoryBus } from "../bus/memory.ts";
import { publish, resume, resumeTimeoutEnds, settled, subscribe } from "./test-support/subscribe.ts";

/** A bus whose readings wait until they are let go. */
function slowBus() {
  const bus = createMemoryBus({ now: () => 7 });
  const waiting: (() => void)[] = [];
  let readings = 0;
  const read: Bus["read"] = async (user, after) => {
    readings += 1;
    const reading = await bus.read(user, after);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return reading;
  };
  const letGo = async () => {
    waiting.shift()?.();
    await settled();
  };
  const slow: Bus = {
    read,
    publish: (user, it) => bus.publish(user, it),
    position: (user) => bus.position(user),
    listen: (user, wake) => bus.listen(user, wake),
    close: () => bus.close(),
  };
  return { slow, letGo, readings: () => readings };
}

describe("while the stream is being read", () => {
  // The resume's reading is under way and holds 7-1; 7-2 and 7-3 are published; the reading returns.
  test("messages are published: they follow in one more reading", async (t) => {
    const { slow, letGo, readings } = slowBus();
    await publish(slow, "/a");
    const { subscriber, sent } = subscribe(t, { bus: slow });
    subscriber.receive(resume("7-0"));
    await settled();
    await publish(slow, "/b", "/c");
    await letGo();
    assert.deepEqual(sent, ["welcome 7-1 true", "7-1 /a"]);
    await letGo();
    assert.deepEqual(sent, ["welcome 7-1 true", "7-1 /a", "7-2 /b", "7-3 /c"]);
    assert.equal(readings(), 2, "many wake-ups are one");
  });

  // A live reading is under way and holds 7-1; the resume arrives; the reading returns and is sent; the resume is late.
  test("the resume arrives: what the reading sent counts as sent", async (t) => {
    const { slow, letGo } = slowBus();
    const { subscriber, sent } = subscribe(t, { bus: slow, resumeTimeoutMs: 0 });
    await resumeTimeoutEnds();
    await letGo();
    await publish(slow, "/a");
    await settled();
    subscriber.receive(resume("7-0"));
    await letGo();
    await letGo();
    assert.deepEqual(sent, ["7-1 /a", "welcome 7-1 false"]);
  });

  // The reading of 7-1 and 7-2 holds 7-1 only; 7-3 is published; the reading returns, and wakes for 7-2 once more.
  test("it ends before the newest position, and a message is published: each follows once", async (t) => {
    const { slow, letGo, readings } = slowBus();
    const short: Bus = {
      ...slow,
      read: async (user, after) => {
        const reading = await slow.read(user, after);
        if (!reading.recovered) return reading;
        const entries = reading.entries.slice(0, 1);
        return { ...reading, entries, end: entries[0]?.id ?? reading.end };
      },
    };
    await publish(short, "/a", "/b");
    const { subscriber, sent } = subscribe(t, { bus: short });
    subscriber.receive(resume("7-0"));
    await settled();
    await publish(short, "/c");
    for (let n = 1; n <= 3; n += 1) {
      assert.equal(readings(), n, "one after the other");
      await letGo();
    }
    assert.deepEqual(sent, ["welcome 7-2 true", "7-1 /a", "7-2 /b", "7-3 /c"]);
  });

  test("the socket is closed: nothing is sent", async (t) => {
    const { slow, letGo } = slowBus();
    await publish(slow, "/a");
    const { subscriber, sent, closed } = subscribe(t, { bus: slow });
    subscriber.receive(resume("7-0"));
    await settled();
    subscriber.stop();
    subscriber.stop();
    await letGo();
    assert.deepEqual([sent, closed], [[], []]);
  });
});
