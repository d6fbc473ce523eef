import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { text } from "node:stream/consumers";
import { after, afterEach, before, beforeEach, describe, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { type RedisServer, startRedis, withoutRedisServer } from "../../test-support/redis.ts";
import { MAX_QUIET_TIMES, type Task } from "../task.ts";
import { type Instance, startInstance, task } from "../test-support/instance.ts";
import { RedisQueue } from "./queue.ts";
import { TaskWorker } from "./worker.ts";

const KEY = createHash("sha256").update("the secret of the tests").digest();
const of = (user: string, name: string, cost = 1): Task => ({ ...task(name), user, cost });

describe("tasks over Redis", { skip: withoutRedisServer }, () => {
  let server: RedisServer;
  let redis: Redis;
  /** Of the suite, and of each test: workers end before their queue's connection does. */
  const undos: (() => Promise<void>)[] = [];
  const closes: (() => Promise<void>)[] = [];

  before(async () => {
    server = await startRedis({ after: (undo) => undos.push(undo) });
    redis = new Redis(server.url);
  });
  beforeEach(async () => {
    await redis.flushall();
  });
  afterEach(async () => {
    for (const close of closes.splice(0).reverse()) await close();
  });
  after(async () => {
    redis.disconnect();
    for (const undo of undos.reverse()) await undo();
  });

  function openQueue(key: Buffer = KEY): RedisQueue {
    const queue = new RedisQueue({ url: server.url, key, log: () => {} });
    closes.push(() => queue.close());
    return queue;
  }

  function startWorker(queue: RedisQueue, { workerUrl }: Instance, concurrency = 4) {
    const log: string[] = [];
    const dead: string[] = [];
    const versions: (number | undefined)[] = [];
    let told = () => {};
    const onDead = async ({ name, version }: Pick<Task, "name" | "version">, { message }: Error) => {
      dead.push(`${name}: ${message}`);
      versions.push(version);
      told();
    };
    const worker = new TaskWorker({ queue, workerUrl, concurrency, onDead, log: (line) => log.push(line) });
    closes.push(() => worker.close());
    const died = () =>
      new Promise<void>((resolve) => {
        if (dead.length > 0) resolve();
        told = resolve;
      });
    return { worker, log, dead, versions, died };
  }

  async function start(t: TestContext, concurrency?: number) {
    const instance = await startInstance(t);
    const queue = openQueue();
    return { ...instance, queue, ...startWorker(queue, instance, concurrency) };
  }

  test("a task is posted to the worker instance as its user, and is gone when it is done", async (t) => {
    const { queue, nextCall, worker } = await start(t);
    await queue.enqueue(task("preview"));
    const { request, response } = await nextCall();
    assert.equal(request.headers.cookie, "__ac=sesame");
    assert.equal(request.headers["x-task-name"], "preview");
    assert.equal(await text(request), "_authenticator=t%26k%3Dn");
    response.end("{}");
    await worker.close();
    assert.deepEqual(await queue.counts(), { waiting: 0, running: 0, done: 1, failed: 0 });
    assert.deepEqual([...(await queue.store.urls())], []);
  });

  test("nobody can read the cookie in Redis, and what is there expires with the ticket", async () => {
    const queue = openQueue();
    await queue.enqueue(task("preview", task("rest")));
    const dump: string[] = [];
    for (const key of await redis.keys("*")) {
      const type = await redis.type(key);
      if (type === "hash") dump.push(JSON.stringify(await redis.hgetall(key)));
      if (type === "string") dump.push((await redis.get(key)) ?? "");
      if (type === "list") dump.push((await redis.lrange(key, 0, -1)).join());
    }
    assert.match(dump.join(), /preview/);
    assert.doesNotMatch(dump.join(), /sesame|__ac|authenticator/);
    const [key = ""] = await redis.keys("*:task:*");
    assert.ok((await redis.pttl(key)) > 0);
  });

  test("users take turns, and of a user's own the cheap ones come first", async (t) => {
    const queue = openQueue();
    for (const name of ["j1", "j2", "j3", "j4", "j5"]) await queue.enqueue(of("jane", name, 10));
    await queue.enqueue(of("jane", "small", 1));
    await queue.enqueue(of("joe", "o1"));
    await queue.enqueue(of("joe", "o2"));
    const instance = await startInstance(t);
    startWorker(queue, instance, 1);
    const order = [];
    for (let n = 0; n < 8; n += 1) {
      const { request, response } = await instance.nextCall();
      order.push(request.url?.slice(1));
      response.end();
    }
    assert.deepEqual(order, ["j1", "j2", "o1", "o2", "small", "j3", "j4", "j5"]);
  });

  test("a user has only some of the places, and of these one is left for what is cheap", async (t) => {
    const { queue, nextCall, waiting } = await start(t);
    for (const name of ["b1", "b2"]) await queue.enqueue(of("jane", name, 150));
    for (const name of ["p1", "p2"]) await queue.enqueue(of("jane", name));
    await queue.enqueue(of("joe", "letter"));
    const calls = [await nextCall(), await nextCall(), await nextCall()];
    assert.deepEqual(calls.map(({ request }) => request.url).sort(), ["/b1", "/letter", "/p1"]);
    assert.deepEqual(waiting, []);
    assert.deepEqual(await queue.counts(), { waiting: 2, running: 3, done: 0, failed: 0 });
    for (const { response } of calls) response.end();
    for (const name of ["/p2", "/b2"]) {
      const { request, response } = await nextCall();
      response.end();
      assert.ok(["/p2", "/b2"].includes(request.url ?? ""), name);
    }
  });

  test("what a task has left is queued when the answer says so", async (t) => {
    const { queue, nextCall } = await start(t);
    await queue.enqueue(task("first", { ...task("rest"), cost: 2 }));
    (await nextCall()).response.writeHead(202).end();
    const { request, response } = await nextCall();
    assert.equal(request.url, "/rest");
    assert.equal(request.headers.cookie, "__ac=sesame");
    response.end();
  });

  test("equal tasks that wait are one, with the newest cookie; while it runs, one more", async (t) => {
    const queue = openQueue();
    for (const cookie of ["__ac=old", "__ac=older", "__ac=new"]) await queue.enqueue({ ...task("save"), cookie });
    const instance = await startInstance(t);
    const { worker } = startWorker(queue, instance);
    const first = await instance.nextCall();
    assert.equal(first.request.headers.cookie, "__ac=new");
    await queue.enqueue(task("save"));
    await queue.enqueue(task("save"));
    first.response.end();
    (await instance.nextCall()).response.end();
    await worker.close();
    assert.deepEqual(instance.waiting, []);
    assert.equal((await queue.counts()).done, 2);
  });

  test("five saves one after another are done once, when it has been quiet, with the last one's cookie", async (t) => {
    const { queue, nextCall, waiting, worker } = await start(t);
    const quietMs = 2_000;
    let last = 0;
    for (const n of [1, 2, 3, 4, 5]) {
      if (n > 1) await sleep(quietMs / 8);
      last = performance.now();
      await queue.enqueue({ ...task("save"), cookie: `__ac=${n}`, quietMs });
      await queue.enqueue({ ...task("other"), user: "joe", quietMs: 60_000 });
    }
    assert.equal((await queue.counts()).waiting, 2);
    const { request, response } = await nextCall();
    assert.ok(performance.now() - last >= quietMs, "it has been quiet");
    assert.equal(request.headers.cookie, "__ac=5");
    response.end();
    await worker.close();
    assert.deepEqual(waiting, []);
    assert.deepEqual(await queue.counts(), { waiting: 1, running: 0, done: 1, failed: 0 });
    assert.deepEqual([...(await queue.store.urls())], ["/other"]);
  });

  test("who saves without end has it done now and then; who wants it at once has it at once", async (t) => {
    const { queue, nextCall, waiting } = await start(t);
    const quietMs = 500;
    const began = performance.now();
    let saves = 0;
    while (waiting.length === 0) {
      saves += 1;
      await queue.enqueue({ ...task("save"), quietMs });
      await sleep(quietMs / 10);
    }
    assert.ok(saves > 10 && performance.now() - began >= MAX_QUIET_TIMES * quietMs, `${saves} saves`);
    (await nextCall()).response.end();
    await queue.enqueue({ ...task("now"), quietMs: 60_000 });
    await queue.enqueue(task("now"));
    let call = await nextCall();
    // Of the saves one may have begun to wait anew.
    if (call.request.url === "/save") {
      call.response.end();
      call = await nextCall();
    }
    assert.equal(call.request.url, "/now");
    call.response.end();
  });

  test("nobody answers, or not yet: it is tried again", async (t) => {
    const { queue, nextCall, log } = await start(t);
    await queue.enqueue(task("preview"));
    (await nextCall()).request.socket.destroy();
    (await nextCall()).response.writeHead(503).end();
    (await nextCall()).response.end();
    assert.equal(log.length, 2);
  });

  for (const [what, status, headers] of [
    ["a redirect to the login page", 302, { Location: "/login" }],
    ["a login page with status 200", 200, { "Content-Type": "text/html; charset=utf-8" }],
    ["a refusal", 403, {}],
  ] as const) {
    test(`${what} is not tried again: it is told, and kept as a dead letter`, async (t) => {
      const { queue, nextCall, died, dead, waiting, worker } = await start(t);
      await queue.enqueue(task("preview"));
      (await nextCall()).response.writeHead(status, headers).end("<form>");
      await died();
      await worker.close();
      assert.equal(dead.length, 1);
      assert.deepEqual(waiting, []);
      const [letter] = await queue.dead();
      assert.deepEqual([letter?.name, letter?.url, letter?.user], ["preview", "/preview", "jane"]);
      assert.match(letter?.reason ?? "", /expected (status 200|an answer to a task), found/);
    });
  }

  test("whoever is told of a dead task is told of which version it was", async (t) => {
    const { queue, nextCall, died, versions } = await start(t);
    await queue.enqueue({ ...task("preview"), version: 2 });
    (await nextCall()).response.writeHead(403).end();
    await died();
    assert.deepEqual(versions, [2]);
  });

  test("a view that fails again and again: a dead letter, which can be requeued while the ticket is valid", async (t) => {
    const { queue, nextCall, died, dead } = await start(t);
    await queue.enqueue(task("preview"));
    for (let n = 0; n < 3; n += 1) (await nextCall()).response.writeHead(500).end();
    await died();
    assert.deepEqual(dead, ["preview: expected status 200, found 500"]);
    const letters = await deadLetters(queue);
    assert.equal(await queue.requeue(letters[0]?.id ?? ""), true);
    const { request, response } = await nextCall();
    assert.equal(request.headers.cookie, "__ac=sesame");
    assert.deepEqual([...(await queue.store.urls())], ["/preview"], "one that is not done, as all can see");
    response.end();
    assert.equal(await queue.requeue("t0"), false);
  });

  test("a task with a foreign URL is posted to nobody", async (t) => {
    const foreign = await startInstance(t);
    const { queue, died, dead } = await start(t);
    await queue.enqueue({ ...task("steal"), url: foreign.workerUrl });
    await died();
    await queue.enqueue({ ...task("again"), url: `//${new URL(foreign.workerUrl).host}/` });
    while (dead.length < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.match(dead.join(), /expected a path on the worker instance/);
    assert.deepEqual(foreign.waiting, []);
  });

  test("a worker with another secret says so, once for each task; one that is queued with its secret is done", async (t) => {
    await openQueue().enqueue(task("preview"));
    const instance = await startInstance(t);
    const other = openQueue(createHash("sha256").update("another").digest());
    const { died, dead } = startWorker(other, instance);
    await died();
    assert.match(dead.join(), /is SECRET the same in all processes\?/);
    assert.deepEqual(instance.waiting, []);
    await other.enqueue(task("preview"));
    (await instance.nextCall()).response.end();
    assert.equal(dead.length, 1);
  });

  test("told to stop, a worker finishes what runs and takes nothing more; another one goes on", async (t) => {
    const { queue, nextCall, waiting, worker, ...instance } = await start(t, 1);
    await queue.enqueue(task("running"));
    await queue.enqueue(task("next"));
    const { response } = await nextCall();
    const closed = worker.close();
    response.end();
    await closed;
    assert.deepEqual(waiting, []);
    startWorker(queue, { nextCall, waiting, ...instance });
    const next = await nextCall();
    assert.equal(next.request.url, "/next");
    next.response.end();
  });

  test("what a process has taken and not given before it died is given by a worker", async (t) => {
    const queue = openQueue();
    await queue.store.add(task("preview"));
    assert.equal((await queue.store.feed("jane")).length, 1);
    const instance = await startInstance(t);
    startWorker(queue, instance);
    (await instance.nextCall()).response.end();
  });

  async function deadLetters(queue: RedisQueue) {
    for (;;) {
      const letters = await queue.dead();
      if (letters.length > 0) return letters;
    }
  }
});
