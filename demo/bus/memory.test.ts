import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { comparePositions } from "../protocol.ts";
import type { Publication } from "./bus.ts";
import { createMemoryBus } from "./memory.ts";

const message = (url: string): Publication => ({ type: "inject", url });

/** A clock that only the test moves. */
function clock(start: number) {
  const it = { time: start, now: () => it.time };
  return it;
}

async function urls(bus: ReturnType<typeof createMemoryBus>, user: string, after: string) {
  const reading = await bus.read(user, after);
  assert.ok(reading.recovered, `expected ${after} to be recovered`);
  return reading.entries.map(({ message }) => (message.type === "inject" ? message.url : message.marker));
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
  test("gives what is newer, oldest first, and the newest position", async () => {
    const bus = createMemoryBus({ now: () => 7 });
    for (const url of ["/a", "/b", "/c"]) await bus.publish("jane", message(url));
    assert.deepEqual(await bus.read("jane", "7-1"), {
      recovered: true,
      position: "7-3",
      entries: [
        { id: "7-2", message: message("/b") },
        { id: "7-3", message: message("/c") },
      ],
    });
  });

  test("after the newest position is recovered and empty", async () => {
    const bus = createMemoryBus({ now: () => 7 });
    const position = await bus.publish("jane", message("/a"));
    assert.deepEqual(await bus.read("jane", position), { recovered: true, position, entries: [] });
  });

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

  for (const [name, after] of [
    ["another epoch", "999-9"],
    ["the future", "1000-3"],
    ["the far future", "18446744073709551615-0"],
    ["no position at all", "yesterday"],
    ["nothing", ""],
    ["ten megabytes", "1".repeat(10_000_000)],
  ] as const) {
    test(`after a position from ${name} is a gap that names the newest`, async () => {
      const bus = createMemoryBus({ now: () => 1000 });
      await bus.publish("jane", message("/a"));
      await bus.publish("jane", message("/b"));
      assert.deepEqual(await bus.read("jane", after), { recovered: false, position: "1000-2" });
    });
  }
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

describe("listening", () => {
  test("wakes the user's readers and nobody else's, until undone", async () => {
    const bus = createMemoryBus();
    const woken: string[] = [];
    const undo = bus.listen("jane", () => woken.push("jane"));
    bus.listen("joe", () => woken.push("joe"));
    await bus.publish("jane", message("/a"));
    undo();
    undo();
    await bus.publish("jane", message("/b"));
    assert.deepEqual(woken, ["jane"]);
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

  test("an entry can be read by the time its wake-up comes", async () => {
    const bus = createMemoryBus({ now: () => 7 });
    const found = new Promise((resolve) => bus.listen("jane", () => resolve(urls(bus, "jane", "7-0"))));
    await bus.publish("jane", message("/a"));
    assert.deepEqual(await found, ["/a"]);
  });
});

test("a closed bus takes no more messages; closing twice is closing once", async () => {
  const bus = createMemoryBus();
  await bus.close();
  await bus.close();
  await assert.rejects(bus.publish("jane", message("/a")), /expected an open bus/);
});
