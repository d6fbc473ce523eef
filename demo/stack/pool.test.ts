import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Pool } from "./pool.ts";

function poolOf(...urls: readonly string[]): Pool {
  const pool = new Pool();
  for (const [member, url] of urls.entries()) pool.set(member, url);
  return pool;
}

describe("a pool", () => {
  test("gives its members a turn each", async () => {
    const pool = poolOf("a", "b");
    assert.deepEqual([await pool.next(), await pool.next(), await pool.next()], ["a", "b", "a"]);
  });

  test("keeps a session with one member, and moves only those of a member that goes", async () => {
    const pool = poolOf("a", "b", "c");
    const sessions = Array.from({ length: 60 }, (_, n) => `s${n}`);
    const before = await Promise.all(sessions.map((session) => pool.next(session)));
    assert.deepEqual(await Promise.all(sessions.map((session) => pool.next(session))), before);
    assert.deepEqual(new Set(before), new Set(["a", "b", "c"]));
    pool.set(1, undefined);
    const after = await Promise.all(sessions.map((session) => pool.next(session)));
    for (const [n, url] of before.entries()) assert.ok(url === "b" ? after[n] !== "b" : after[n] === url);
  });

  test("waits for the first to come back", async () => {
    const pool = poolOf("a");
    pool.set(0, undefined);
    const next = pool.next();
    pool.set(0, "b");
    assert.equal(await next, "b");
  });
});
