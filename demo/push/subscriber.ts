/**
 * One socket's share of a user's stream: everything newer than what its browser has seen, once and in order.
 *
 * A single loop reads from its own last position whenever it is woken, by the bus, by the browser, or by room in the
 * outlet. Replay and live messages are the same thing to it, so no interleaving can lose or repeat an entry. Knows the
 * protocol and the bus; nothing of HTTP, SockJS or cookies.
 */
import { comparePositions, type Position, parseResume, type WelcomeMessage } from "../../src/ground/protocol.ts";
import type { Bus, Reading } from "../bus/bus.ts";
import { type CloseCode, COME_BACK, TOO_MUCH_GARBAGE } from "./close-codes.ts";
import { Signal } from "./signal.ts";

/** The browser at the other end. */
export interface Peer {
  /** False while it does not take what it was sent. */
  ready(): boolean;
  send(text: string): void;
  close(code: CloseCode): void;
}

export interface SubscriberOptions {
  readonly bus: Bus;
  readonly user: string;
  readonly peer: Peer;
  /**
   * How long messages wait for the browser's `resume`, in milliseconds. A browser that knows the protocol says it at once;
   * whatever is sent before could not be put in order with what is to be replayed.
   */
  readonly patience: number;
  readonly log: (line: string) => void;
}

/** A resume is about 70 characters; whatever is longer than this is not parsed. */
const MAX_LENGTH = 1024;
/** Messages that are not of the protocol, in the life of a socket. */
const MAX_GARBAGE = 10;

/**
 * - `expecting`: neither resume nor patience's end yet; messages wait.
 * - `unasked`: patience is over, live messages are sent from the position at open on. A late resume is still answered.
 * - `resumed`: the browser has said where it stands.
 * - `stopped`: nothing is sent any more.
 */
type State = "expecting" | "unasked" | "resumed" | "stopped";

export class Subscriber {
  readonly #options: SubscriberOptions;
  readonly #signal = new Signal();
  readonly #unlisten: () => void;
  readonly #patience: NodeJS.Timeout;
  #state: State = "expecting";
  /** What the browser asked for and has not been answered. */
  #asked: { readonly position: Position | null } | undefined;
  #garbage = 0;

  constructor(options: SubscriberOptions) {
    this.#options = options;
    this.#unlisten = options.bus.listen(options.user, () => this.wake());
    this.#patience = setTimeout(() => {
      if (this.#state === "expecting") this.#state = "unasked";
      this.wake();
    }, options.patience);
    void this.#run();
  }

  /** There is something to read, or room to send it. */
  wake(): void {
    this.#signal.raise();
  }

  /** A message of the browser, whatever it is. Never throws. */
  receive(data: unknown): void {
    if (this.#stopped) return;
    try {
      if (typeof data !== "string" || data.length > MAX_LENGTH) {
        throw new Error(`message: expected a text of at most ${MAX_LENGTH} characters, found ${measure(data)}`);
      }
      const { position } = parseResume(data);
      if (this.#state === "resumed") throw new Error("message: expected one resume per socket, found another");
      this.#asked = { position };
      this.#state = "resumed";
      this.wake();
    } catch (error) {
      this.#complain(`ignored a message of the browser: ${String(error)}`);
      this.#garbage += 1;
      if (this.#garbage >= MAX_GARBAGE) this.#close(TOO_MUCH_GARBAGE);
    }
  }

  /** Safe to call twice. */
  stop(): void {
    this.#state = "stopped";
    clearTimeout(this.#patience);
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
        } else if (this.#state !== "expecting" && peer.ready()) {
          last = this.#deliver(await bus.read(user, last), last);
        }
      }
    } catch (error) {
      // A stream that cannot be read has no messages, and perhaps lost wake-ups: let the browser resume when it is back.
      this.#complain(`cannot read the stream: ${describeCause(error)}`);
      this.#close(COME_BACK);
    }
  }

  /** Answer a resume. Returns the position from which to go on. */
  async #resume(position: Position | null, last: Position, sentBefore: boolean): Promise<Position> {
    const { bus, user } = this.#options;
    // Not the newest by now, but the newest at open or the last sent: what came since has yet to be sent.
    if (position === null) {
      this.#welcome(last, true);
      this.wake();
      return last;
    }
    const reading = await bus.read(user, position);
    // Newer messages were sent before the browser asked for older ones: those cannot be put before them any more.
    const late = reading.recovered && sentBefore && comparePositions(position, last) < 0;
    if (!reading.recovered || late) return this.#deliver({ recovered: false, position: reading.position }, position);
    this.#welcome(reading.position, true);
    return this.#deliver(reading, position);
  }

  /** Send what was read, as far as there is room. Returns the position up to which the browser has everything. */
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
