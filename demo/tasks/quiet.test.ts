import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { EagerQueue } from "./eager.ts";
import { QuietTasks } from "./quiet.ts";
import { MAX_QUIET_TIMES, type Task } from "./task.ts";
import { startInstance, task } from "./test-support/instance.ts";

/** A clock in the test's hands, and what has been quiet on it. */
function start(t: TestContext) {
  let now = 0;
  t.mock.timers.enable({ apis: ["setTimeout"] });
  t.mock.method(performance, "now", () => now);
  const done: Task[] = [];
  const quiet = new QuietTasks((it) => done.push(it));
  const pass = (milliseconds: number) => {
    now += milliseconds;
    t.mock.timers.tick(milliseconds);
  };
  return { quiet, done, pass };
}

describe("tasks that wait until it is quiet", () => {
  test("five saves in ten seconds are one, the last, and other tasks are others", (t) => {
    const { quiet, done, pass } = start(t);
    for (let n = 1; n <= 5; n += 1) {
      quiet.add({ ...task("save"), cookie: `__ac=${n}` }, 3_000);
      quiet.add({ ...task("save"), user: "joe" }, 60_000);
      pass(2_000);
    }
    assert.deepEqual(done, []);
    assert.equal(quiet.size, 2);
    pass(999);
    assert.deepEqual(done, []);
    pass(1);
    assert.deepEqual(
      done.map(({ cookie }) => cookie),
      ["__ac=5"],
    );
    pass(60_000);
    assert.equal(done.length, 2);
  });

  test("nobody waits for ever", (t) => {
    const { quiet, done, pass } = start(t);
    for (let n = 0; n < 2 * MAX_QUIET_TIMES; n += 1) {
      quiet.add(task("save"), 3_000);
      pass(1_500);
    }
    assert.equal(done.length, 1);
  });

  test("what is dropped or cleared is not done", (t) => {
    const { quiet, done, pass } = start(t);
    quiet.add(task("a"), 1_000);
    quiet.add(task("b"), 1_000);
    quiet.drop(task("a"));
    assert.equal(quiet.size, 1);
    quiet.clear();
    pass(2_000);
    assert.deepEqual(done, []);
  });
});

test("the eager queue does five saves once, and at once what does not wait", async (t) => {
  const { workerUrl, nextCall, waiting } = await startInstance(t);
  const queue = new EagerQueue({ workerUrl, log: () => {}, onDead: async () => {} });
  for (let n = 1; n <= 5; n += 1) await queue.enqueue({ ...task("save"), cookie: `__ac=${n}`, quietMs: 200 });
  await queue.enqueue({ ...task("now"), quietMs: 60_000 });
  assert.deepEqual(await queue.counts(), { waiting: 2, running: 0, done: 0, failed: 0 });
  await queue.enqueue(task("now"));
  const now = await nextCall();
  assert.equal(now.request.url, "/now");
  now.response.end();
  const save = await nextCall();
  assert.equal(save.request.headers.cookie, "__ac=5");
  save.response.end();
  await queue.enqueue({ ...task("late"), quietMs: 60_000 });
  await queue.close();
  assert.deepEqual(waiting, []);
  assert.equal((await queue.counts()).done, 2);
});
