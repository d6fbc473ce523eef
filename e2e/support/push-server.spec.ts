/** The scripted server keeps its promises: pages here use sockjs-client directly, without the library. */
import { expect, test } from "./fixture.ts";
import { startPushServer } from "./push-server.ts";
import { NETWORK_ERROR } from "./snippet.ts";
import { startTcpProxy } from "./tcp-proxy.ts";

/**
 * A page with a SockJS connection that writes down what it hears in `window.heard`.
 *
 * The timeout is for machines under load: sockjs-client otherwise gives up an attempt after a small multiple of the round
 * trip it has measured, when the server may have accepted it already, and goes on to the next transport.
 */
const LISTENER = `<!DOCTYPE html><title>Listener</title><script src="/sockjs/sockjs.min.js"></script><script>
  window.heard = [];
  window.socket = new SockJS("/push", null, { timeout: 10000 });
  for (const type of ["open", "message", "heartbeat", "close"])
    socket.addEventListener(type, (event) => heard.push([type, event.data ?? event.code].filter(Boolean).join(" ")));
</script>`;

function heard(): string[] {
  return Reflect.get(window, "heard");
}

function say(text: string): void {
  Reflect.get(window, "socket").send(text);
}

const resume = (position: string | null) => JSON.stringify({ type: "resume", position });

test("a message travels in both directions, and both are logged", async ({ page, push }) => {
  await page.goto(push.page("/", LISTENER));
  const socket = await push.nextSocket();
  expect(socket.transport).toBe("websocket");

  socket.send({ url: "/doc/1" });
  socket.sendRaw("not json");
  await expect.poll(() => page.evaluate(heard)).toEqual(["open", 'message {"url":"/doc/1"}', "message not json"]);
  expect(socket.sent).toEqual(['{"url":"/doc/1"}', "not json"]);

  await page.evaluate(say, '{"type":"hello"}');
  expect(await socket.nextMessage()).toEqual({ type: "hello" });
  expect(socket.received).toEqual(['{"type":"hello"}']);
});

test("a socket closes with the code and reason the test gives", async ({ page, push }) => {
  await page.goto(push.page("/", LISTENER));
  const socket = await push.nextSocket();
  socket.close(4401, "session over");
  await socket.closed;
  await expect.poll(() => page.evaluate(heard)).toEqual(["open", "close 4401"]);
});

test("a dropped socket ends without a closing handshake", async ({ page, push }) => {
  await page.goto(push.page("/", LISTENER));
  const socket = await push.nextSocket();
  socket.drop();
  await socket.closed;
  await expect.poll(() => page.evaluate(heard)).toEqual(["open", "close 1006"]);
});

for (const [transport, blocked, prelude] of [
  ["xhr-streaming", ["websocket"], ["heartbeat"]], // sockjs-client takes the padding before `o` for a heartbeat
  ["eventsource", ["websocket", "xhr_streaming"], []],
  ["xhr-polling", ["websocket", "xhr_streaming", "eventsource", "htmlfile"], []],
] as const) {
  test(`with ${blocked.join(", ")} blocked, SockJS falls back to ${transport}`, async ({ page, push, allow }) => {
    allow(/\b404\b|ERR_INCOMPLETE_CHUNKED_ENCODING/); // what is blocked, and the drop at the end
    push.blockTransports(...blocked);
    await page.goto(push.page("/", LISTENER));
    const socket = await push.nextSocket();
    expect(socket.transport).toBe(transport);
    socket.sendRaw("hello");
    await expect.poll(() => page.evaluate(heard)).toEqual([...prelude, "open", "message hello"]);
    await page.evaluate(say, "1");
    expect(await socket.nextMessage()).toBe(1);
    socket.drop();
    await socket.closed;
  });
}

for (const [transport, blocked] of [
  ["websocket", []],
  ["xhr-streaming", ["websocket"]],
] as const) {
  test.describe("with a heartbeat", () => {
    test.use({ pushOptions: { heartbeat: 20 } });

    test(`a page hears it over ${transport}`, async ({ page, push, allow }) => {
      allow(/\b404\b/);
      push.blockTransports(...blocked);
      await page.goto(push.page("/", LISTENER));
      expect((await push.nextSocket()).transport).toBe(transport);
      const sinceOpen = () => page.evaluate(heard).then((lines) => lines.slice(lines.indexOf("open")));
      await expect.poll(sinceOpen).toEqual(expect.arrayContaining(["open", "heartbeat"]));
    });
  });
}

test.describe("with sockjs-node's own heartbeat", () => {
  test.use({ pushOptions: { heartbeat: 20, webSocketHeartbeat: "ping" } });

  test("a page hears nothing over WebSocket: it is a ping, which the browser answers by itself", async ({
    page,
    push,
  }) => {
    const proxy = await startTcpProxy({ target: push.url });
    push.page("/", LISTENER);
    await page.goto(`${proxy.url}/`);
    await push.nextSocket();
    await expect.poll(() => page.evaluate(heard)).toEqual(["open"]);
    const before = proxy.counters.bytesUp;
    await expect.poll(() => proxy.counters.bytesUp - before).toBeGreaterThan(30); // a pong is six bytes
    expect(await page.evaluate(heard)).toEqual(["open"]);
    await page.close();
    await proxy.close();
  });
});

test("resume is answered with a welcome and what was missed", async ({ page, push }) => {
  const { id: first } = push.broadcast({ html: "<p>1</p>" });
  const second = push.broadcast({ html: "<p>2</p>" });
  await page.goto(push.page("/", LISTENER));
  await page.waitForFunction(() => Reflect.get(window, "heard").length === 1);
  await page.evaluate(say, resume(String(first)));
  const third = (await push.nextSocket()).nextMessage().then(() => push.broadcast({ html: "<p>3</p>" }));
  const welcome = { type: "welcome", position: "1732361000000-2", recovered: true };
  const messages = [welcome, second, await third].map((message) => `message ${JSON.stringify(message)}`);
  await expect.poll(() => page.evaluate(heard)).toEqual(["open", ...messages]);
});

test("what is broadcast between open and resume reaches a browser without a position", async ({ page, push }) => {
  push.broadcast({ html: "<p>before</p>" });
  await page.goto(push.page("/", LISTENER));
  await push.nextSocket();
  const between = push.broadcast({ html: "<p>between</p>" });
  await page.waitForFunction(() => Reflect.get(window, "heard").length === 1);
  await page.evaluate(say, resume(null));
  const welcome = { type: "welcome", position: "1732361000000-1", recovered: true };
  const messages = [welcome, between].map((message) => `message ${JSON.stringify(message)}`);
  await expect.poll(() => page.evaluate(heard)).toEqual(["open", ...messages]);
});

test.describe("with a short memory", () => {
  test.use({ pushOptions: { replay: 1 } });

  test("a position that is forgotten, to come or nonsense is a gap", async ({ page, push }) => {
    for (const _ of [1, 2, 3]) push.broadcast({ html: "" });
    await page.goto(push.page("/", LISTENER));
    await page.waitForFunction(() => Reflect.get(window, "heard").length === 1);
    for (const position of ["1732361000000-1", "1732361000000-4", "nonsense"]) {
      await page.evaluate(say, resume(position));
    }
    const gap = 'message {"type":"welcome","position":"1732361000000-3","recovered":false}';
    await expect.poll(() => page.evaluate(heard)).toEqual(["open", gap, gap, gap]);
  });
});

test("a held snippet is answered on release, and an abandoned request is known as such", async ({ page, push }) => {
  const snippet = push.snippet("/doc/1", "<p>old</p>").hold();
  await page.goto(push.page("/", "<!DOCTYPE html><title>Page</title>"));
  const text = page.evaluate(() => fetch("/doc/1?page=2").then((response) => response.text()));
  await push.nextRequest("/doc/1?page=2");
  snippet.answer = "<p>new</p>";
  snippet.release();
  expect(await text).toBe("<p>new</p>");
  expect(await push.requestsFor("/doc/1")[0]?.outcome).toBe("answered");

  snippet.hold();
  await page.evaluate(() => {
    const controller = new AbortController();
    Reflect.set(window, "controller", controller);
    void fetch("/doc/1", { signal: controller.signal }).catch(() => {});
  });
  const request = await push.nextRequest("/doc/1");
  await page.evaluate(() => Reflect.get(window, "controller").abort());
  expect(await request.outcome).toBe("aborted");
});

test("a snippet can fail in every way a server can", async ({ page, push, allow }) => {
  allow(/Failed to load resource/);
  push.snippet("/gone", { status: 410, headers: { "X-Why": "test" }, body: "gone" });
  push.snippet("/broken", NETWORK_ERROR);
  push.snippet("/echo", ({ method, url }) => `${method} ${url}`);
  await page.goto(push.page("/", "<!DOCTYPE html><title>Page</title>"));
  const gone = await page.evaluate(() => fetch("/gone").then(({ status, headers }) => [status, headers.get("X-Why")]));
  expect(gone).toEqual([410, "test"]);
  expect(await page.evaluate(() => fetch("/broken").catch((error: Error) => error.name))).toBe("TypeError");
  expect(await page.evaluate(() => fetch("/echo?a=1", { method: "POST" }).then((r) => r.text()))).toBe(
    "POST /echo?a=1",
  );
});

test("/push/info can answer anything, and SockJS connections can be left in silence", async ({ page, push, allow }) => {
  allow(/Failed to load resource/);
  push.snippet("/push/info", { status: 503, body: "<h1>Down for maintenance</h1>" });
  await page.goto(push.page("/", LISTENER));
  await expect.poll(() => page.evaluate(heard)).toEqual(["close 1002"]);

  push.snippet("/push/info", JSON.stringify({ websocket: true, origins: ["*:*"], cookie_needed: false, entropy: 1 }));
  push.fallSilent();
  await page.reload();
  await push.nextRequest("/push/info");
  await expect.poll(() => push.requests.filter(({ path }) => path.endsWith("/websocket")).length).toBe(1);
  expect(push.sockets).toEqual([]);
});

test("closing twice is safe and leaves nothing listening", async () => {
  const server = await startPushServer();
  await server.close();
  await server.close();
  await expect(fetch(server.url)).rejects.toThrow("fetch failed");
});
