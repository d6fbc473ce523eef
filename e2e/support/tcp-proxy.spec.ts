/** The proxy does what networks do, and nothing else: bytes arrive whole, in order, or not at all. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { expect, test } from "@playwright/test";
import { Inbox } from "./inbox.ts";
import { listen, stopListening, trackConnections } from "./listen.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

/** An echo server behind a proxy, and clients of it. */
class Line {
  readonly echo: Server = createServer((socket) => socket.pipe(socket));
  readonly open = trackConnections(this.echo);
  readonly clients: Socket[] = [];

  async start(): Promise<TcpProxy> {
    return startTcpProxy({ target: `http://127.0.0.1:${await listen(this.echo)}` });
  }

  async client(proxy: TcpProxy): Promise<{ socket: Socket; heard: Inbox<string> }> {
    const socket = connect(Number(new URL(proxy.url).port), "127.0.0.1");
    const heard = new Inbox<string>();
    socket.setEncoding("utf8").on("data", (text: string) => heard.put(text));
    this.clients.push(socket);
    await once(socket, "connect");
    return { socket, heard };
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.destroy();
    await stopListening(this.echo, this.open);
  }
}

const it = test.extend<{ line: Line; tcpProxy: TcpProxy }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures a function needs from its pattern
  line: async ({}, use) => {
    const line = new Line();
    await use(line);
    await line.stop();
  },
  tcpProxy: async ({ line }, use) => {
    const proxy = await line.start();
    await use(proxy);
    await proxy.close();
    await proxy.close(); // safe to call twice
  },
});

it("forwards in both directions and counts", async ({ line, tcpProxy }) => {
  const { socket, heard } = await line.client(tcpProxy);
  socket.write("hello");
  expect(await heard.next("an echo")).toBe("hello");
  expect(tcpProxy.counters).toEqual({ accepted: 1, open: 1, cut: 0, bytesUp: 5, bytesDown: 5 });
  socket.end();
  await once(socket, "close");
  await expect.poll(() => tcpProxy.counters.open).toBe(0);
});

it("cut ends what is open and accepts what is new", async ({ line, tcpProxy }) => {
  const { socket, heard } = await line.client(tcpProxy);
  socket.write("hello");
  await heard.next("an echo");
  tcpProxy.cut();
  await once(socket, "close");
  await expect.poll(() => line.open.size).toBe(0);
  const second = await line.client(tcpProxy);
  second.socket.write("again");
  expect(await second.heard.next("an echo")).toBe("again");
  expect(tcpProxy.counters).toMatchObject({ accepted: 2, cut: 1 });
});

it("while it is stalled it accepts and forwards nothing, not even an end, until resume", async ({ line, tcpProxy }) => {
  const early = await line.client(tcpProxy);
  early.socket.write("0");
  await early.heard.next("an echo");

  tcpProxy.stall();
  const late = await line.client(tcpProxy);
  early.socket.write("1");
  late.socket.end();
  await expect.poll(() => tcpProxy.counters.accepted).toBe(2);
  expect(tcpProxy.counters).toMatchObject({ open: 2, bytesUp: 1 });

  tcpProxy.resume();
  expect(await early.heard.next("an echo")).toBe("1");
  await once(late.socket, "close");
});

it("delay postpones without reordering", async ({ line, tcpProxy }) => {
  const { socket, heard } = await line.client(tcpProxy);
  tcpProxy.delay(40);
  const start = performance.now();
  socket.write("hello");
  expect(await heard.next("an echo")).toBe("hello");
  expect(performance.now() - start).toBeGreaterThanOrEqual(79); // there and back
});

it("throttle lets everything through, slowly", async ({ line, tcpProxy }) => {
  const { socket } = await line.client(tcpProxy);
  tcpProxy.throttle(100_000);
  const start = performance.now();
  socket.end("x".repeat(20_000));
  await once(socket, "end");
  expect(tcpProxy.counters).toMatchObject({ bytesUp: 20_000, bytesDown: 20_000 });
  expect(performance.now() - start).toBeGreaterThanOrEqual(190);
});
