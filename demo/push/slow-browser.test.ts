import assert from "node:assert/strict";
import { once } from "node:events";
import { Duplex } from "node:stream";
import { describe, test } from "node:test";
import { createMemoryBus } from "../bus/memory.ts";
import { call, decode, openSilently } from "./test-support/browser.ts";
import { message, newSession, startSite, until } from "./test-support/site.ts";

/** A message of about 10 000 characters. */
const large = (n: number) => message(`/${n}/${"x".repeat(10_000)}`);

async function upgraded(server: NodeJS.EventEmitter): Promise<Duplex> {
  const [, socket] = await once(server, "upgrade");
  assert.ok(socket instanceof Duplex);
  return socket;
}

describe("a browser that does not read", () => {
  test("over WebSocket does not fill the server's memory", async (t) => {
    const { bus, origin, server, as } = await startSite(t, { resumeTimeoutMs: 0 });
    const accepted = upgraded(server);
    const silent = await openSilently(`${origin}${newSession("websocket")}`, as("jane"));
    t.after(() => silent.destroy());
    const socket = await accepted;
    for (let n = 0; n < 1000; n += 1) await bus.publish("jane", large(n));
    // Until the system's own buffers are full and the socket says so.
    await until(() => socket.writableNeedDrain);
    for (let n = 0; n < 1000; n += 1) await bus.publish("jane", large(n));
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(socket.writableLength < 256 * 1024, `${socket.writableLength} bytes are waiting`);
  });

  test("between two polls is kept only so much; the rest is in the stream, and nothing is lost", async (t) => {
    const { bus, origin, as } = await startSite(t, { resumeTimeoutMs: 0, disconnectDelayMs: 3000 });
    const url = `${origin}${newSession("xhr")}`;
    await call("POST", url, as("jane"));
    for (let n = 0; n < 100; n += 1) await bus.publish("jane", large(n));
    const received: unknown[] = [];
    while (received.length < 100) {
      const { body } = await call("POST", url, as("jane"));
      assert.ok(body.length < 128 * 1024, `${body.length} characters in one answer`);
      received.push(...decode(body).messages);
    }
    const ids = received.map((it) => (typeof it === "object" && it !== null && "id" in it ? it.id : it));
    const reading = await bus.read("jane", ids[0] === undefined ? "" : String(ids[0]));
    assert.ok(reading.recovered);
    assert.deepEqual(
      ids.slice(1),
      reading.entries.map(({ id }) => id),
    );
  });

  test("for longer than the stream remembers is told of the gap", async (t) => {
    const bus = createMemoryBus({ maxEntries: 10 });
    const { origin, as } = await startSite(t, { bus, resumeTimeoutMs: 0, disconnectDelayMs: 3000 });
    const url = `${origin}${newSession("xhr")}`;
    await call("POST", url, as("jane"));
    for (let n = 0; n < 100; n += 1) await bus.publish("jane", large(n));
    const position = await bus.position("jane");
    const received: unknown[] = [];
    const welcome = { type: "welcome", position, recovered: false };
    while (JSON.stringify(received.at(-1)) !== JSON.stringify(welcome)) {
      received.push(...decode((await call("POST", url, as("jane"))).body).messages);
    }
    assert.ok(received.length < 20, "what was lost is not sent after all");
  });
});

test("a browser that goes away while Plone is asked leaves nothing behind", async (t) => {
  let answer = () => {};
  const asked = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const whoami = (cookie: string | undefined) => asked.then(() => cookie ?? null);
  const { origin, server, as, gateway, open } = await startSite(t, { whoami });
  const path = newSession("websocket");
  const accepted = upgraded(server);
  const leaving = open("jane", path);
  const socket = await accepted;
  const gone = once(socket, "close");
  leaving.close();
  await leaving.closed;
  socket.destroy();
  await gone;
  answer();
  const joe = open("joe", path);
  await joe.opened;
  assert.equal(gateway.connections, 1);
  assert.equal((await call("GET", `${origin}/push/info`, as("jane"))).status, 200);
});
