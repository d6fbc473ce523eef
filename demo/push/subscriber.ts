/**
 * Sends a user's stream to one socket: every message that is newer than the browser's position, once and in order.
 *
 * A single loop reads from its own last position whenever the bus, the browser or the outlet wakes it. Replay and live
 * messages are the same to the loop, so no interleaving can lose or repeat an entry. Knows the protocol and the bus;
 * nothing of HTTP, SockJS or cookies.
 */

import type { Bus, Reading } from "../bus/bus.ts";
import { comparePositions, type Position, parseResume, type WelcomeMessage } from "../protocol.ts";
import { type CloseCode, COME_BACK, TOO_MUCH_GARBAGE } from "./close-codes.ts";
import { Signal } from "./signal.ts";

/** The browser at the other end. */
export interface Peer {
  /** False while the browser does not read. */
  ready(): boolean;
  send(text: string): void;
  close(code: CloseCode): void;
}

export interface SubscriberOptions {
  readonly bus: Bus;
  readonly user: string;
  readonly peer: Peer;
  /**
   * The time that messages wait for the browser's `resume`. A browser that knows the protocol sends it at once;
   * messages that were sent before it could not be put in order with replayed ones.
   */
  readonly resumeTimeoutMs: number;
  readonly log: (line: string) => void;
}

/** A resume has about 70 characters; a longer message than this is not parsed. */
const MAX_RESUME_CHARACTERS = 1024;
/** In the life of a socket. */
const MAX_INVALID_MESSAGES = 10;

/**
 * - `waiting`: for the resume; messages wait too.
 * - `unasked`: the resume has not come in time; live messages are sent, from the position at open. A late resume is answered.
 * - `resumed`: the browser has sent its position.
 * - `stopped`: nothing is sent any more.
 */
type State = "waiting" | "unasked" | "resumed" | "stopped";

export class Subscriber {
  readonly #options: SubscriberOptions;
  readonly #signal = new Signal();
  readonly #unlisten: () => void;
  readonly #resumeTimer: NodeJS.Timeout;
  #state: State = "waiting";
  /** The browser's resume, until it is answered. */
  #asked: { readonly position: Position | null } | undefined;
  #invalidMessages = 0;

  constructor(options: SubscriberOptions) {
    this.#options = options;
    this.#unlisten = options.bus.listen(options.user, () => this.wake());
    this.#resumeTimer = setTimeout(() => {
      if (this.#state === "waiting") this.#state = "unasked";
      this.wake();
    }, options.resumeTimeoutMs);
    void this.#run();
  }

  /** There may be new messages, or the browser reads again. */
  wake(): void {
    this.#signal.raise();
  }

  /** @param data a message of the browser: anything. Never throws. */
  receive(data: unknown): void {
    if (this.#stopped) return;
    try {
      if (typeof data !== "string" || data.length > MAX_RESUME_CHARACTERS) {
        throw new Error(
          `message: expected a text of at most ${MAX_RESUME_CHARACTERS} characters, found ${measure(data)}`,
        );
      }
      const { position } = parseResume(data);
      if (this.#state === "resumed") throw new Error("message: expected one resume per socket, found another");
      this.#asked = { position };
      this.#state = "resumed";
      this.wake();
    } catch (error) {
      this.#complain(`ignored a message of the browser: ${String(error)}`);
      this.#invalidMessages += 1;
      if (this.#invalidMessages >= MAX_INVALID_MESSAGES) this.#close(TOO_MUCH_GARBAGE);
    }
  }

  /** Safe to call twice. */
  stop(): void {
    this.#state = "stopped";
    clearTimeout(this.#resumeTimer);
    this.#unlisten();
    this.wake();
  }

  async #run(): Promise<void> {
    const { bus, user, peer } = this.#options;
    try {
      const opened = await bus.position(user);
      let last = opened;
      for (; !this.#stopped; await this.#signal.wait()) {
        const asked = this.#asked;
        if (asked !== undefined) {
          this.#asked = undefined;
          last = await this.#resume(asked.position, last, last !== opened);
        } else if (this.#state !== "waiting" && peer.ready()) {
          last = this.#deliver(await bus.read(user, last), last);
        }
      }
    } catch (error) {
      // The stream cannot be read, and wake-ups may be lost: the browser comes back and resumes.
      this.#complain(`cannot read the stream: ${describeCause(error)}`);
      this.#close(COME_BACK);
    }
  }

  /** Answers a resume. Returns the position from which to read on. */
  async #resume(position: Position | null, last: Position, sentBefore: boolean): Promise<Position> {
    const { bus, user } = this.#options;
    // `last` is the newest position at open, or the last one sent: newer messages have not been sent yet.
    if (position === null) {
      this.#welcome(last, true);
      this.wake();
      return last;
    }
    const reading = await bus.read(user, position);
    // Newer messages were sent before the browser asked for older ones: a replay would break the order.
    const late = reading.recovered && sentBefore && comparePositions(position, last) < 0;
    if (!reading.recovered || late) return this.#deliver({ recovered: false, position: reading.position }, position);
    this.#welcome(reading.position, true);
    return this.#deliver(reading, position);
  }

  /** Sends messages as long as the browser reads. Returns the position of the last one. */
  #deliver(reading: Reading, after: Position): Position {
    const { peer } = this.#options;
    if (!reading.recovered) {
      this.#welcome(reading.position, false);
      return reading.position;
    }
    let last = after;
    for (const { id, message } of reading.entries) {
      if (this.#stopped || !peer.ready()) break;
      peer.send(JSON.stringify({ ...message, id }));
      last = id;
    }
    return last;
  }

  #welcome(position: Position, recovered: boolean): void {
    const welcome: WelcomeMessage = { type: "welcome", position, recovered };
    if (!this.#stopped) this.#options.peer.send(JSON.stringify(welcome));
  }

  #close(code: CloseCode): void {
    if (this.#stopped) return;
    this.stop();
    this.#options.peer.close(code);
  }

  #complain(what: string): void {
    if (!this.#stopped) this.#options.log(`push: ${JSON.stringify(this.#options.user)}: ${what}`);
  }

  get #stopped(): boolean {
    return this.#state === "stopped";
  }
}

function measure(data: unknown): string {
  return typeof data === "string" ? `${data.length} characters` : typeof data;
}

function describeCause(error: unknown): string {
  return error instanceof Error && error.cause !== undefined
    ? `${error.message}: ${String(error.cause)}`
    : String(error);
}
