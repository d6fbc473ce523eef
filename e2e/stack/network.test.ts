/** The network between the gateway and Redis is cut, or says nothing any more. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { connectRedisBus } from "../../demo/bus/redis.ts";
import { message, startSite, until } from "../../demo/push/test-support/site.ts";
import { startRedis, withoutRedisServer } from "../../demo/test-support/redis.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";

async function start(t: TestContext) {
  const redis = await startRedis(t);
  const network = await startTcpProxy({ target: redis.url });
  t.after(() => network.close());
  const log: string[] = [];
  const options = { log: (line: string) => log.push(line), pingMs: 1_000 };
  const far = await connectRedisBus({ ...options, url: network.url.replace("http", "redis") });
  const near = await connectRedisBus({ ...options, url: redis.url });
  for (const bus of [far, near]) t.after(() => bus.close());
  const site = await startSite(t, { bus: far });
  const jane = site.open("jane");
  jane.resume(null);
  await jane.next();
  return { network, far, near, site, jane, log };
}

describe("between the gateway and Redis", { skip: withoutRedisServer }, () => {
  test("connections are cut again and again: every message comes once and in order", async (t) => {
    const { network, near, site, jane } = await start(t);
    const expected = [];
    for (let n = 0; n < 200; n += 1) {
      if (n % 20 === 10) network.cut();
      expected.push({ type: "inject", url: `/${n}`, id: await near.publish("jane", message(`/${n}`)) });
    }
    assert.deepEqual(await jane.take(200), expected);
    assert.ok(network.counters.cut >= 2);
    assert.equal(site.gateway.connections, 1, "the socket has stayed open");
  });

  test("nothing arrives any more, and nobody says so: it is noticed, and nothing is lost", async (t) => {
    const { network, far, near, jane, log } = await start(t);
    network.stall();
    const ids = [await near.publish("jane", message("/a"))];
    await until(() => !far.isUp);
    ids.push(await near.publish("jane", message("/b")));
    network.resume();
    network.cut();
    for (const [n, id] of ids.entries())
      assert.deepEqual(await jane.next(), { type: "inject", url: `/${"ab"[n]}`, id });
    await until(() => far.isUp);
    assert.ok(log.some((line) => /lost Redis, will try again/.test(line)));
    assert.ok(log.some((line) => /Redis is back/.test(line)));
  });
});
