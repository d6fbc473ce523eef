import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Bus } from "../bus/bus.ts";
import { connectRedisBus } from "../bus/redis.ts";
import { GRANTS_PURPOSE, Grants } from "../grants.ts";
import { deriveKey } from "../secret.ts";
import { startRedis, withoutRedisServer } from "../test-support/redis.ts";
import { failingGateway, startGateway, startPlone } from "./test-support/process.ts";
import { FakePlone, message } from "./test-support/site.ts";

const AOF = ["--appendonly", "yes"];

async function start(t: TestContext, settings: readonly string[] = []) {
  const redis = await startRedis(t, settings);
  const environment = { REDIS_URL: redis.url, PLONE_URL: await startPlone(t) };
  const bus = await connectRedisBus({ url: redis.url, log: () => {}, timeoutMs: 10_000 });
  t.after(() => bus.close());
  return { redis, bus, environment };
}

/** A gateway, and a page of Jane's that has had a message. */
async function afterOneMessage(t: TestContext, bus: Bus, environment: Readonly<Record<string, string>>) {
  const gateway = await startGateway(t, environment);
  const jane = gateway.open("jane");
  jane.resume(null);
  await jane.next();
  await bus.publish("jane", message("/a"));
  await jane.next();
  return { gateway, jane };
}

describe("the gateway as a process", { skip: withoutRedisServer }, () => {
  test("two of them: one user's two sockets on different ones get each message once", async (t) => {
    const { bus, environment } = await start(t);
    const gateways = await Promise.all([startGateway(t, environment), startGateway(t, environment)]);
    const browsers = gateways.map(({ open }) => open("jane"));
    for (const browser of browsers) {
      browser.resume(null);
      await browser.next();
    }
    const ids = [];
    for (let n = 0; n < 100; n += 1) ids.push(await bus.publish("jane", message(`/${n}`)));
    await bus.publish("joe", message("/joe"));
    const expected = ids.map((id, n) => ({ type: "inject", url: `/${n}`, id }));
    for (const browser of browsers) assert.deepEqual(await browser.take(100), expected);
    const last = await bus.publish("jane", message("/last"));
    for (const browser of browsers) assert.deepEqual(await browser.next(), { type: "inject", url: "/last", id: last });
  });

  test("each says that it is there, with its sockets; whoever is stopped or killed is not, and Redis may lose it", async (t) => {
    const { redis, bus, environment } = await start(t);
    assert.deepEqual(await bus.gateways(), []);
    const [first, second] = await Promise.all([startGateway(t, environment), startGateway(t, environment)]);
    const there = async () => (await bus.gateways()).map(({ sockets }) => sockets).sort();
    const until = async (...expected: readonly number[]) => {
      while ((await there()).join() !== expected.join()) await sleep(50);
    };
    await until(0, 0);
    const jane = first.open("jane");
    jane.resume(null);
    await jane.next();
    await until(0, 1);
    await redis.kill();
    await redis.restart();
    await until(0, 1);
    assert.equal(await second.stop("SIGTERM"), 0);
    assert.deepEqual(await there(), [1]);
    await first.stop("SIGKILL");
    assert.deepEqual(await there(), [1], "it may only be slow");
    await until();
  });

  test("two of them: one message to a topic is one entry, and reaches all who were granted it", async (t) => {
    const { bus, environment } = await start(t);
    const SECRET = "the secret that Plone has too";
    const grants = new Grants(deriveKey(SECRET, GRANTS_PURPOSE));
    const news = { topic: "news" };
    const gateways = [
      await startGateway(t, { ...environment, SECRET }),
      await startGateway(t, { ...environment, SECRET }),
      await startGateway(t, environment),
    ];
    const position = await bus.position(news);
    const browsers = gateways.map(({ open }) => open("jane"));
    const [first, second, withoutSecret] = browsers;
    assert.ok(first && second && withoutSecret);
    for (const browser of browsers) {
      const topics = { [grants.sign("news", "jane")]: position };
      browser.send(JSON.stringify({ type: "resume", position: null, topics }));
      await browser.next();
    }
    for (const browser of [first, second]) {
      assert.match(JSON.stringify(await browser.next()), /^\{"type":"welcome","topic":"news".*"recovered":true\}$/);
    }
    const ids = [];
    for (let n = 0; n < 50; n += 1) ids.push(await bus.publish(news, message(`/${n}`)));
    const last = await bus.publish("jane", message("/last"));
    const expected = ids.map((id, n) => ({ type: "inject", url: `/${n}`, topic: "news", id }));
    for (const browser of [first, second]) {
      const found = await browser.take(51);
      assert.deepEqual(
        found.filter((it) => !JSON.stringify(it).includes("/last")),
        expected,
      );
    }
    assert.deepEqual(await withoutSecret.next(), { type: "inject", url: "/last", id: last });
  });

  test("killed and started again: what came meanwhile is replayed", async (t) => {
    const { bus, environment } = await start(t);
    const before = await startGateway(t, environment);
    const jane = before.open("jane");
    jane.resume(null);
    await jane.next();
    const seen = await bus.publish("jane", message("/seen"));
    await jane.next();
    await before.stop("SIGKILL");
    await jane.closed;
    const missed = await bus.publish("jane", message("/missed"));

    const after = await startGateway(t, environment);
    const again = after.open("jane");
    again.resume(seen);
    assert.deepEqual(await again.take(2), [
      { type: "welcome", position: missed, recovered: true },
      { type: "inject", url: "/missed", id: missed },
    ]);
    assert.equal(await after.metric("inject_async_replays_total"), 1);
  });

  test("told to stop, it tells its browsers to come back", async (t) => {
    const { environment } = await start(t);
    const gateway = await startGateway(t, environment);
    const jane = gateway.open("jane");
    await jane.opened;
    assert.equal(await gateway.stop("SIGTERM"), 0);
    assert.deepEqual(await jane.closed, { code: 4503, reason: "come back" });
  });

  test("RECHECK_SECONDS is how often it asks whose the cookies of open sockets are", { timeout: 25_000 }, async (t) => {
    const { environment } = await start(t);
    const plone = new FakePlone();
    const PLONE_URL = await startPlone(t, plone);
    const gateway = await startGateway(t, { ...environment, PLONE_URL, RECHECK_SECONDS: "1" });
    await gateway.open("jane").opened;
    // One at the door. Of the others at most two come within the time limit when it asks once in 15 s.
    await plone.questions(4);
  });

  test("Redis restarted with its append-only file: sockets stay open and nothing is lost", async (t) => {
    const { redis, bus, environment } = await start(t, AOF);
    const { gateway, jane } = await afterOneMessage(t, bus, environment);
    await redis.kill();
    await until(async () => (await gateway.metric("inject_async_redis_up")) === 0);
    assert.match(gateway.log(), /lost Redis, will try again/);
    await redis.restart();
    const id = await bus.publish("jane", message("/b"));
    assert.deepEqual(await jane.next(), { type: "inject", url: "/b", id });
    await until(async () => (await gateway.metric("inject_async_redis_up")) === 1);
    assert.equal(await gateway.metric("inject_async_gaps_total"), 0);
    assert.equal(await gateway.metric("inject_async_sockets"), 1);
  });

  test("Redis restarted without persistence: an open socket is told of the gap, and goes on", async (t) => {
    const { redis, bus, environment } = await start(t);
    const { jane } = await afterOneMessage(t, bus, environment);
    await redis.kill();
    await redis.restart();
    const gap = await jane.next();
    assert.ok(typeof gap === "object" && gap !== null && "recovered" in gap && gap.recovered === false);
    const id = await bus.publish("jane", message("/b"));
    assert.deepEqual(await jane.next(), { type: "inject", url: "/b", id });
  });

  test("does not start without Redis, with a wrong password, without one, or without its settings", async (t) => {
    const redis = await startRedis(t, ["--requirepass", "right"]);
    for (const [REDIS_URL, expected] of [
      ["redis://127.0.0.1:1", "cannot use Redis: connect ECONNREFUSED 127.0.0.1:1\n"],
      [redis.url.replace("//", "//:wrong@"), /^cannot use Redis: WRONGPASS [^@]*\n$/],
      [redis.url, /^cannot use Redis: NOAUTH /],
      ["", "REDIS_URL: expected a URL that begins with redis:// or rediss://, found nothing\n"],
    ] as const) {
      const { code, text } = await failingGateway({ REDIS_URL });
      assert.equal(code, 1);
      if (typeof expected === "string") assert.equal(text, expected);
      else assert.match(text, expected);
    }
  });
});

/** Asks again and again, for what has no event. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}
