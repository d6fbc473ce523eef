import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { describe, type TestContext, test } from "node:test";
import { EagerQueue } from "./eager.ts";
import { startInstance, task } from "./test-support/instance.ts";
import type { TurnLimits } from "./turns.ts";

const one: TurnLimits = { running: 1, runningOfUser: 1, dear: 100 };
const two: TurnLimits = { running: 2, runningOfUser: 2, dear: 100 };

async function start(t: TestContext, options: { limits?: TurnLimits; timeoutMs?: number } = {}) {
  const { workerUrl, nextCall, waiting } = await startInstance(t);
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
  return { queue, nextCall, waiting, log, dead };
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
    const { queue, nextCall, waiting } = await start(t, { limits: two });
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

  test("equal tasks that wait are one, with the newest cookie; while it runs, one more", async (t) => {
    const { queue, nextCall, waiting } = await start(t, { limits: one });
    await queue.enqueue(task("save"));
    const first = await nextCall();
    for (const cookie of ["__ac=old", "__ac=new"]) await queue.enqueue({ ...task("save"), cookie });
    first.response.end();
    const second = await nextCall();
    assert.equal(second.request.headers.cookie, "__ac=new");
    second.response.end();
    await queue.close();
    assert.deepEqual(waiting, []);
    assert.equal((await queue.counts()).done, 2);
  });

  test("does what a task has left when the answer says so, behind what waits", async (t) => {
    const { queue, nextCall } = await start(t, { limits: one });
    await queue.enqueue(task("first", { ...task("rest"), cost: 2 }));
    await queue.enqueue(task("other", task("not needed")));
    (await nextCall()).response.writeHead(202).end();
    const other = await nextCall();
    assert.equal(other.request.url, "/other");
    other.response.end();
    const rest = await nextCall();
    assert.equal(rest.request.url, "/rest");
    rest.response.end();
    await queue.close();
    assert.deepEqual(await queue.counts(), { waiting: 0, running: 0, done: 3, failed: 0 });
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
    const { queue, nextCall, waiting } = await start(t, { limits: one });
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
