/**
 * The browser's place in one stream of messages: what has been seen, what is a duplicate, what may be missing.
 *
 * Pure: knows the protocol, not the socket. Keeps one position, so its memory does not grow with the number of messages.
 */
import {
  comparePositions,
  type InjectMessage,
  type Position,
  type PushMessage,
  type ServerMessage,
  type WelcomeMessage,
} from "../ground/protocol.ts";

/**
 * What lies between the last message applied and the first one to come.
 *
 * - `replayed`: nothing; what was missed follows.
 * - `unknown`: the page did not say when it was rendered, so something may have happened since.
 * - `gap`: the connection was away, and what was missed cannot be replayed.
 */
export type Past = "replayed" | "unknown" | "gap";

export interface StreamListener {
  /** A message for the page: each once, in the order of the stream. */
  message(message: InjectMessage | PushMessage): void;
  /** From here on nothing is missed. */
  synchronised(past: Past): void;
}

/** Messages held while `welcome` is awaited. A server that sends more than this before it answers does not answer. */
const MAX_HELD_MESSAGES = 1_000;

export class Stream {
  readonly #listener: StreamListener;
  /** The newest position applied, and the one that the server was asked to resume from. */
  #position: Position | null;
  #resumed: Position | null = null;
  /** Messages that came before `welcome`; undefined when none is awaited. */
  #held: (InjectMessage | PushMessage)[] | undefined;
  #isFirst = true;

  /** @param position where the page was rendered; null when the server did not say. */
  constructor(position: Position | null, listener: StreamListener) {
    this.#position = position;
    this.#listener = listener;
  }

  /** The newest position seen; null when none is known. */
  get position(): Position | null {
    return this.#position;
  }

  /** A connection has opened. Returns the position to resume from. */
  opened(): Position | null {
    this.#held = [];
    this.#resumed = this.#position;
    return this.#position;
  }

  /** The connection has closed. What was held will be replayed to the next one, or is part of its gap. */
  closed(): void {
    this.#held = undefined;
  }

  received(message: ServerMessage): void {
    if (message.type === "welcome") this.#welcomed(message);
    else if (this.#held && message.id !== undefined) this.#hold(this.#held, message);
    else this.#deliver(message);
  }

  /** No `welcome` came in time: a server without replay. */
  unwelcomed(): void {
    if (!this.#held) return;
    this.#release(this.#held);
    this.#synchronised(this.#isFirst ? "unknown" : "gap");
  }

  /** Where a message belongs is known when `welcome` is: until then those with a position wait. */
  #hold(held: (InjectMessage | PushMessage)[], message: InjectMessage | PushMessage): void {
    held.push(message);
    if (held.length > MAX_HELD_MESSAGES) this.unwelcomed();
  }

  #welcomed({ position, recovered }: WelcomeMessage): void {
    const held = this.#held;
    // A welcome after all is as good as one in time, unless messages delivered meanwhile make the replay look old.
    const inTime = held !== undefined || this.#position === this.#resumed;
    if (recovered && inTime && this.#resumed !== null) {
      // The replay that follows contains what was held.
      this.#held = undefined;
      this.#synchronised("replayed");
      return;
    }
    // Another epoch may count from lower.
    if (!recovered) this.#position = null;
    this.#release(held ?? []);
    if (this.#position === null || comparePositions(position, this.#position) > 0) this.#position = position;
    this.#synchronised(inTime && recovered && this.#isFirst ? "unknown" : "gap");
  }

  #release(held: readonly (InjectMessage | PushMessage)[]): void {
    this.#held = undefined;
    for (const message of held) this.#deliver(message);
  }

  #synchronised(past: Past): void {
    this.#isFirst = false;
    this.#listener.synchronised(past);
  }

  #deliver(message: InjectMessage | PushMessage): void {
    if (message.id !== undefined) {
      if (this.#position !== null && comparePositions(message.id, this.#position) <= 0) return;
      this.#position = message.id;
    }
    this.#listener.message(message);
  }
}
