/** The browsers of the load run, in one process: WebSockets that only count what they receive. */
import { connect, type Socket } from "node:net";
import { connectRedisBus } from "../../demo/bus/redis.ts";
import { type ClientAnswer, type ClientOrder, TOPIC } from "./messages.ts";

/** So many handshakes are under way at once. */
const HANDSHAKES = 200;
/** Connections from one address, at most: it has some 28,000 ports, and one that was closed is not free for a minute. */
const CONNECTIONS_OF_ADDRESS = 20_000;

const TOPICS = { topics: { [TOPIC]: null } };

const answer = (it: ClientAnswer) => process.send?.(it);
const sockets: Socket[] = [];
/** By user, as far as the last welcome has told: where the socket resumes when it comes again. */
const positions: string[] = [];
let received = 0;
let onReceived = () => {};

process.on("message", async (order: ClientOrder) => {
  switch (order.type) {
    case "open":
      return await openAll(order);
    case "lose":
      for (const socket of sockets.splice(0)) socket.destroy();
      return answer({ type: "lost" });
    case "expect":
      return expect(order.messages);
    case "latency":
      return await measureLatency(order.redisUrl, order.messages);
  }
});
process.on("disconnect", () => process.exit());

async function openAll({ url, users, network, listensToTopic }: Extract<ClientOrder, { type: "open" }>): Promise<void> {
  const begin = performance.now();
  let next = 0;
  const worker = async () => {
    while (next < users) {
      const user = next;
      next += 1;
      const localAddress = `127.0.${network}.${1 + Math.floor(user / CONNECTIONS_OF_ADDRESS)}`;
      await open(new URL(url), localAddress, user, listensToTopic);
    }
  };
  await Promise.all(Array.from({ length: HANDSHAKES }, worker));
  answer({ type: "opened", ms: performance.now() - begin });
}

/** Resolves when the socket has been welcomed, to all its streams. */
function open({ port, origin }: URL, localAddress: string, user: number, listensToTopic: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(port), host: "127.0.0.1", localAddress });
    const lines = [
      `GET /push/000/s${user}/websocket HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      `Origin: ${origin}`,
      `Cookie: __ac=u${user}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    socket.on("error", reject);
    const frames = new FrameCounter((text) => {
      positions[user] ??= /position\\":\\"([\d-]+)/.exec(text)?.[1] ?? "";
    });
    let welcomes = listensToTopic ? 2 : 1;
    let isOpen = false;
    socket.on("data", (chunk) => {
      let arrays = frames.take(chunk);
      if (frames.opened && !isOpen) {
        isOpen = true;
        const resume = { type: "resume", position: positions[user] ?? null, ...(listensToTopic ? TOPICS : {}) };
        socket.write(maskedText(JSON.stringify([JSON.stringify(resume)])));
      }
      if (arrays > 0 && welcomes > 0) {
        const welcomed = Math.min(welcomes, arrays);
        welcomes -= welcomed;
        arrays -= welcomed;
        if (welcomes === 0) {
          sockets.push(socket);
          resolve();
        }
      }
      if (arrays === 0) return;
      received += arrays;
      onReceived();
    });
  });
}

function expect(messages: number): void {
  const until = received + messages;
  const begin = performance.now();
  onReceived = () => {
    if (received < until) return;
    onReceived = () => {};
    answer({ type: "received", ms: performance.now() - begin });
  };
  answer({ type: "expecting" });
}

/** One message after the other, each to another user, from publishing it to its arrival. */
async function measureLatency(redisUrl: string, messages: number): Promise<void> {
  const bus = await connectRedisBus({ url: redisUrl, log: () => {} });
  const ms: number[] = [];
  for (let n = 0; n < messages; n += 1) {
    const begin = performance.now();
    const arrived = new Promise<void>((resolve) => {
      onReceived = resolve;
    });
    await bus.publish(`u${(n * 7919) % sockets.length}`, { type: "inject", url: "/a" });
    await arrived;
    ms.push(performance.now() - begin);
  }
  await bus.close();
  answer({ type: "latencies", ms });
}

/** Counts the SockJS frames of a server: whole WebSocket frames, unmasked, after the HTTP response. */
class FrameCounter {
  opened = false;
  readonly #onFirst: (text: string) => void;
  #hasFirst = false;
  #rest: Buffer = Buffer.alloc(0);
  #isHttp = true;

  /** @param onFirst is given the first frame of messages. */
  constructor(onFirst: (text: string) => void) {
    this.#onFirst = onFirst;
  }

  /** How many frames of messages ("a") the chunk completes. */
  take(chunk: Buffer): number {
    let data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (this.#isHttp) {
      const end = data.indexOf("\r\n\r\n");
      if (end < 0) {
        this.#rest = data;
        return 0;
      }
      if (!data.subarray(0, 12).equals(Buffer.from("HTTP/1.1 101"))) throw new Error(data.toString());
      this.#isHttp = false;
      data = data.subarray(end + 4);
    }
    let messages = 0;
    for (;;) {
      const short = data[1];
      if (short === undefined) break;
      const header = short < 126 ? 2 : 4;
      if (short === 127) throw new Error("expected short frames, found one of more than 64 kB");
      if (data.length < header) break;
      const end = header + (short < 126 ? short : data.readUInt16BE(2));
      if (data.length < end) break;
      const type = String.fromCharCode(data[header] ?? 0);
      if (type === "a") {
        messages += 1;
        if (!this.#hasFirst) this.#onFirst(data.toString("utf8", header, end));
        this.#hasFirst = true;
      }
      if (type === "o") this.opened = true;
      else if (type === "c") throw new Error(`expected messages, found ${data.subarray(header, end)}`);
      data = data.subarray(end);
    }
    this.#rest = data;
    return messages;
  }
}

/** A text frame of at most 65,535 bytes of ASCII, masked with zeros. */
function maskedText(text: string): Buffer {
  const { length } = text;
  const header = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([0x81, ...header, 0, 0, 0, 0]), Buffer.from(text)]);
}
