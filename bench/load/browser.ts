/**
 * One browser of the load run: a WebSocket that resumes, and from then on only counts what it receives. As little as possible, for
 * thousands of them share one processor with what is measured.
 */
import { connect, type Socket } from "node:net";
import { FrameCounter } from "./frame-counter.ts";

export interface BrowserOptions {
  readonly url: URL;
  /** The address that it connects from. */
  readonly localAddress: string;
  readonly user: number;
  /** Where it resumes. Null: what is new from now on. */
  readonly position: string | null;
  readonly topics: readonly string[];
  /** It has been welcomed to all its streams. */
  readonly onOpen: (browser: Browser) => void;
  /** So many messages have come, which are no welcome. */
  readonly onMessages: (count: number) => void;
}

export type BrowserState = "connecting" | "upgrading" | "resuming" | "open" | "lost";

/** All sockets read into it: what is in it is counted before another one reads. */
const CHUNK = Buffer.allocUnsafe(64 * 1024);

export class Browser {
  readonly #options: BrowserOptions;
  readonly #socket: Socket;
  readonly #frames = new FrameCounter();
  #welcomes: number;
  #state: BrowserState = "connecting";

  constructor(options: BrowserOptions) {
    const { url, localAddress, topics } = options;
    this.#options = options;
    this.#welcomes = 1 + topics.length;
    const callback = (bytes: number) => this.#take(CHUNK.subarray(0, bytes));
    this.#socket = connect({
      port: Number(url.port),
      host: url.hostname,
      localAddress,
      onread: { buffer: CHUNK, callback },
    });
    this.#socket.on("connect", () => {
      this.#state = "upgrading";
    });
    this.#socket.on("error", (error) => this.#fail(error.message));
    this.#socket.on("close", () => this.#fail("it closed"));
    this.#socket.write(this.#handshake());
  }

  get user(): number {
    return this.#options.user;
  }

  get state(): BrowserState {
    return this.#state;
  }

  /** That the first welcome has told. */
  get position(): string | undefined {
    return /position\\":\\"([\d-]+)/.exec(this.#frames.first ?? "")?.[1];
  }

  /** As when the network is gone. */
  lose(): void {
    this.#state = "lost";
    this.#socket.destroy();
  }

  #handshake(): string {
    const { url, user } = this.#options;
    const lines = [
      `GET /push/000/s${user}/websocket HTTP/1.1`,
      `Host: ${url.host}`,
      `Origin: ${url.origin}`,
      `Cookie: __ac=u${user}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    return `${lines.join("\r\n")}\r\n\r\n`;
  }

  /** True, for reading goes on. */
  #take(chunk: Buffer): boolean {
    let messages = this.#frames.take(chunk);
    if (this.#state === "upgrading" && this.#frames.opened) this.#resume();
    if (this.#state === "resuming" && messages > 0) {
      const welcomes = Math.min(this.#welcomes, messages);
      this.#welcomes -= welcomes;
      messages -= welcomes;
      if (this.#welcomes === 0) {
        this.#state = "open";
        this.#options.onOpen(this);
      }
    }
    if (messages > 0) this.#options.onMessages(messages);
    return true;
  }

  #resume(): void {
    const { position, topics } = this.#options;
    this.#state = "resuming";
    const from = topics.length === 0 ? {} : { topics: Object.fromEntries(topics.map((topic) => [topic, null])) };
    this.#socket.write(maskedText(JSON.stringify([JSON.stringify({ type: "resume", position, ...from })])));
  }

  #fail(why: string): void {
    if (this.#state !== "lost")
      throw new Error(`socket of u${this.user}, ${this.#state}: expected it to stay, found: ${why}`);
  }
}

/** A text frame of at most 65,535 bytes of ASCII, masked with zeros. */
function maskedText(text: string): Buffer {
  const { length } = text;
  const header = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([0x81, ...header, 0, 0, 0, 0]), Buffer.from(text)]);
}
