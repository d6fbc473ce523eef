import assert from "node:assert/strict";
import { test } from "node:test";
import { STALL_MS, whileProgress } from "./bounds.ts";

test("a wait goes on while something happens, and ends with what was found when nothing does", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  let found = 0;
  const wait = whileProgress(
    new Promise<never>(() => {}),
    () => found,
    () => `expected 2 messages, found ${found}`,
  );
  let ended = "";
  wait.catch((error: unknown) => {
    ended = String(error);
  });
  found = 1;
  t.mock.timers.tick(STALL_MS);
  await Promise.resolve();
  assert.equal(ended, "");
  t.mock.timers.tick(STALL_MS);
  await assert.rejects(wait, /^Error: expected 2 messages, found 1, and nothing happened for 30 s$/);
});

test("a wait that ends in time leaves no timer", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const answer = await whileProgress(
    Promise.resolve("done"),
    () => 0,
    () => assert.fail("asked although it has ended"),
  );
  t.mock.timers.tick(STALL_MS * 2);
  assert.equal(answer, "done");
});
