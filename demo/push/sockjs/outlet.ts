/**
 * The flow control of one socket: whether it can take another message.
 *
 * sockjs buffers without limit, for a slow WebSocket as for a polling browser between two polls. It need not: the bus
 * keeps the messages that have not been sent. So they are only read from the bus while the outlet is `ready`. Knows the
 * streams that responses are written to, nothing of messages.
 */

/** What sockjs may buffer for a browser between two requests: the next response contains all of it. */
const MAX_BUFFERED_CHARACTERS = 64 * 1024;

/** The part of a socket or an HTTP response that an outlet uses. */
export interface Sink {
  readonly writableEnded: boolean;
  readonly writableNeedDrain: boolean;
  readonly destroyed: boolean;
  on(event: "drain", listener: () => void): unknown;
}

export interface OutletListener {
  /** The outlet may be ready again. */
  wake(): void;
}

export class Outlet {
  #sink: Sink | null = null;
  #buffered = 0;
  #listener: OutletListener | null = null;

  get ready(): boolean {
    const sink = this.#openSink;
    return sink === null ? this.#buffered < MAX_BUFFERED_CHARACTERS : !sink.writableNeedDrain;
  }

  /** The browser receives on this request from now on, and has received what was buffered. */
  attach(sink: Sink): void {
    // sockjs refuses a second receiving request of a session; the first one stays.
    if (this.#openSink !== null) return;
    this.#sink = sink;
    this.#buffered = 0;
    sink.on("drain", () => this.#listener?.wake());
    this.#listener?.wake();
  }

  /** Counts a message that is about to be sent. */
  count(text: string): void {
    if (this.#openSink === null) this.#buffered += text.length;
  }

  /** There is one listener. */
  listen(listener: OutletListener): void {
    this.#listener = listener;
  }

  /** Safe to call twice. */
  unlisten(listener: OutletListener): void {
    if (this.#listener === listener) this.#listener = null;
  }

  get #openSink(): Sink | null {
    return this.#sink === null || this.#sink.writableEnded || this.#sink.destroyed ? null : this.#sink;
  }
}
