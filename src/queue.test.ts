import assert from "node:assert/strict";
import { test } from "node:test";
import { Queue, type QueuedJob } from "./queue.ts";

/** A queue whose requests end when the test says so. */
class Requests {
  readonly made: string[] = [];
  readonly #ends: (() => void)[] = [];
  readonly queue: Queue<QueuedJob>;
  atOnce = 1;

  constructor(concurrency: number) {
    this.queue = new Queue<QueuedJob>(
      concurrency,
      () => this.atOnce,
      (jobs) => {
        this.made.push(jobs.map(({ url }) => url).join(" "));
        return new Promise((resolve) => this.#ends.push(resolve));
      },
    );
  }

  add(url: string, isUrgent = false, isAlone = false): QueuedJob {
    const job = { url, isAlone };
    this.queue.hold(job);
    this.queue.start(job, isUrgent);
    return job;
  }

  /** The oldest request under way ends. */
  async end(): Promise<void> {
    this.#ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("no more requests are under way at once than allowed", async () => {
  const requests = new Requests(2);
  for (const url of ["/1", "/2", "/3"]) requests.add(url);
  assert.deepEqual(requests.made, ["/1", "/2"]);
  await requests.end();
  assert.deepEqual(requests.made, ["/1", "/2", "/3"]);
});

test("a single job is a request of its own, several share one", async () => {
  const requests = new Requests(1);
  requests.atOnce = 3;
  for (const url of ["/1", "/2", "/3", "/4", "/5"]) requests.add(url);
  await requests.end();
  await requests.end();
  assert.deepEqual(requests.made, ["/1", "/2 /3 /4", "/5"]);
});

test("a job that has to be alone shares no request, and holds up no other", async () => {
  const requests = new Requests(1);
  requests.atOnce = 3;
  requests.add("/0");
  requests.add("/1");
  requests.add("/2", false, true);
  requests.add("/3");
  for (let count = 0; count < 3; count++) await requests.end();
  assert.deepEqual(requests.made, ["/0", "/1 /3", "/2"]);
});

test("one URL is never twice in one request, nor in two at once", async () => {
  const requests = new Requests(3);
  requests.atOnce = 3;
  for (const url of ["/0", "/1", "/1", "/1"]) requests.add(url);
  assert.deepEqual(requests.made, ["/0", "/1"]);
  await requests.end();
  assert.deepEqual(requests.made, ["/0", "/1"]);
  await requests.end();
  assert.deepEqual(requests.made, ["/0", "/1", "/1"]);
});

test("what becomes urgent goes first, and what was urgent before it keeps its place", async () => {
  const requests = new Requests(1);
  requests.add("/0");
  requests.add("/1");
  const second = requests.add("/2");
  requests.add("/3", true);
  assert.equal(requests.queue.start(second, true), true);
  for (let count = 0; count < 4; count++) await requests.end();
  assert.deepEqual(requests.made, ["/0", "/3", "/2", "/1"]);
});

test("a job that is held waits for its start, and starting it again does not move it back", async () => {
  const requests = new Requests(1);
  requests.add("/0");
  const held = { url: "/held", isAlone: false };
  requests.queue.hold(held);
  const first = requests.add("/1");
  requests.add("/2");
  requests.queue.start(first, false);
  await requests.end();
  await requests.end();
  await requests.end();
  assert.deepEqual(requests.made, ["/0", "/1", "/2"]);
  assert.equal(requests.queue.has(held), true);
  assert.equal(requests.queue.start(held, false), false);
  assert.deepEqual(requests.made.at(-1), "/held");
});

test("what was taken back is not started", () => {
  const requests = new Requests(1);
  requests.add("/0");
  const job = requests.add("/1");
  requests.queue.remove(job);
  assert.equal(requests.queue.start(job, true), false);
  assert.deepEqual(requests.made, ["/0"]);
});
