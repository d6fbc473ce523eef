/**
 * The server's end of one SockJS connection, in the hands of a test.
 *
 * Knows nothing of positions and replay: what is sent on it is decided elsewhere.
 */
import type { Socket } from "node:net";
import type { Connection } from "sockjs";
import { Inbox } from "./inbox.ts";

export class PushSocket {
  /** What has been sent, as the JSON texts that went out. */
  readonly sent: string[] = [];
  /** What the browser has sent, as it came. */
  readonly received: string[] = [];
  /** Settles when the connection has ended, from either side. */
  readonly closed: Promise<void>;
  readonly #messages = new Inbox<string>();
  readonly #connection: Connection;
  readonly #tcp: () => Iterable<Socket>;
  #isOpen = true;

  /** @param tcp finds the TCP connections that carry it: one for WebSocket, several one after another for polling. */
  constructor(connection: Connection, tcp: () => Iterable<Socket>) {
    this.#connection = connection;
    this.#tcp = tcp;
    connection.on("data", (text: string) => {
      this.received.push(text);
      this.#messages.put(text);
    });
    this.closed = new Promise((resolve) => {
      connection.on("close", () => {
        this.#isOpen = false;
        resolve();
      });
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** As SockJS names it: `websocket`, `xhr-streaming`, `eventsource`, `xhr-polling`, … */
  get transport(): string {
    return this.#connection.protocol;
  }

  /** Sends a message of the protocol, or any other value, as JSON. */
  send(message: unknown): void {
    this.sendRaw(JSON.stringify(message));
  }

  /** Sends a text that need not be JSON. SockJS frames it as usual. */
  sendRaw(text: string): void {
    this.sent.push(text);
    this.#connection.write(text);
  }

  /** Writes a SockJS frame past SockJS, e.g. `h`, a heartbeat, or one that is not of its protocol. WebSocket only. */
  sendFrame(frame: string): void {
    if (this.transport !== "websocket") throw new Error(`expected the transport websocket, found ${this.transport}`);
    const payload = Buffer.from(frame);
    // An unmasked, final text frame (RFC 6455, 5.2) in its shortest form.
    if (payload.length > 125) throw new Error(`expected a frame of at most 125 bytes, found ${payload.length}`);
    for (const tcp of this.#tcp()) tcp.write(Buffer.concat([Buffer.from([0x81, payload.length]), payload]));
  }

  /** Hears every message of the browser, beside {@link nextMessage}. */
  onMessage(listener: (text: string) => void): void {
    this.#connection.on("data", listener);
  }

  /** The next message of the browser that no earlier call has returned, parsed. */
  async nextMessage(): Promise<unknown> {
    return JSON.parse(await this.#messages.next("a message from the browser"));
  }

  /** Closes in good order, e.g. with 4401. */
  close(code: number, reason = ""): void {
    // @types/sockjs wants the code as a string, but SockJS hands it to the browser as it is given.
    Reflect.apply(this.#connection.close, this.#connection, [code, reason]);
  }

  /** Destroys the TCP connection without a word, as a crash or a lost network does. */
  drop(): void {
    for (const tcp of this.#tcp()) tcp.destroy();
  }
}
