import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, test } from "node:test";
import { fewer } from "./door/fewer.ts";
import { Fragments } from "./sockjs/fragments.ts";
import { call, openSilently } from "./test-support/browser.ts";
import { newSession, startSite } from "./test-support/site.ts";

/** A frame as a browser sends it (RFC 6455, 5.2), masked with zeros. */
function frame(first: number, length = 0): Buffer {
  const header = length < 126 ? [first, 0x80 | length] : [first, 0x80 | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([...header, 0, 0, 0, 0]), Buffer.alloc(length, "x")]);
}

/** A connection that is cut off ends with an error or without one. */
const gone = (socket: Socket) => new Promise((resolve) => socket.once("close", resolve));

const TEXT = 0x01;
const CONTINUATION = 0x00;
const PING = 0x89;
const FIN = 0x80;

describe("fragments of a WebSocket message", () => {
  test("without end cut the socket off, as do those that came with the handshake", async (t) => {
    const { origin, as, gateway } = await startSite(t);
    for (const path of [newSession("websocket"), "/push/websocket"]) {
      const socket = await openSilently(`${origin}${path}`, as("jane"));
      const closed = gone(socket.resume());
      socket.write(frame(TEXT, 1));
      const endless = () => {
        while (socket.writable && socket.write(Buffer.concat(Array.from({ length: 100 }, () => frame(CONTINUATION)))));
      };
      socket.on("drain", endless);
      endless();
      await closed;
    }
    // The other one's browser is not disturbed by it.
    await openSilently(`${origin}${newSession("websocket")}`, as("joe"));
    assert.ok(gateway.connections <= 1);
  });

  test("are counted for each message, wherever the network cuts the bytes", () => {
    const message = Buffer.concat([
      frame(TEXT, 5),
      ...Array.from({ length: 200 }, (_, n) => Buffer.concat([frame(CONTINUATION, n), frame(PING, 3)])),
      frame(CONTINUATION | FIN, 300),
      frame(TEXT | FIN, 40_000),
    ]);
    const many = Buffer.concat([message, message, message]);
    for (const size of [1, 2, 3, 7, 1000, many.length]) {
      const fragments = new Fragments();
      for (let at = 0; at < many.length; at += size) assert.ok(fragments.take(many.subarray(at, at + size)), `${size}`);
      const endless = Buffer.concat([frame(TEXT), ...Array.from({ length: 300 }, () => frame(CONTINUATION))]);
      assert.equal(fragments.take(endless), false);
    }
  });
});

test("thousands of requests on one connection, without reading an answer, cut it off", async (t) => {
  const { origin, as, gateway } = await startSite(t);
  const { Cookie, Origin } = { Cookie: "", Origin: "", ...as("jane") };
  const requests = Array.from(
    { length: 4000 },
    () =>
      `POST ${newSession("xhr_streaming")} HTTP/1.1\r\nHost: x\r\nCookie: ${Cookie}\r\nOrigin: ${Origin}\r\nContent-Length: 0\r\n\r\n`,
  );
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  socket.on("error", () => {});
  const closed = gone(socket);
  socket.write(requests.join(""));
  socket.resume();
  await closed;
  assert.ok(gateway.connections <= 4, `${gateway.connections} connections`);
  assert.equal((await call("GET", `${origin}/push/info`, as("jane"))).status, 200);
});

test("one request after the other on one connection is how browsers do it", async (t) => {
  const { origin, as } = await startSite(t);
  const socket = connect(Number(new URL(origin).port), "127.0.0.1");
  t.after(() => socket.destroy());
  for (let n = 0; n < 20; n += 1) {
    socket.write(`GET /push/info HTTP/1.1\r\nHost: x\r\nCookie: ${as("jane")["Cookie"]}\r\n\r\n`);
    const [answer] = await once(socket, "data");
    assert.match(String(answer), /^HTTP\/1.1 200/);
  }
});

test("an origin of any length and content is cut and quoted in the log, and the log is not filled", async (t) => {
  const { origin, log } = await startSite(t);
  for (let n = 0; n < 50; n += 1) {
    const Origin = `https://elsewhere.example.org/"\t${"x".repeat(8000)}`;
    assert.equal((await call("GET", `${origin}/push/info`, { Origin })).status, 403);
  }
  assert.equal(log.length, 10);
  for (const line of log) {
    assert.ok(line.length < 200);
    assert.match(line, /^push: refused a request from the origin "https:\/\/elsewhere\.example\.org\/\\"\\tx+"$/);
  }
});

test("a log that was too long says later how much was left out", () => {
  const lines: string[] = [];
  let now = 0;
  const log = fewer(
    (line) => lines.push(line),
    () => now,
  );
  for (let n = 0; n < 15; n += 1) log(`${n}`);
  now = 10_000;
  log("later");
  assert.deepEqual(lines.slice(9), ["9", "push: left out 5 more lines like the last ones", "later"]);
});

test("a user has so many sockets and not one more, until one is closed", async (t) => {
  const { gateway, open } = await startSite(t, { maxSocketsPerUser: 3 });
  const browsers = [open("jane"), open("jane", "/push/websocket"), open("jane")];
  await Promise.all(browsers.map(({ opened }) => opened));
  assert.deepEqual(await open("jane").closed, { code: 4429, reason: "too many connections of this user" });
  await open("joe").opened;
  assert.equal(gateway.connections, 4);
  assert.equal(gateway.users, 2);
  browsers[0]?.close();
  await browsers[0]?.closed;
  while (gateway.connections > 3) await new Promise((resolve) => setImmediate(resolve));
  await open("jane").opened;
});
