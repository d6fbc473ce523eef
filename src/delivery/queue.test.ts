import assert from "node:assert/strict";
import { test } from "node:test";
import { Queue } from "./queue.ts";
import { Snippet } from "./snippets/snippet.ts";

/** A queue whose attempts end when the test says so. */
class Attempts {
  readonly made: string[] = [];
  readonly #ends: ((pause?: number) => void)[] = [];
  readonly queue: Queue;
  isGathering = false;

  constructor(concurrency: number) {
    this.queue = new Queue(concurrency, {
      attempt: ({ url }) => {
        this.made.push(url.pathname);
        return new Promise((resolve) => this.#ends.push(resolve));
      },
      goesAlong: () => this.isGathering,
    });
  }

  hold(path: string): Snippet {
    const snippet = new Snippet(new URL(path, "https://site.example"), []);
    this.queue.hold(snippet);
    return snippet;
  }

  add(path: string, isUrgent = false): Snippet {
    const snippet = this.hold(path);
    this.queue.start(snippet, isUrgent);
    return snippet;
  }

  /** The oldest attempt under way ends. */
  async end(pause?: number): Promise<void> {
    this.#ends.shift()?.(pause);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("no more requests are under way at once than allowed", async () => {
  const attempts = new Attempts(2);
  for (const path of ["/1", "/2", "/3"]) attempts.add(path);
  assert.deepEqual(attempts.made, ["/1", "/2"]);
  await attempts.end();
  assert.deepEqual(attempts.made, ["/1", "/2", "/3"]);
});

test("while more become known few are under way, and when it is quiet as many as are allowed", async (t) => {
  t.mock.timers.enable({ apis: ["Date", "setTimeout"] });
  const attempts = new Attempts(100);
  for (let index = 0; index < 200; index++) attempts.add(`/${index}`);
  assert.equal(attempts.made.length, 24);
  t.mock.timers.tick(99);
  await attempts.end();
  assert.equal(attempts.made.length, 25);
  attempts.add("/seen", true);
  t.mock.timers.tick(1);
  assert.equal(attempts.made.length, 25, "the burst goes on");
  t.mock.timers.tick(100);
  assert.equal(attempts.made[25], "/seen", "although no answer has come");
  assert.equal(attempts.made.length, 101);
});

test("what goes along with a request that is about to be made is fetched at once", async () => {
  const attempts = new Attempts(1);
  attempts.add("/1");
  attempts.isGathering = true;
  attempts.add("/2");
  attempts.isGathering = false;
  attempts.add("/3");
  assert.deepEqual(attempts.made, ["/1", "/2"]);
  await attempts.end();
  assert.deepEqual(attempts.made, ["/1", "/2", "/3"]);
});

test("one URL is never fetched twice at once", async () => {
  const attempts = new Attempts(3);
  for (const path of ["/0", "/1", "/1", "/1"]) attempts.add(path);
  assert.deepEqual(attempts.made, ["/0", "/1"]);
  await attempts.end();
  assert.deepEqual(attempts.made, ["/0", "/1"]);
  await attempts.end();
  assert.deepEqual(attempts.made, ["/0", "/1", "/1"]);
});

test("what becomes urgent goes first, and what was urgent before it keeps its place", async () => {
  const attempts = new Attempts(1);
  attempts.add("/0");
  attempts.add("/1");
  const second = attempts.add("/2");
  attempts.add("/3", true);
  assert.equal(attempts.queue.start(second, true), true);
  for (let count = 0; count < 4; count++) await attempts.end();
  assert.deepEqual(attempts.made, ["/0", "/3", "/2", "/1"]);
});

test("a snippet that is held waits for its start, and starting it again does not move it back", async () => {
  const attempts = new Attempts(1);
  attempts.add("/0");
  const held = attempts.hold("/held");
  const first = attempts.add("/1");
  attempts.add("/2");
  attempts.queue.start(first, false);
  for (let count = 0; count < 3; count++) await attempts.end();
  assert.deepEqual(attempts.made, ["/0", "/1", "/2"]);
  assert.equal(attempts.queue.has(held), true);
  assert.equal(attempts.queue.start(held, false), false);
  assert.deepEqual(attempts.made.at(-1), "/held");
});

test("a snippet that was taken back is not fetched", () => {
  const attempts = new Attempts(1);
  attempts.add("/0");
  const snippet = attempts.add("/1");
  attempts.queue.remove(snippet);
  assert.equal(attempts.queue.start(snippet, true), false);
  assert.deepEqual(attempts.made, ["/0"]);
});

test("between two attempts a snippet holds no place, but its URL is not fetched for another", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const attempts = new Attempts(1);
  const failing = attempts.add("/bad");
  attempts.add("/good");
  await attempts.end(1_000);
  attempts.add("/bad");
  await attempts.end();
  assert.deepEqual(attempts.made, ["/bad", "/good"]);
  assert.equal(attempts.queue.has(failing), true);
  t.mock.timers.tick(1_000);
  assert.deepEqual(attempts.made, ["/bad", "/good", "/bad"]);
  assert.equal(attempts.queue.has(failing), false);
});

test("a snippet that is taken back between two attempts makes way for another of its URL", async () => {
  const attempts = new Attempts(1);
  const failing = attempts.add("/bad");
  attempts.add("/bad");
  await attempts.end(60_000);
  attempts.queue.remove(failing);
  assert.deepEqual(attempts.made, ["/bad", "/bad"]);
});
