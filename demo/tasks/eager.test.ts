import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { describe, type TestContext, test } from "node:test";
import { startHttp, stopHttp } from "../http.ts";
import { EagerQueue } from "./eager.ts";
import type { Task } from "./task.ts";

const task = (name: string): Task => ({
  name,
  url: `/${name}`,
  form: { _authenticator: "t&k=n" },
  cookie: "__ac=sesame",
});

interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A worker instance in the hands of the test: it answers when and as the test says. */
async function start(t: TestContext, options: { concurrency?: number; timeoutMs?: number } = {}) {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    calls.push({ request, response });
    server.emit("call");
  });
  const workerUrl = await startHttp(server, 0, "127.0.0.1");
  t.after(() => stopHttp(server));
  const log: string[] = [];
  const dead: string[] = [];
  const queue = new EagerQueue({
    workerUrl,
    log: (line) => log.push(line),
    onDead: async ({ name }, error) => {
      dead.push(`${name}: ${error.message}`);
    },
    ...options,
  });
  const nextCall = async (): Promise<Call> => {
    if (calls.length === 0) await once(server, "call");
    const call = calls.shift();
    assert.ok(call);
    return call;
  };
  return { queue, nextCall, waiting: calls, log, dead };
}

describe("the eager queue", () => {
  test("posts the task's form to the worker instance as the user, with the task's name", async (t) => {
    const { queue, nextCall } = await start(t);
    await queue.enqueue(task("preview"));
    const { request, response } = await nextCall();
    assert.equal(request.method, "POST");
    assert.equal(request.url, "/preview");
    assert.equal(request.headers.cookie, "__ac=sesame");
    assert.equal(request.headers["x-task-name"], "preview");
    assert.equal(await text(request), "_authenticator=t%26k%3Dn");
    response.end("{}");
    await queue.close();
    assert.deepEqual(await queue.counts(), { waiting: 0, running: 0, done: 1, failed: 0 });
  });

  test("runs a few at once, and the next one in order when one is done", async (t) => {
    const { queue, nextCall, waiting } = await start(t, { concurrency: 2 });
    for (const name of ["a", "b", "c"]) await queue.enqueue(task(name));
    const first = await nextCall();
    const second = await nextCall();
    assert.deepEqual([first.request.url, second.request.url].sort(), ["/a", "/b"]);
    assert.deepEqual(waiting, []);
    assert.deepEqual(await queue.counts(), { waiting: 1, running: 2, done: 0, failed: 0 });
    second.response.end();
    const third = await nextCall();
    assert.equal(third.request.url, "/c");
    first.response.end();
    third.response.end();
    await queue.close();
  });

  for (const [answer, status] of [
    ["an error", 500],
    ["a redirect, which leads to a login page", 302],
  ] as const) {
    test(`gives a task up that is answered with ${answer}, and names it without its cookie`, async (t) => {
      const { queue, nextCall, log, dead } = await start(t);
      await queue.enqueue(task("preview"));
      (await nextCall()).response.writeHead(status, { Location: "/login" }).end();
      await queue.close();
      assert.deepEqual(dead, [`preview: expected status 200, found ${status}`]);
      assert.deepEqual(log, [`task preview /preview failed: expected status 200, found ${status}`]);
      assert.equal((await queue.counts()).failed, 1);
    });
  }

  test("gives a task up when the worker instance breaks off or does not answer in time", async (t) => {
    const { queue, nextCall, dead } = await start(t, { timeoutMs: 300 });
    await queue.enqueue(task("cut"));
    (await nextCall()).request.socket.destroy();
    await queue.enqueue(task("stalled"));
    await nextCall();
    await queue.close();
    assert.equal(dead.length, 2);
    assert.match(dead.join(), /stalled: .*timeout/);
  });

  test("finishes what is running when it is closed, and starts nothing more", async (t) => {
    const { queue, nextCall, waiting } = await start(t, { concurrency: 1 });
    await queue.enqueue(task("running"));
    await queue.enqueue(task("waiting"));
    const { response } = await nextCall();
    const closed = queue.close();
    await assert.rejects(queue.enqueue(task("late")), /late: expected an open queue/);
    response.end();
    await closed;
    await queue.close();
    assert.deepEqual(waiting, []);
    assert.equal((await queue.counts()).done, 1);
  });
});
