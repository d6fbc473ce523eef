/** What every bus promises, as tests: run against the one in memory and the one over Redis. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { comparePositions, MAX_MESSAGE_LENGTH, type Publication } from "../protocol.ts";
import type { Audience, Bus, Entry } from "./bus.ts";
import { parsePublication } from "./entry.ts";

export const message = (url: string): Publication => ({ type: "inject", url });

/** What tests tell an entry by. */
export function url({ text }: Entry): string {
  const it = parsePublication(text);
  return it.type === "push" ? it.marker : (it.url ?? it.html ?? "");
}

export async function urls(bus: Bus, audience: Audience, after: string): Promise<string[]> {
  const reading = await bus.read(audience, after);
  assert.ok(reading.recovered, `expected ${after} to be recovered`);
  return reading.entries.map(url);
}

/** Resolves at the first wake-up after which `condition` holds. */
export async function wokenUntil(bus: Bus, audience: Audience, condition: () => Promise<boolean>): Promise<void> {
  let undo = () => {};
  await new Promise<void>((resolve, reject) => {
    undo = bus.listen(audience, () => void condition().then((holds) => holds && resolve(), reject));
  });
  undo();
}

export interface BusContract {
  /** A bus that ends with the test. */
  create(t: TestContext, bounds?: { readonly maxEntries: number }): Promise<Bus>;
  /** Users that no other test has. */
  user(name: string): string;
  readonly skip?: string | false;
}

export function busContract(name: string, { create, user, skip = false }: BusContract): void {
  describe(`${name}: what every bus promises`, { skip }, () => {
    test("ids increase", async (t) => {
      const [bus, jane] = [await create(t), user("jane")];
      const ids = [];
      for (let n = 0; n < 20; n += 1) ids.push(await bus.publish(jane, message(`/${n}`)));
      assert.deepEqual(ids, ids.toSorted(comparePositions));
      assert.equal(new Set(ids).size, 20);
    });

    test("reading gives what is newer, oldest first, and the newest position", async (t) => {
      const [bus, jane] = [await create(t), user("jane")];
      const first = await bus.publish(jane, message("/a"));
      const second = await bus.publish(jane, { type: "push", marker: "counter" });
      const third = await bus.publish(jane, message("/c"));
      assert.deepEqual(await bus.read(jane, first), {
        recovered: true,
        position: third,
        end: third,
        entries: [
          {
            id: second,
            text: `{"type":"push","marker":"counter","id":"${second}"}`,
          },
          { id: third, text: `{"type":"inject","url":"/c","id":"${third}"}` },
        ],
      });
      assert.equal(await bus.position(jane), third);
    });

    test("after the newest position there is nothing, and nothing is lost", async (t) => {
      const [bus, jane] = [await create(t), user("jane")];
      const position = await bus.publish(jane, message("/a"));
      assert.deepEqual(await bus.read(jane, position), { recovered: true, position, entries: [], end: position });
    });

    test("after the position of a stream that did not exist comes everything since", async (t) => {
      const [bus, jane] = [await create(t), user("jane")];
      const rendered = await bus.position(jane);
      assert.deepEqual(await urls(bus, jane, rendered), []);
      // Within the millisecond, often.
      await bus.publish(jane, message("/a"));
      await bus.publish(jane, message("/b"));
      assert.deepEqual(await urls(bus, jane, rendered), ["/a", "/b"]);
    });

    test("readings that end before the newest position lead to it, end by end", async (t) => {
      const [bus, jane] = [await create(t), user("jane")];
      const rendered = await bus.position(jane);
      const expected = Array.from({ length: 250 }, (_, n) => `/${n}`);
      for (const url of expected) await bus.publish(jane, message(url));
      const found: string[] = [];
      for (let after = rendered; ; ) {
        const reading = await bus.read(jane, after);
        assert.ok(reading.recovered);
        found.push(...reading.entries.map(url));
        after = reading.end;
        if (reading.end === reading.position) break;
      }
      assert.deepEqual(found, expected);
    });

    for (const [what, after] of [
      ["another epoch", "999-9"],
      ["the far future", "18446744073709551615-0"],
      ["beyond all positions", "99999999999999999999-0"],
      ["no position at all", "yesterday"],
      ["nothing", ""],
      ["ten megabytes", "1".repeat(10_000_000)],
    ] as const) {
      test(`after a position from ${what} is a gap that names the newest`, async (t) => {
        const [bus, jane] = [await create(t), user("jane")];
        assert.equal((await bus.read(jane, after)).recovered, false, "without a stream");
        await bus.publish(jane, message("/a"));
        const position = await bus.publish(jane, message("/b"));
        assert.deepEqual(await bus.read(jane, after), { recovered: false, position });
        assert.deepEqual(await urls(bus, jane, position), []);
      });
    }

    test("the future is a gap, by one", async (t) => {
      const [bus, jane] = [await create(t), user("jane")];
      const [ms, n] = (await bus.publish(jane, message("/a"))).split("-");
      assert.equal((await bus.read(jane, `${ms}-${Number(n) + 1}`)).recovered, false);
    });

    test("the oldest entries are removed, and a reader who has missed one is told", async (t) => {
      const [bus, jane] = [await create(t, { maxEntries: 100 }), user("jane")];
      const rendered = await bus.position(jane);
      const ids = [];
      for (let n = 0; n < 400; n += 1) ids.push(await bus.publish(jane, message(`/${n}`)));
      assert.equal((await bus.read(jane, rendered)).recovered, false);
      assert.equal((await bus.read(jane, ids[0] ?? "")).recovered, false);
      assert.deepEqual(await urls(bus, jane, ids[397] ?? ""), ["/398", "/399"]);
    });

    test("a publication wakes the user's readers and nobody else's, until undone", async (t) => {
      const [bus, jane, joe] = [await create(t), user("jane"), user("joe")];
      const rendered = await bus.position(jane);
      let late = false;
      const undo = bus.listen(jane, () => assert.ok(!late, "woken after its undo"));
      const found = wokenUntil(bus, jane, async () => (await urls(bus, jane, rendered)).length === 1);
      await bus.publish(jane, message("/a"));
      await found;
      undo();
      undo();
      late = true;
      const after = await bus.position(joe);
      const other = wokenUntil(bus, joe, async () => (await urls(bus, joe, after)).length === 1);
      await bus.publish(jane, message("/b"));
      await bus.publish(joe, message("/c"));
      await other;
    });

    test("listeners are counted: the undo of one leaves the other", async (t) => {
      const [bus, jane] = [await create(t), user("jane")];
      const rendered = await bus.position(jane);
      bus.listen(jane, () => {})();
      const undo = bus.listen(jane, () => {});
      const found = wokenUntil(bus, jane, async () => (await urls(bus, jane, rendered)).length === 2);
      await bus.publish(jane, message("/a"));
      undo();
      await bus.publish(jane, message("/b"));
      await found;
    });

    test("users are whoever they are called", async (t) => {
      const bus = await create(t);
      const names = [
        "jane@example.org",
        "Jürgen Groß",
        "topic:news",
        "{tag}",
        "*",
        "a\nb",
        "%41",
        "A",
        "💡",
        "__proto__",
      ];
      for (const name of names) await bus.publish(user(name), message(`/${name.length}${name}`));
      for (const name of names) {
        const reading = await bus.read(user(name), await bus.position(user(name)));
        assert.ok(reading.recovered);
        await bus.publish(user(name), message("/second"));
        assert.deepEqual(await urls(bus, user(name), reading.position), ["/second"], name);
      }
    });

    test("a topic is one stream for all, no user's, whose messages say its name", async (t) => {
      const [bus, name] = [await create(t), user("news")];
      const news = { topic: name };
      const ofTopic = await bus.position(news);
      const ofUser = await bus.position(`topic:${name}`);
      const found = wokenUntil(bus, news, async () => (await urls(bus, news, ofTopic)).length === 1);
      const id = await bus.publish(news, message("/a"));
      await found;
      const reading = await bus.read(news, ofTopic);
      assert.ok(reading.recovered);
      assert.deepEqual(reading.entries, [{ id, text: `{"type":"inject","url":"/a","topic":"${name}","id":"${id}"}` }]);
      assert.deepEqual(await urls(bus, `topic:${name}`, ofUser), []);
    });

    for (const name of ["", "a:b", "a b", "*", "x".repeat(65)]) {
      test(`there is no topic ${JSON.stringify(name)}`, async (t) => {
        const bus = await create(t);
        await assert.rejects(bus.publish({ topic: name }, message("/a")), /topic: expected 1 to 64 letters/);
      });
    }

    test("a message that browsers would not read is refused", async (t) => {
      const [bus, jane] = [await create(t), user("jane")];
      const html = "x".repeat(MAX_MESSAGE_LENGTH);
      await assert.rejects(bus.publish(jane, { type: "inject", html }), /expected at most 1048451 characters, found/);
    });

    test("a closed bus takes no more messages; closing twice is closing once", async (t) => {
      const [bus, jane] = [await create(t), user("jane")];
      await bus.close();
      await bus.close();
      await assert.rejects(bus.publish(jane, message("/a")), /expected an open bus, found a closed one/);
    });
  });
}
