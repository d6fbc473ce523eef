import assert from "node:assert/strict";
import { test } from "node:test";
import { STEP_INTERVAL_MS, Steps } from "./steps.ts";

test("twenty pages in a second are told a few times, the last of them too, and nothing after the end", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let page = 0;
  const told: number[] = [];
  const steps = new Steps(() => told.push(page));
  steps.now();
  for (page = 1; page <= 20; page++) {
    steps.soon();
    t.mock.timers.tick(50);
  }
  page = 21;
  t.mock.timers.tick(STEP_INTERVAL_MS);
  assert.deepEqual(told, [0, 10, 20, 21].slice(0, told.length));
  assert.ok(told.length <= 4);
  steps.soon();
  steps.stop();
  t.mock.timers.tick(STEP_INTERVAL_MS);
  const count = told.length;
  steps.stop();
  assert.equal(told.length, count);
});
