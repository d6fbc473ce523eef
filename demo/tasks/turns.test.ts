import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Task } from "./task.ts";
import { type TurnLimits, Turns } from "./turns.ts";

const limits: TurnLimits = { running: 4, runningOfUser: 2, dear: 100 };
const one: TurnLimits = { running: 1, runningOfUser: 1, dear: 100 };

function task(user: string, name: string, cost = 1): Task {
  return { name, url: `/${name}`, form: {}, cookie: "", user, cost };
}

function turnsWith(limits: TurnLimits, tasks: readonly Task[]): Turns {
  const turns = new Turns(limits);
  for (const each of tasks) turns.add(each);
  return turns;
}

/** The names of the tasks in the order in which they run, one at a time. */
function order(tasks: readonly Task[]): string[] {
  const turns = turnsWith(one, tasks);
  const names: string[] = [];
  for (let next = turns.take(); next; next = turns.take()) {
    names.push(next.name);
    turns.done(next);
  }
  return names;
}

/** The names of those that may run at once. */
function together(turns: Turns): string[] {
  const names: string[] = [];
  for (let next = turns.take(); next; next = turns.take()) names.push(next.name);
  return names;
}

/** Runs all with a clock of its own. A task takes as long as its cost. @returns when each was done, by its name. */
function times(turns: Turns): Map<string, number> {
  const ends = new Map<string, number>();
  let running: { readonly task: Task; readonly end: number }[] = [];
  for (let now = 0; ; ) {
    for (let next = turns.take(); next; next = turns.take()) running.push({ task: next, end: now + next.cost });
    const [first] = running.sort((a, b) => a.end - b.end);
    if (!first) return ends;
    running = running.slice(1);
    now = first.end;
    turns.done(first.task);
    ends.set(first.task.name, now);
    if (first.task.rest) turns.add(first.task.rest);
  }
}

describe("ten documents at once", () => {
  const long = (index: number): Task => ({
    ...task("jane", `preview ${index}`, 2),
    rest: task("jane", `rest ${index}`, 110),
  });
  for (const [what, document] of [
    ["of many pages each", long],
    ["some of them for LibreOffice", (index) => task("jane", `preview ${index}`, index % 2 ? 20 : 1)],
    ["some of them pictures", (index) => (index % 2 ? long(index) : task("jane", `preview ${index}`, 1))],
  ] satisfies [string, (index: number) => Task][]) {
    test(`${what}: half of the previews are there within a third of the time`, () => {
      // The dear ones come first: order is made, not found.
      const tasks = Array.from({ length: 10 }, (_, index) => document(index)).sort((a, b) => b.cost - a.cost);
      const ends = times(turnsWith(limits, tasks));
      const previews = [...ends].filter(([name]) => name.startsWith("preview")).map(([, end]) => end);
      assert.equal(previews.length, 10);
      const whole = Math.max(...ends.values());
      assert.ok((previews[4] ?? whole) <= whole / 3, `${previews} of ${whole}`);
    });
  }
});

describe("turns", () => {
  test("go round the users, however much one of them has queued", () => {
    const janes = ["j1", "j2", "j3", "j4"].map((name) => task("jane", name));
    assert.deepEqual(order([...janes, task("joe", "o1"), task("ann", "a1"), task("joe", "o2")]), [
      ...["j1", "o1", "a1", "j2", "o2", "j3", "j4"],
    ]);
  });

  test("take a user's cheap tasks before the dear ones, and equal ones in their order", () => {
    const books = [task("jane", "book", 140), task("jane", "letter", 20)];
    const pictures = [task("jane", "p1"), task("jane", "p2")];
    assert.deepEqual(order([...books, ...pictures]), ["p1", "p2", "letter", "book"]);
  });

  test("leave a user room for what is cheap, and other users theirs", () => {
    const books = ["b1", "b2", "b3"].map((name) => task("jane", name, 150));
    const turns = turnsWith(limits, books);
    assert.deepEqual(together(turns), ["b1"], "one dear task at a time");
    turns.add(task("jane", "picture"));
    assert.deepEqual(together(turns), ["picture"]);
    turns.add(task("jane", "another"));
    assert.deepEqual(together(turns), [], "two of one user are enough");
    turns.add(task("joe", "joes"));
    assert.deepEqual(together(turns), ["joes"]);
    assert.deepEqual([turns.running, turns.waiting], [3, 3]);
  });

  test("never run more than there is room for", () => {
    const users = ["a", "b", "c", "d", "e"];
    const turns = turnsWith(
      limits,
      users.map((user) => task(user, user)),
    );
    assert.deepEqual(together(turns), ["a", "b", "c", "d"]);
  });

  test("forget what waits when they are told to", () => {
    const turns = turnsWith(one, [task("jane", "a"), task("jane", "b")]);
    turns.take();
    turns.clear();
    assert.deepEqual([turns.running, turns.waiting], [1, 0]);
  });
});
