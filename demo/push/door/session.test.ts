import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { call, decode, UPGRADE } from "../test-support/browser.ts";
import { newSession, startSite, until } from "../test-support/site.ts";

/** Long enough that a test which depends on it does not end. */
const NEVER = 60 * 60 * 1000;

describe("a SockJS session", () => {
  test("over polling belongs to the user who opened it", async (t) => {
    const { bus, origin, as } = await startSite(t, { resumeTimeoutMs: NEVER, disconnectDelayMs: 3000 });
    const receive = `${origin}${newSession("xhr")}`;
    const send = `${receive}_send`;
    assert.equal((await call("POST", receive, as("jane"))).body, "o\n");

    assert.equal((await call("POST", receive, as("joe"))).status, 403);
    assert.equal((await call("POST", receive, { Origin: origin })).status, 401);
    const resume = JSON.stringify([JSON.stringify({ type: "resume", position: null })]);
    assert.equal((await call("POST", send, as("joe"), resume)).status, 403);
    const streaming = receive.replace(/xhr$/, "xhr_streaming");
    assert.equal((await call("POST", streaming, as("joe"))).status, 403);
    const websocket = receive.replace(/xhr$/, "websocket");
    assert.equal((await call("GET", websocket, { ...as("joe"), ...UPGRADE })).status, 403);

    assert.equal((await call("POST", send, as("jane"), resume)).status, 204);
    const position = await bus.position("jane");
    const { body } = await call("POST", receive, as("jane"));
    assert.deepEqual(decode(body).messages, [{ type: "welcome", position, recovered: true }]);
  });

  test("over WebSocket belongs to the user who opened it", async (t) => {
    const { origin, as, open } = await startSite(t);
    const path = newSession("websocket");
    const jane = open("jane", path);
    await jane.opened;
    assert.equal((await call("GET", `${origin}${path}`, { ...as("joe"), ...UPGRADE })).status, 403);
    const polling = `${origin}${path.replace("websocket", "xhr")}`;
    assert.equal((await call("POST", polling, as("joe"))).status, 403);
  });

  test("opened by two users in the same moment belongs to one of them", async (t) => {
    const { origin, as } = await startSite(t);
    const url = `${origin}${newSession("xhr")}`;
    const answers = await Promise.all([call("POST", url, as("jane")), call("POST", url, as("joe"))]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 403]);
  });

  test("is anyone's again once it is closed", async (t) => {
    const { origin, as, open, gateway } = await startSite(t);
    const path = newSession("websocket");
    const jane = open("jane", path);
    await jane.opened;
    jane.close();
    await jane.closed;
    assert.equal(gateway.connections, 0);
    assert.equal((await call("GET", `${origin}${path}`, { ...as("joe"), ...UPGRADE })).status, 101);
  });

  test("that nobody opened cannot be sent to", async (t) => {
    const { origin, as } = await startSite(t);
    assert.equal((await call("POST", `${origin}${newSession("xhr_send")}`, as("jane"), '["x"]')).status, 404);
  });
});

describe("the end of a user's session", () => {
  test("closes all its sockets with 4503, with one question for all of them: there may be a newer cookie", async (t) => {
    const { plone, open, gateway } = await startSite(t, { recheckMs: 40 });
    const browsers = [open("jane"), open("jane", "/push/websocket"), open("jane")];
    const joe = open("joe");
    await Promise.all([...browsers, joe].map(({ opened }) => opened));
    plone.users.delete("__ac=jane");
    for (const browser of browsers) assert.deepEqual(await browser.closed, { code: 4503, reason: "come back" });
    assert.equal(gateway.connections, 1, "Joe stays");
  });

  test("closes a stream over xhr with 4503 too", async (t) => {
    const { origin, plone, as, gateway } = await startSite(t, { recheckMs: 40 });
    const streaming = call("POST", `${origin}${newSession("xhr_streaming")}`, as("jane"));
    await until(() => gateway.connections === 1);
    plone.users.delete("__ac=jane");
    const frames = (await streaming).body.trimEnd().split("\n");
    assert.deepEqual(decode(frames.at(-1) ?? ""), { messages: [], close: { code: 4503, reason: "come back" } });
  });

  test("by a logout closes its sockets with 4401, and the door is shut", async (t) => {
    const { plone, open, as, origin, gateway } = await startSite(t);
    const [jane, joe] = [open("jane"), open("joe")];
    await Promise.all([jane.opened, joe.opened]);
    plone.users.delete("__ac=jane");
    gateway.loggedOut("__ac=jane");
    gateway.loggedOut("__ac=nobody");
    assert.deepEqual(await jane.closed, { code: 4401, reason: "session over" });
    assert.equal((await call("GET", `${origin}/push/info`, as("jane"))).status, 401);
    assert.equal(gateway.connections, 1, "Joe stays");
  });

  test("is not believed while Plone knows the cookie", async (t) => {
    const { plone, open, gateway } = await startSite(t);
    const jane = open("jane");
    await jane.opened;
    const asked = plone.questions(1);
    gateway.loggedOut("__ac=jane");
    await asked;
    jane.resume(null);
    await jane.next();
    assert.equal(gateway.connections, 1);
  });

  test("is seen when the cookie is someone else's by now", async (t) => {
    const { plone, open } = await startSite(t, { recheckMs: 40 });
    const jane = open("jane");
    await jane.opened;
    plone.users.set("__ac=jane", "joe");
    assert.equal((await jane.closed).code, 4503);
  });

  test("is not assumed while Plone does not answer", async (t) => {
    const { plone, open, log } = await startSite(t, { recheckMs: 10 });
    const jane = open("jane");
    await jane.opened;
    plone.up = false;
    await plone.questions(5);
    jane.resume(null);
    await jane.next();
    assert.equal(log.filter((line) => line.includes("cannot re-check")).length, 1, "said once, not each time");
    plone.users.delete("__ac=jane");
    plone.up = true;
    assert.equal((await jane.closed).code, 4503);
  });
});
