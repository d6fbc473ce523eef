import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Watchdog } from "./watchdog.ts";

const SECOND = 1_000;

/** A watchdog under a clock that stands still, with a server that beats every 25 seconds and has been heard four times. */
function watched(t: TestContext) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 0 });
  let silences = 0;
  const watchdog = new Watchdog(() => silences++);
  watchdog.start();
  for (let count = 0; count < 4; count++) {
    t.mock.timers.tick(25 * SECOND);
    watchdog.heartbeat();
  }
  return { watchdog, silences: () => silences, pass: (seconds: number) => t.mock.timers.tick(seconds * SECOND) };
}

test("silence is noticed one and a half heartbeats later, with a margin", (t) => {
  const { silences, pass } = watched(t);
  pass(39);
  assert.equal(silences(), 0);
  pass(1);
  assert.equal(silences(), 1);
});

test("a heartbeat that a sleeping computer finds on waking does not teach it to be patient", (t) => {
  const { watchdog, silences, pass } = watched(t);
  // Asleep, timers do not run: the clock alone goes on.
  t.mock.timers.setTime(Date.now() + 1_800 * SECOND);
  watchdog.heartbeat();
  assert.equal(silences(), 1, "the connection is not believed");
  watchdog.start();
  for (let count = 0; count < 2; count++) {
    pass(25);
    watchdog.heartbeat();
  }
  pass(40);
  assert.equal(silences(), 2);
});

test("a message is as good as a heartbeat", (t) => {
  const { watchdog, silences, pass } = watched(t);
  for (let count = 0; count < 10; count++) {
    pass(30);
    watchdog.message();
  }
  assert.equal(silences(), 0);
});

test("once stopped it says nothing", (t) => {
  const { watchdog, silences, pass } = watched(t);
  watchdog.stop();
  watchdog.stop();
  pass(1_000);
  assert.equal(silences(), 0);
});
