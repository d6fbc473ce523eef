import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff } from "./backoff.ts";

const schedule = { base: 500, cap: 30_000 };
const longest = () => 1;

test("the bound doubles with every attempt", () => {
  const bounds = [0, 1, 2, 3].map((attempt) => backoff(attempt, schedule, longest));
  assert.deepEqual(bounds, [500, 1_000, 2_000, 4_000]);
});

test("the bound never exceeds the cap, however many attempts there were", () => {
  assert.equal(backoff(7, schedule, longest), 30_000);
  assert.equal(backoff(5_000, schedule, longest), 30_000);
});

test("the jitter is full: a delay lies anywhere between nothing and the bound", () => {
  assert.equal(
    backoff(3, schedule, () => 0),
    0,
  );
  assert.equal(
    backoff(3, schedule, () => 0.25),
    1_000,
  );
});
