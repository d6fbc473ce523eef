/**
 * Where one socket's messages go, and whether there is room: its flow control.
 *
 * sockjs buffers without bound, for a slow WebSocket as for a polling browser that is between two polls. There is no need
 * to: the bus keeps what was not sent yet. So messages are only taken from it while this says `ready`. Knows the streams
 * that requests write to, nothing of messages.
 */
/** What sockjs may keep for a browser that is between two requests, in characters: the next answer takes it all. */
const MAX_KEPT = 64 * 1024;

/** The part of a socket or an HTTP response that matters here. */
export interface Sink {
  readonly writableEnded: boolean;
  readonly writableNeedDrain: boolean;
  readonly destroyed: boolean;
  on(event: "drain", listener: () => void): unknown;
}

export class Outlet {
  #sink: Sink | null = null;
  #kept = 0;
  #wake: () => void = () => {};

  get ready(): boolean {
    const sink = this.#openSink;
    return sink === null ? this.#kept < MAX_KEPT : !sink.writableNeedDrain;
  }

  /** The browser listens on this request from now on, and has been given what was kept. */
  attach(sink: Sink): void {
    // A second listener on one session is turned away by sockjs, with the first undisturbed.
    if (this.#openSink !== null) return;
    this.#sink = sink;
    this.#kept = 0;
    sink.on("drain", () => this.#wake());
    this.#wake();
  }

  /** Count a message that is about to be sent. */
  count(text: string): void {
    if (this.#openSink === null) this.#kept += text.length;
  }

  /** Call `wake` when there may be room again; one listener. Returns the undo. */
  listen(wake: () => void): () => void {
    this.#wake = wake;
    return () => {
      if (this.#wake === wake) this.#wake = () => {};
    };
  }

  get #openSink(): Sink | null {
    return this.#sink === null || this.#sink.writableEnded || this.#sink.destroyed ? null : this.#sink;
  }
}
