import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, type TestContext, test } from "node:test";
import type { Bus } from "../../bus/bus.ts";
import { parsePublication } from "../../bus/entry.ts";
import { createMemoryBus } from "../../bus/memory.ts";
import { call } from "../test-support/browser.ts";
import { listen, message, startSite } from "../test-support/site.ts";
import { createInternal } from "./app.ts";
import { Metrics } from "./metrics.ts";

const SECRET = "sixteen letters.";

async function start(
  t: TestContext,
  { bus = createMemoryBus(), secret = SECRET }: Partial<{ bus: Bus; secret: string }> = {},
) {
  const metrics = new Metrics();
  const log: string[] = [];
  const options = { bus, secret: secret || undefined, metrics, log: (line: string) => log.push(line) };
  const url = await listen(t, createServer(createInternal(options)));
  const publish = async (body: unknown, authorization = `Bearer ${SECRET}`) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const answer = await call("POST", `${url}/publish`, { Authorization: authorization }, text);
    return { ...answer, json: JSON.parse(answer.body) };
  };
  return { url, bus, log, metrics, publish };
}

describe("POST /publish", () => {
  test("publishes to one user or several, and answers the positions", async (t) => {
    const { bus, publish } = await start(t);
    const rendered = await bus.position("jane");
    const one = await publish({ user: "jane", message: { url: "/a", inject: "target: #a" } });
    assert.deepEqual([one.status, one.json], [200, { positions: { jane: await bus.position("jane") } }]);
    const two = await publish({ users: ["jane", "joe", "jane"], message: "/b" });
    assert.deepEqual(two.json, {
      positions: { jane: await bus.position("jane"), joe: await bus.position("joe") },
    });
    const reading = await bus.read("jane", rendered);
    assert.ok(reading.recovered);
    assert.deepEqual(
      reading.entries.map(({ text }) => parsePublication(text)),
      [
        { type: "inject", url: "/a", inject: "target: #a" },
        { type: "inject", url: "/b" },
      ],
    );
  });

  test("publishes to a topic, once for all", async (t) => {
    const { bus, publish } = await start(t);
    const rendered = await bus.position({ topic: "news" });
    const { json } = await publish({ topic: "news", message: "/a" });
    const reading = await bus.read({ topic: "news" }, rendered);
    assert.ok(reading.recovered);
    assert.deepEqual(
      reading.entries.map(({ id, text }) => [id, JSON.parse(text).topic]),
      [[json.positions.news, "news"]],
    );
  });

  test("is refused without the secret, whatever is sent", async (t) => {
    const { bus, publish } = await start(t);
    const rendered = await bus.position("jane");
    for (const authorization of ["", "Bearer", "Bearer wrong", `Basic ${SECRET}`, `Bearer ${SECRET}x`, "Bearer ü"]) {
      const { status, headers, json } = await publish({ user: "jane", message: "/a" }, authorization);
      assert.equal(status, 401, authorization);
      assert.equal(headers["www-authenticate"], "Bearer");
      assert.deepEqual(json, { error: "expected Authorization: Bearer <secret>" });
    }
    assert.equal(await bus.position("jane"), rendered);
  });

  test("is off where no secret is set", async (t) => {
    const { publish } = await start(t, { secret: "" });
    assert.equal((await publish({ user: "jane", message: "/a" })).status, 404);
  });

  for (const [body, error] of [
    ["", 'body: expected JSON, found ""'],
    ["{", 'body: expected JSON, found "{"'],
    [[], "body: expected a JSON object, found []"],
    [{ message: "/a" }, "body: expected one of user, users and topic"],
    [{ user: "jane", users: ["joe"], message: "/a" }, "body: expected one of user, users and topic"],
    [{ user: "jane" }, "message: expected a message, found nothing"],
    [{ user: "jane", mesage: "/a" }, 'body: expected user, users or topic, and message, found "mesage"'],
    [{ user: "", message: "/a" }, 'user: expected a user id of 1 to 1024 characters, found ""'],
    [{ user: 7, message: "/a" }, "user: expected a user id of 1 to 1024 characters, found 7"],
    [{ user: "\ud800", message: "/a" }, 'user: expected a user id of 1 to 1024 characters, found "\\ud800"'],
    [{ topic: "news", user: "jane", message: "/a" }, "body: expected one of user, users and topic"],
    [{ topic: "a:b", message: "/a" }, 'topic: expected 1 to 64 letters, digits, or ._-, found "a:b"'],
    [{ users: [], message: "/a" }, "users: expected a list of 1 to 1000 user ids, found []"],
    [{ users: "jane", message: "/a" }, 'users: expected a list of 1 to 1000 user ids, found "jane"'],
    [{ user: "jane", message: { inject: "target: #a" } }, /^message: expected a url or an html property, found /],
    [
      { user: "jane", message: { type: "welcome", position: "1-0", recovered: true } },
      /^type: expected "inject" or "push"/,
    ],
    [{ user: "jane", message: { url: "x".repeat(9000) } }, /^url: expected at most 8192 characters/],
    [{ user: "jane", message: { html: "x".repeat(1_100_000) } }, /^message: expected at most 1048576 characters/],
  ] as const) {
    test(`refuses ${JSON.stringify(body).slice(0, 60)} and says why`, async (t) => {
      const { publish } = await start(t);
      const { status, json } = await publish(body);
      assert.equal(status, 400);
      if (typeof error === "string") assert.equal(json.error, error);
      else assert.match(json.error, error);
    });
  }

  test("is refused when it is too large", async (t) => {
    const { publish, log } = await start(t);
    const { status, json } = await publish({ user: "jane", message: { html: "x".repeat(5_000_000) } });
    assert.deepEqual([status, json], [413, { error: "request entity too large" }]);
    assert.deepEqual(log, []);
  });

  test("says what was published before Redis went away", async (t) => {
    const bus = createMemoryBus();
    const half: Bus = {
      ...{ position: (user) => bus.position(user), read: (user, after) => bus.read(user, after) },
      ...{ listen: (user, wake) => bus.listen(user, wake), close: () => bus.close() },
      publish: (user, it) => (user === "joe" ? Promise.reject(new Error("expected Redis")) : bus.publish(user, it)),
    };
    const { publish } = await start(t, { bus: half });
    const { status, json } = await publish({ users: ["jane", "joe"], message: "/a" });
    assert.equal(status, 503);
    assert.deepEqual(json, { error: "expected Redis", positions: { jane: await bus.position("jane") } });
  });
});

test("GET /metrics shows what the gateway does", async (t) => {
  const memory = createMemoryBus();
  const { url, metrics } = await start(t);
  const bus = metrics.measure(memory);
  const site = await startSite(t, { bus, meter: metrics.meter, maxSocketsPerUser: 2 });
  const { gateway, open } = site;
  metrics.observe({ sockets: () => gateway.connections, users: () => gateway.users, isRedisUp: () => true });
  const rendered = await bus.position("jane");
  await bus.publish("jane", message("/a"));
  const jane = open("jane");
  jane.resume(rendered);
  await jane.take(2);
  const again = open("jane");
  again.resume("nonsense");
  await again.next();
  assert.equal((await open("jane").closed).code, 4429);
  await call("GET", `${site.origin}/push/info`, { Origin: "https://elsewhere.example.org" });
  await call("GET", `${site.origin}/push/info`, {});

  const answer = await call("GET", `${url}/metrics`, {});
  assert.match(String(answer.headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  for (const line of [
    "inject_async_sockets 2",
    "inject_async_users 1",
    "inject_async_redis_up 1",
    "inject_async_messages_sent_total 1",
    "inject_async_replays_total 1",
    "inject_async_gaps_total 1",
    "inject_async_crowded_total 1",
    'inject_async_refused_total{reason="origin"} 1',
    'inject_async_refused_total{reason="anonymous"} 1',
    "inject_async_wake_ups_total 0",
  ]) {
    assert.ok(answer.body.split("\n").includes(line), `expected ${line}, found\n${answer.body}`);
  }
  assert.match(answer.body, /^inject_async_read_seconds_count [1-9]/m);
});
