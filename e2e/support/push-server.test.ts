/** The scripted server keeps its promises. The browser here is sockjs-client in Node, without the library. */
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import SockJS from "sockjs-client";
import { Inbox } from "./inbox.ts";
import { type PushServer, type PushServerOptions, startPushServer } from "./push-server.ts";
import { NETWORK_ERROR } from "./snippet.ts";

const servers: PushServer[] = [];
const clients: WebSocket[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  for (const server of servers.splice(0)) await server.close();
});

async function start(options?: PushServerOptions): Promise<PushServer> {
  const server = await startPushServer(options);
  servers.push(server);
  return server;
}

interface Client {
  readonly socket: WebSocket;
  /** What the client hears, in order: `open`, `message …`, `heartbeat`, `close <code>`. */
  readonly heard: Inbox<string>;
}

function connect(push: PushServer): Client {
  // sockjs-client otherwise gives up an attempt after a small multiple of the round trip that it has measured.
  const socket = new SockJS(`${push.url}/push`, null, { timeout: 10_000 });
  const heard = new Inbox<string>();
  socket.addEventListener("open", () => heard.put("open"));
  socket.addEventListener("message", ({ data }) => heard.put(`message ${data}`));
  socket.addEventListener("heartbeat", () => heard.put("heartbeat"));
  socket.addEventListener("close", ({ code }) => heard.put(`close ${code}`));
  clients.push(socket);
  return { socket, heard };
}

async function expectHeard({ heard }: Client, ...lines: readonly string[]): Promise<void> {
  for (const line of lines) assert.equal(await heard.next(line), line);
}

const resume = (position: string | null) => JSON.stringify({ type: "resume", position });

test("a message travels in both directions, and both are logged", async () => {
  const push = await start();
  const client = connect(push);
  const socket = await push.nextSocket();
  assert.equal(socket.transport, "websocket");
  socket.send({ url: "/doc/1" });
  socket.sendRaw("not json");
  await expectHeard(client, "open", 'message {"url":"/doc/1"}', "message not json");
  assert.deepEqual(socket.sent, ['{"url":"/doc/1"}', "not json"]);
  client.socket.send('{"type":"hello"}');
  assert.deepEqual(await socket.nextMessage(), { type: "hello" });
  assert.deepEqual(socket.received, ['{"type":"hello"}']);
});

for (const [how, end, code] of [
  ["closes with the code that the test gives", "close", 4401],
  ["that is dropped ends without a closing handshake", "drop", 1006],
] as const) {
  test(`a socket ${how}`, async () => {
    const push = await start();
    const client = connect(push);
    const socket = await push.nextSocket();
    await expectHeard(client, "open");
    if (end === "close") socket.close(code, "session over");
    else socket.drop();
    await socket.closed;
    await expectHeard(client, `close ${code}`);
  });
}

test("a transport that is blocked does not get through, and SockJS takes another one", async () => {
  const push = await start();
  push.blockTransports("websocket");
  const client = connect(push);
  const socket = await push.nextSocket();
  assert.notEqual(socket.transport, "websocket");
  socket.sendRaw("hello");
  // sockjs-client takes the padding of a stream for a heartbeat.
  for (const line of ["open", "message hello"]) await client.heard.next(line, (heard) => heard === line);
});

test("heartbeats are frames, or pings as sockjs-node sends them, which a page cannot hear", async () => {
  const beating = connect(await start({ heartbeat: 20 }));
  await expectHeard(beating, "open", "heartbeat", "heartbeat");
  const push = await start({ heartbeat: 20, webSocketHeartbeat: "ping" });
  const pinging = connect(push);
  await expectHeard(pinging, "open");
  // The other one beats as often: it is heard, this one is not.
  await expectHeard(beating, "heartbeat", "heartbeat", "heartbeat");
  assert.deepEqual(pinging.heard.drain(), []);
});

test("resume is answered with a welcome and what was missed", async () => {
  const push = await start();
  const { id: first } = push.broadcast({ html: "<p>1</p>" });
  const second = push.broadcast({ html: "<p>2</p>" });
  const client = connect(push);
  await expectHeard(client, "open");
  client.socket.send(resume(String(first)));
  await (await push.nextSocket()).nextMessage();
  const third = push.broadcast({ html: "<p>3</p>" });
  const welcome = { type: "welcome", position: "1732361000000-2", recovered: true };
  await expectHeard(client, ...[welcome, second, third].map((message) => `message ${JSON.stringify(message)}`));
});

test("what is broadcast between open and resume reaches a browser without a position", async () => {
  const push = await start();
  push.broadcast({ html: "<p>before</p>" });
  const client = connect(push);
  await push.nextSocket();
  const between = push.broadcast({ html: "<p>between</p>" });
  await expectHeard(client, "open");
  client.socket.send(resume(null));
  const welcome = { type: "welcome", position: "1732361000000-1", recovered: true };
  await expectHeard(client, ...[welcome, between].map((message) => `message ${JSON.stringify(message)}`));
});

test("a position that is forgotten, to come or nonsense is a gap", async () => {
  const push = await start({ replay: 1 });
  for (const _ of [1, 2, 3]) push.broadcast({ html: "" });
  const client = connect(push);
  await expectHeard(client, "open");
  for (const position of ["1732361000000-1", "1732361000000-4", "nonsense"]) {
    client.socket.send(resume(position));
    await expectHeard(client, 'message {"type":"welcome","position":"1732361000000-3","recovered":false}');
  }
});

test("what is kept being sent comes after the replay, on each connection, until it is withdrawn", async () => {
  const push = await start();
  const stop = push.keepSending({ html: "kept" });
  push.broadcast({ html: "missed" });
  for (const isKept of [true, false]) {
    const client = connect(push);
    await expectHeard(client, "open");
    client.socket.send(resume("1732361000000-0"));
    await expectHeard(client, 'message {"type":"welcome","position":"1732361000000-1","recovered":true}');
    await expectHeard(client, 'message {"html":"missed","id":"1732361000000-1"}');
    push.sockets.at(-1)?.sendRaw("end");
    await expectHeard(client, ...(isKept ? ['message {"html":"kept"}'] : []), "message end");
    stop();
  }
});

test("a held snippet is answered on release, and an abandoned request is known as such", async () => {
  const push = await start();
  const snippet = push.snippet("/doc/1", "<p>old</p>").hold();
  const text = fetch(`${push.url}/doc/1?page=2`).then((response) => response.text());
  await push.nextRequest("/doc/1?page=2");
  assert.deepEqual(push.held, ["/doc/1?page=2"]);
  snippet.answer = "<p>new</p>";
  snippet.release();
  assert.equal(await text, "<p>new</p>");
  assert.equal(await push.requestsFor("/doc/1")[0]?.outcome, "answered");
  assert.deepEqual(push.held, []);

  snippet.hold();
  const controller = new AbortController();
  const aborted = fetch(`${push.url}/doc/1`, { signal: controller.signal });
  const request = await push.nextRequest("/doc/1");
  controller.abort();
  await assert.rejects(aborted);
  assert.equal(await request.outcome, "aborted");
});

test("a snippet can fail in every way a server can", async () => {
  const push = await start();
  push.snippet("/gone", { status: 410, headers: { "X-Why": "test" }, body: "gone" });
  push.snippet("/broken", NETWORK_ERROR);
  push.snippet("/echo", ({ method, url }) => `${method} ${url}`);
  const gone = await fetch(`${push.url}/gone`);
  assert.deepEqual([gone.status, gone.headers.get("X-Why")], [410, "test"]);
  await assert.rejects(fetch(`${push.url}/broken`), TypeError);
  const echo = await fetch(`${push.url}/echo?a=1`, { method: "POST" });
  assert.equal(await echo.text(), "POST /echo?a=1");
});

test("/push/info can answer anything, and SockJS connections can be left in silence", async () => {
  const push = await start();
  const info = push.snippet("/push/info", { status: 503, body: "<h1>Down for maintenance</h1>" });
  await expectHeard(connect(push), "close 1002");
  info.answer = JSON.stringify({ websocket: true, origins: ["*:*"], cookie_needed: false, entropy: 1 });
  push.fallSilent();
  const controller = new AbortController();
  const poll = fetch(`${push.url}/push/000/session/xhr`, { method: "POST", signal: controller.signal });
  const request = await push.nextRequest("/push/000/session/xhr");
  assert.deepEqual(push.sockets, []);
  controller.abort();
  await assert.rejects(poll);
  assert.equal(await request.outcome, "aborted");
});

test("closing twice is safe and leaves nothing listening", async () => {
  const server = await startPushServer();
  await server.close();
  await server.close();
  await assert.rejects(fetch(server.url), TypeError);
});
