import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, type TestContext, test } from "node:test";
import { Redis } from "ioredis";
import { redisUrl, withoutRedis } from "../test-support/redis.ts";
import { busContract, message, urls, wokenUntil } from "./bus.contract.ts";
import { parsePublication } from "./entry.ts";
import { streamKey } from "./keys.ts";
import { connectRedisBus, type RedisBus, type RedisBusOptions } from "./redis.ts";

let url = "";
const undo: (() => Promise<void>)[] = [];
before(async () => {
  if (!withoutRedis) url = await redisUrl({ after: (step) => undo.push(step) });
});
after(async () => {
  for (const step of undo) await step();
});

const run = randomUUID();
let tests = 0;
/** A user of this test, whose name is as plain or as strange as it is. */
const user = (name: string) => `${name}${run}${tests}`;

async function create(t: TestContext, options: Partial<RedisBusOptions> = {}): Promise<RedisBus & { log: string[] }> {
  tests += 1;
  const log: string[] = [];
  const bus = await connectRedisBus({ url, log: (line) => log.push(line), ...options });
  t.after(() => bus.close());
  return Object.assign(bus, { log });
}

function raw(t: TestContext): Redis {
  const client = new Redis(url);
  t.after(() => client.disconnect());
  return client;
}

busContract("over Redis", { create, user, skip: withoutRedis });

describe("over Redis", { skip: withoutRedis }, () => {
  test("any program publishes with two commands", async (t) => {
    const [bus, client, jane] = [await create(t), raw(t), user("jane")];
    const rendered = await bus.position(jane);
    const found = wokenUntil(bus, jane, async () => (await urls(bus, jane, rendered)).length === 2);
    await client.xadd(`inject-async:${jane}`, "MAXLEN", "~", 1000, "*", "message", '{"url":"/a"}');
    await client.xadd(`inject-async:${jane}`, "MAXLEN", "~", 1000, "*", "message", '"/b"');
    await client.publish(`inject-async:${jane}`, "");
    await found;
    assert.deepEqual(await urls(bus, jane, rendered), ["/a", "/b"]);
  });

  test("entries that are no messages are left out, with one line each, and the order stays", async (t) => {
    const [bus, client, jane] = [await create(t), raw(t), user("jane")];
    const rendered = await bus.position(jane);
    const key = `inject-async:${jane}`;
    const add = (...fields: string[]) => client.xadd(key, "*", ...fields);
    await bus.publish(jane, message("/a"));
    await add("message", "{");
    await add("other", "x");
    await add("message", '{"type":"welcome","position":"1-0","recovered":true}');
    await add("message", JSON.stringify({ url: "x".repeat(10_000) }));
    await add("message", '{"url":"/forged","id":"9999999999999-0"}', "more", "fields");
    await bus.publish(jane, message("/z"));
    for (let n = 0; n < 3; n += 1) assert.deepEqual(await urls(bus, jane, rendered), ["/a", "/forged", "/z"]);
    const reading = await bus.read(jane, rendered);
    assert.ok(reading.recovered);
    for (const { id, text } of reading.entries) assert.equal(JSON.parse(text).id, id, "the stream's id counts");
    assert.equal(bus.log.length, 4);
    assert.match(bus.log[0] ?? "", /^bus: left out "inject-async:jane.* expected a JSON text, found "\{"/);
  });

  test("entries that are no messages at the end of a reading do not stop the reader", async (t) => {
    const [bus, client, jane] = [await create(t), raw(t), user("jane")];
    const rendered = await bus.position(jane);
    for (let n = 0; n < 150; n += 1) await client.xadd(`inject-async:${jane}`, "*", "message", "{");
    const last = await bus.publish(jane, message("/z"));
    const first = await bus.read(jane, rendered);
    assert.ok(first.recovered);
    assert.deepEqual(first.entries, []);
    assert.deepEqual(await urls(bus, jane, first.end), ["/z"]);
    assert.equal(first.position, last);
  });

  test("an id stays greater than the one before it when the clock goes back", async (t) => {
    const [bus, client, jane] = [await create(t), raw(t), user("jane")];
    const future = Date.now() + 3_600_000;
    await client.xadd(`inject-async:${jane}`, `${future}-0`, "message", '"/a"');
    assert.equal(await bus.publish(jane, message("/b")), `${future}-1`);
    assert.deepEqual(await urls(bus, jane, `${future}-0`), ["/b"]);
  });

  test("what is too old is removed but for the last of it", async (t) => {
    const client = raw(t);
    const id = (await client.info("server")).match(/^run_id:(\S+)/m)?.[1];
    await client.set("inject-async-floor", `${id} 0`);
    const [bus, jane] = [await create(t, { maxAgeMs: 10_000 }), user("jane")];
    const now = Date.now();
    const old = [now - 30_000, now - 20_000].map((ms) => `${ms}-0`);
    for (const id of old) await client.xadd(`inject-async:${jane}`, id, "message", '"/old"');
    await bus.publish(jane, message("/a"));
    assert.equal((await bus.read(jane, old[0] ?? "")).recovered, false);
    assert.deepEqual(await urls(bus, jane, old[1] ?? ""), ["/a"], "whoever saw the last one has missed nothing");
    assert.equal(await client.xlen(`inject-async:${jane}`), 2);
    assert.ok((await client.pttl(`inject-async:${jane}`)) > 0, "nothing is kept for ever");
  });

  test("a stream that was removed is a gap to whoever has seen a message of it", async (t) => {
    const [bus, client, jane] = [await create(t), raw(t), user("jane")];
    const seen = await bus.publish(jane, message("/a"));
    await client.del(`inject-async:${jane}`);
    assert.equal((await bus.read(jane, seen)).recovered, false);
    await bus.publish(jane, message("/b"));
    assert.equal((await bus.read(jane, seen)).recovered, false);
  });

  test("an entry that somebody has deleted is a gap to whoever has not seen it", async (t) => {
    const [bus, client, jane] = [await create(t), raw(t), user("jane")];
    const [first, second, third] = [
      await bus.publish(jane, message("/a")),
      await bus.publish(jane, message("/b")),
      await bus.publish(jane, message("/c")),
    ];
    await client.xdel(`inject-async:${jane}`, second);
    assert.equal((await bus.read(jane, first)).recovered, false);
    assert.deepEqual(await urls(bus, jane, second), ["/c"]);
    await client.xtrim(`inject-async:${jane}`, "MAXLEN", 0);
    assert.equal((await bus.read(jane, second)).recovered, false);
    assert.deepEqual(await urls(bus, jane, third), []);
  });

  test("readers that are up to date read many streams at once, each its own, whole and in order", async (t) => {
    const [bus, client] = [await create(t), raw(t)];
    const users = Array.from({ length: 450 }, (_, n) => user(`u${n}-`));
    const seen = await Promise.all(users.map((each) => bus.publish(each, message("/seen"))));
    for (const [n, each] of users.entries()) {
      for (let m = 0; m < n % 3; m += 1) await bus.publish(each, message(`/${n}/${m}`));
    }
    const [first = ""] = users;
    for (let n = 0; n < 250; n += 1) await client.xadd(`inject-async:${first}`, "*", "message", `"/0/${n}"`);
    const readings = await Promise.all(users.map((each, n) => bus.read(each, seen[n] ?? "", true)));
    for (const [n, reading] of readings.entries()) {
      assert.ok(reading.recovered);
      const length = n === 0 ? 100 : n % 3;
      const expected = Array.from({ length }, (_, m) => ({ type: "inject", url: `/${n}/${m}` }));
      assert.deepEqual(
        reading.entries.map(({ text }) => parsePublication(text)),
        expected,
      );
      assert.equal(reading.end, reading.entries.at(-1)?.id ?? seen[n]);
      assert.equal(reading.position, await bus.position(users[n] ?? ""));
    }
  });

  test("a reader that is not up to date any more is told of the gap", async (t) => {
    const [bus, client, jane] = [await create(t), raw(t), user("jane")];
    const read = async (after: string) => (await bus.read(jane, after, true)).recovered;
    const seen = await bus.publish(jane, message("/a"));
    assert.equal(await read(seen), true);
    const next = await bus.publish(jane, message("/b"));
    await client.xtrim(`inject-async:${jane}`, "MAXLEN", 1);
    assert.equal(await read(seen), false, "what it has seen is gone, and perhaps more");
    assert.equal(await read(next), true);
    await client.del(`inject-async:${jane}`);
    for (const after of [next, "", "nonsense", "99999999999999-0"]) assert.equal(await read(after), false, after);
  });

  test("many readers that are woken at once cost one reading", async (t) => {
    const [bus, client, jane] = [await create(t), raw(t), user("jane")];
    const rendered = await bus.position(jane);
    const [one, two] = [bus.read(jane, rendered), bus.read(jane, rendered)];
    assert.equal(one, two);
    const found = wokenUntil(bus, jane, async () => {
      const [again, shared] = [bus.read(jane, rendered), bus.read(jane, rendered)];
      assert.equal(again, shared);
      assert.notEqual(again, one, "a reading from before the wake-up may not have the entry");
      const reading = await again;
      return reading.recovered && reading.entries.length === 1;
    });
    await client.xadd(`inject-async:${jane}`, "*", "message", '"/a"');
    await client.publish(`inject-async:${jane}`, "");
    await found;
  });
});

test("plain user ids stand in the key as they are, everything else is percent-encoded", () => {
  for (const [id, key] of [
    ["jane", "inject-async:jane"],
    ["jane.doe+x@example.org", "inject-async:jane.doe+x@example.org"],
    ["topic:news", "inject-async:topic%3Anews"],
    ["a b*'()!{%}", "inject-async:a%20b%2A%27%28%29%21%7B%25%7D"],
    ["ü", "inject-async:%C3%BC"],
  ] as const) {
    assert.equal(streamKey(id), key);
  }
  for (const id of ["", "x".repeat(1025), "\ud800"]) assert.throws(() => streamKey(id), RangeError);
});
