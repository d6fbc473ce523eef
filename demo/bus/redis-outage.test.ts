import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { Redis } from "ioredis";
import { startRedisPair } from "../test-support/failover.ts";
import { type RedisServer, startRedis, withoutRedisServer } from "../test-support/redis.ts";
import { message, urls, wokenUntil } from "./bus.contract.ts";
import { connectRedisBus } from "./redis.ts";

async function connect(t: TestContext, { url }: Pick<RedisServer, "url">, timeoutMs = 10_000) {
  const log: string[] = [];
  const bus = await connectRedisBus({ url, log: (line) => log.push(line), timeoutMs });
  t.after(() => bus.close());
  return { bus, log };
}

describe("Redis, restarted", { skip: withoutRedisServer }, () => {
  test("with its append-only file: nothing is lost", async (t) => {
    const redis = await startRedis(t, ["--appendonly", "yes"]);
    const { bus, log } = await connect(t, redis);
    const rendered = await bus.position("jane");
    const seen = await bus.publish("jane", message("/a"));
    await bus.publish("jane", message("/b"));
    await redis.kill();
    const reading = bus.read("jane", seen);
    await redis.restart();
    const { recovered } = await reading;
    assert.ok(recovered, "a reader waits for Redis");
    assert.deepEqual(await urls(bus, "jane", rendered), ["/a", "/b"]);
    await bus.publish("jane", message("/c"));
    assert.deepEqual(await urls(bus, "jane", seen), ["/b", "/c"]);
    assert.ok(log.some((line) => line.includes("lost Redis")) && log.some((line) => line.includes("Redis is back")));
  });

  for (const [how, settings] of [
    ["without persistence", []],
    ["with an old snapshot", ["--dbfilename", "old.rdb"]],
  ] as const) {
    test(`${how}: an explicit gap, to those who saw the last message and to those who did not`, async (t) => {
      const redis = await startRedis(t, settings);
      const { bus } = await connect(t, redis);
      const rendered = await bus.position("joe");
      const seen = await bus.publish("jane", message("/a"));
      if (settings.length > 0) await save(redis);
      const lost = await bus.publish("jane", message("/lost"));
      await redis.kill();
      await redis.restart();
      for (const after of [seen, lost]) assert.equal((await bus.read("jane", after)).recovered, false, after);
      assert.equal((await bus.read("joe", rendered)).recovered, false, "joe's stream might have existed");
      const { position } = await bus.read("jane", seen);
      assert.deepEqual(await urls(bus, "jane", position), [], "one gap, not one after the other");
      await bus.publish("jane", message("/b"));
      assert.deepEqual(await urls(bus, "jane", position), ["/b"]);
    });
  }

  test("readers are woken by then, for what they were not told of", async (t) => {
    const redis = await startRedis(t, ["--appendonly", "yes"]);
    const { bus } = await connect(t, redis);
    const { bus: other } = await connect(t, redis);
    const rendered = await bus.position("jane");
    const first = wokenUntil(bus, "jane", async () => (await urls(bus, "jane", rendered)).length === 1);
    await bus.publish("jane", message("/a"));
    await first;
    const second = wokenUntil(bus, "jane", async () => (await urls(bus, "jane", rendered)).length === 2);
    await redis.kill();
    await redis.restart();
    await other.position("jane");
    await other.publish("jane", message("/b"));
    await second;
  });

  test("who publishes while it is away is told", async (t) => {
    const redis = await startRedis(t);
    const { bus } = await connect(t, redis, 200);
    await redis.kill();
    await assert.rejects(bus.publish("jane", message("/a")), /expected Redis within 200 ms, found none|onnection/);
    await assert.rejects(bus.position("jane"), /expected Redis within 200 ms, found none/);
    assert.equal(bus.isUp, false);
  });
});

describe("Redis, failed over to a replica", { skip: withoutRedisServer }, () => {
  test("which may not have got the last messages: an explicit gap, and no other one when that is restarted", async (t) => {
    const pair = await startRedisPair(t);
    const { bus } = await connect(t, pair);
    const seen = await bus.publish("jane", message("/a"));
    await pair.promote();
    const lost = await bus.publish("jane", message("/lost"));
    await pair.failOver();
    for (const after of [seen, lost]) assert.equal((await bus.read("jane", after)).recovered, false, after);
    const { position } = await bus.read("jane", seen);
    await bus.publish("jane", message("/b"));
    assert.deepEqual(await urls(bus, "jane", position), ["/b"], "one gap, not one after the other");
    await pair.replica.kill();
    await pair.replica.restart();
    assert.deepEqual(await urls(bus, "jane", position), ["/b"]);
  });
});

describe("Redis, at the start", { skip: withoutRedisServer }, () => {
  test("absent: an error that says so", async (t) => {
    const redis = await startRedis(t);
    await redis.kill();
    await assert.rejects(connect(t, redis), /^Error: cannot use Redis: connect ECONNREFUSED 127.0.0.1:\d+$/);
  });

  test("full, or only a replica: an error with what Redis says", async (t) => {
    const full = await startRedis(t, ["--maxmemory", "1", "--maxmemory-policy", "noeviction"]);
    await assert.rejects(connect(t, full), /^Error: cannot use Redis: OOM /);
    // Of a master that is not there.
    const replica = await startRedis(t, ["--replicaof", "127.0.0.1", "1"]);
    await assert.rejects(connect(t, replica), /^Error: cannot use Redis: READONLY /);
  });

  test("with another password: an error that says so, and not the password", async (t) => {
    const redis = await startRedis(t, ["--requirepass", "right"]);
    await assert.rejects(connect(t, redis), /^Error: cannot use Redis: NOAUTH/);
    const url = redis.url.replace("//", "//:wrong@");
    await assert.rejects(connect(t, { ...redis, url }), /^Error: cannot use Redis: WRONGPASS(?!.*wrong@)/);
    await connect(t, { ...redis, url: redis.url.replace("//", "//:right@") });
  });
});

async function save({ url }: RedisServer): Promise<void> {
  const client = new Redis(url);
  await client.save();
  client.disconnect();
}
