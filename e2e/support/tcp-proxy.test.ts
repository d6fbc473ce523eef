/** The proxy does what networks do, and nothing else: bytes arrive whole, in order, or not at all. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, test } from "node:test";
import { Inbox } from "./inbox.ts";
import { listen, stopListening, trackConnections } from "./listen.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

/** An echo server behind a proxy, and clients of it. */
let echo: Server;
let open: ReadonlySet<Socket>;
let proxy: TcpProxy;
const clients: Socket[] = [];

beforeEach(async () => {
  echo = createServer((socket) => socket.pipe(socket));
  open = trackConnections(echo);
  proxy = await startTcpProxy({ target: `http://127.0.0.1:${await listen(echo)}` });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await proxy.close();
  await proxy.close(); // safe to call twice
  await stopListening(echo, open);
});

async function client(): Promise<{ readonly socket: Socket; readonly heard: Inbox<string> }> {
  const socket = connect(Number(new URL(proxy.url).port), "127.0.0.1");
  const heard = new Inbox<string>();
  socket.setEncoding("utf8").on("data", (text: string) => heard.put(text));
  clients.push(socket);
  await once(socket, "connect");
  return { socket, heard };
}

test("forwards in both directions and counts", async () => {
  const { socket, heard } = await client();
  socket.write("hello");
  assert.equal(await heard.next("an echo"), "hello");
  assert.deepEqual(proxy.counters, { accepted: 1, open: 1, cut: 0, bytesUp: 5, bytesDown: 5 });
  socket.end();
  await once(socket, "close");
});

test("cut ends what is open and accepts what is new", async () => {
  const { socket, heard } = await client();
  socket.write("hello");
  await heard.next("an echo");
  const [upstream] = open;
  assert.ok(upstream);
  const ended = once(upstream, "close");
  proxy.cut();
  await Promise.all([once(socket, "close"), ended]);
  const second = await client();
  second.socket.write("again");
  assert.equal(await second.heard.next("an echo"), "again");
  assert.deepEqual([proxy.counters.accepted, proxy.counters.cut], [2, 1]);
});

test("while it is stalled it accepts and forwards nothing, not even an end, until resume", async () => {
  const early = await client();
  early.socket.write("0");
  await early.heard.next("an echo");

  proxy.stall();
  const late = await client();
  early.socket.write("1");
  late.socket.end();
  // A third one is served after the two have been: what they wrote has reached the proxy.
  await client();
  while (proxy.counters.open < 3) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([proxy.counters.open, proxy.counters.bytesUp], [3, 1]);

  proxy.resume();
  assert.equal(await early.heard.next("an echo"), "1");
  await once(late.socket, "close");
});

test("delay postpones without reordering", async () => {
  const { socket, heard } = await client();
  proxy.delay(40);
  const start = performance.now();
  socket.write("hello");
  assert.equal(await heard.next("an echo"), "hello");
  // Twice, and a clock of whole milliseconds may be one ahead each time.
  assert.ok(performance.now() - start >= 78, "there and back");
});

test("throttle lets everything through, slowly", async () => {
  const { socket } = await client();
  proxy.throttle(100_000);
  const start = performance.now();
  socket.end("x".repeat(20_000));
  await once(socket, "end");
  assert.deepEqual([proxy.counters.bytesUp, proxy.counters.bytesDown], [20_000, 20_000]);
  assert.ok(performance.now() - start >= 190);
});
