import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { SessionWatch } from "./session-watch.ts";

const INTERVAL_MS = 15_000;
const STEP_MS = 500;

/** A watch whose clock is the test's, with a list of the moments at which Plone was asked about each cookie. */
function start(t: TestContext) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const asked = new Map<string | undefined, number[]>();
  let now = 0;
  const whoami = async (cookie: string | undefined) => {
    asked.set(cookie, [...(asked.get(cookie) ?? []), now]);
    return cookie?.split("=")[1] ?? null;
  };
  const watch = new SessionWatch({ whoami, intervalMs: INTERVAL_MS, log: assert.fail });
  const pass = async (ms: number) => {
    for (const end = now + ms; now < end; ) {
      now += STEP_MS;
      t.mock.timers.tick(STEP_MS);
      await turn();
    }
  };
  const socket = (user: string) => ({ user, cookie: `__ac=${user}`, over: () => assert.fail("it is the user's") });
  return { watch, asked, pass, socket };
}

describe("sockets that stay open", () => {
  test("10,000 of them: Plone is asked once for each cookie and interval, and not about all at once", async (t) => {
    const { watch, asked, pass, socket } = start(t);
    const sockets = Array.from({ length: 10_000 }, (_, n) => socket(`u${n % 2_500}`));
    for (const it of sockets) watch.watch(it);
    await pass(4 * INTERVAL_MS);
    assert.equal(asked.size, 2_500);
    const atOnce = new Map<number, number>();
    for (const moments of asked.values()) {
      assert.equal(moments.length, 4);
      for (const [n, moment] of moments.entries()) {
        atOnce.set(moment, (atOnce.get(moment) ?? 0) + 1);
        assert.ok(moment - (moments[n - 1] ?? moment - INTERVAL_MS) >= INTERVAL_MS);
      }
    }
    assert.ok(Math.max(...atOnce.values()) < 500, "about a 32nd of them");
    for (const it of sockets) watch.unwatch(it);
    await pass(INTERVAL_MS);
    assert.equal([...asked.values()].flat().length, 10_000, "nobody is asked about who has gone");
  });
});
