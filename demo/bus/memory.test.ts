import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { comparePositions } from "../protocol.ts";
import { busContract, message, urls } from "./bus.contract.ts";
import { createMemoryBus } from "./memory.ts";

busContract("in memory", {
  create: async (_t, bounds) => createMemoryBus(bounds),
  user: (name) => name,
});

/** A clock that only the test moves. */
function clock(start: number) {
  const it = { time: start, now: () => it.time };
  return it;
}

describe("ids", () => {
  test("carry the time and count within a millisecond", async () => {
    const time = clock(1000);
    const bus = createMemoryBus({ now: time.now });
    assert.equal(await bus.publish("jane", message("/a")), "1000-1");
    assert.equal(await bus.publish("jane", message("/b")), "1000-2");
    time.time = 1001;
    assert.equal(await bus.publish("jane", message("/c")), "1001-0");
  });

  test("increase even when the clock goes back", async () => {
    const time = clock(5000);
    const bus = createMemoryBus({ now: time.now });
    const ids = [];
    for (const moment of [5000, 6000, 10, 5999, 6000, 6001]) {
      time.time = moment;
      ids.push(await bus.publish("jane", message("/x")));
    }
    assert.deepEqual(ids, ["5000-1", "6000-0", "6000-1", "6000-2", "6000-3", "6001-0"]);
    assert.deepEqual(ids, ids.toSorted(comparePositions));
  });

  test("are each user's own", async () => {
    const bus = createMemoryBus({ now: () => 7 });
    assert.equal(await bus.publish("jane", message("/a")), "7-1");
    assert.equal(await bus.publish("joe", message("/a")), "7-1");
  });

  test("are whole milliseconds although the clock is finer", async () => {
    const bus = createMemoryBus({ now: () => 7.9 });
    assert.equal(await bus.publish("jane", message("/a")), "7-1");
  });
});

describe("reading", () => {
  test("after the position of an empty stream finds what came since", async () => {
    const time = clock(1000);
    const bus = createMemoryBus({ now: time.now });
    time.time = 2000;
    const rendered = await bus.position("jane");
    assert.equal(rendered, "1000-0");
    await bus.publish("jane", message("/a"));
    assert.deepEqual(await urls(bus, "jane", rendered), ["/a"]);
  });

  test("finds what came since although it came within the millisecond in which the bus began", async () => {
    const bus = createMemoryBus({ now: () => 7 });
    const rendered = await bus.position("jane");
    await bus.publish("jane", message("/a"));
    assert.deepEqual(await urls(bus, "jane", rendered), ["/a"]);
  });

  test("is done once for all who were woken together, and anew when there is more", async () => {
    const bus = createMemoryBus({ now: () => 7 });
    await bus.publish("jane", message("/a"));
    await bus.publish("joe", message("/b"));
    const reading = bus.read("jane", "7-0");
    assert.equal(bus.read("jane", "7-0"), reading);
    assert.deepEqual(await urls(bus, "joe", "7-0"), ["/b"], "nobody gets another's");
    assert.deepEqual(await urls(bus, "jane", "7-1"), [], "nor what has been read");
    assert.deepEqual(await urls(bus, "jane", "7-0"), ["/a"]);
    await bus.publish("jane", message("/c"));
    assert.deepEqual(await urls(bus, "jane", "7-0"), ["/a", "/c"]);
  });
});

describe("the bounds", () => {
  test("by count: the floor moves up to the newest entry that was dropped", async () => {
    const bus = createMemoryBus({ maxEntries: 2, now: () => 7 });
    await bus.publish("jane", message("/a"));
    await bus.publish("jane", message("/b"));
    assert.deepEqual(await urls(bus, "jane", "7-0"), ["/a", "/b"]);
    await bus.publish("jane", message("/c"));
    assert.equal((await bus.read("jane", "7-0")).recovered, false);
    assert.deepEqual(await urls(bus, "jane", "7-1"), ["/b", "/c"]);
  });

  test("by age: kept to the very millisecond, gone after it", async () => {
    const time = clock(0);
    const bus = createMemoryBus({ maxAgeMs: 100, now: time.now });
    time.time = 50;
    const position = await bus.publish("jane", message("/a"));
    time.time = 150;
    assert.deepEqual(await urls(bus, "jane", "0-0"), ["/a"]);
    time.time = 151;
    assert.equal((await bus.read("jane", "0-0")).recovered, false);
    assert.deepEqual(await urls(bus, "jane", position), [], "whoever saw the last one has missed nothing");
    assert.equal(await bus.position("jane"), position, "the newest position outlives its entry");
  });

  test("one entry is the least that can be kept", async () => {
    assert.throws(() => createMemoryBus({ maxEntries: 0 }), /maxEntries: expected .* at least 1, found 0/);
    const bus = createMemoryBus({ maxEntries: 1, now: () => 7 });
    for (const url of ["/a", "/b"]) await bus.publish("jane", message(url));
    assert.deepEqual(await urls(bus, "jane", "7-1"), ["/b"]);
  });
});

test("twice with one function wakes twice; each undo undoes one", async () => {
  const bus = createMemoryBus();
  let woken = 0;
  const wake = () => (woken += 1);
  const undo = bus.listen("jane", wake);
  bus.listen("jane", wake);
  await bus.publish("jane", message("/a"));
  undo();
  await bus.publish("jane", message("/b"));
  assert.equal(woken, 3);
});
