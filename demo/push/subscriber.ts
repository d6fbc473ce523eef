/**
 * Sends one stream to one socket: every message that is newer than the browser's position, once and in order.
 *
 * It reads from its own last position whenever the bus, the browser or the outlet wakes it, and never twice at a time.
 * Replay and live messages are the same to it, so no interleaving can lose or repeat an entry. Knows the bus; nothing of
 * what browsers say, nor of HTTP, SockJS or cookies.
 */
import type { Audience, Bus, Entry, Reading } from "../bus/bus.ts";
import { comparePositions, type Position, type WelcomeMessage } from "../protocol.ts";
import type { Meter } from "./meter.ts";
import { type Turn, TurnQueue } from "./turns.ts";

/** The browser at the other end. */
export interface Peer {
  /** False while the browser does not read. */
  ready(): boolean;
  send(text: string): void;
  /** What is sent until `uncork` may go out at once. */
  cork(): void;
  uncork(): void;
}

/** Whose subscriber it is. */
export interface SubscriberHost {
  readonly bus: Bus;
  readonly peer: Peer;
  readonly meter: Meter;
  /** The stream cannot be read. */
  failed(error: unknown): void;
}

/** The subscribers that are woken at one time share a turn. */
const TURNS = new TurnQueue();

/**
 * - `waiting`: for the resume; messages wait too.
 * - `unasked`: the resume has not come in time; live messages are sent, from the position at open. A late resume is answered.
 * - `resumed`: the browser has sent its position.
 * - `stopped`: nothing is sent any more.
 */
type State = "waiting" | "unasked" | "resumed" | "stopped";

/** The browser's resume, until it is answered. */
interface Asked {
  readonly position: Position | null;
  readonly answered: () => void;
}

export class Subscriber implements Turn {
  readonly #host: SubscriberHost;
  readonly #audience: Audience;
  /** When to stop, in milliseconds since 1970. */
  readonly #until: number;
  readonly #unlisten: () => void;
  #state: State = "waiting";
  /** A reading is under way: its end is followed by the next turn. */
  #isReading = false;
  #isWoken = false;
  /** Everything up to here has been sent, or need not be: first the position at open, as soon as the bus has told it. */
  #last: Position = "";
  #hasSent = false;
  #asked: Asked | undefined;

  /**
   * @param from the position that the browser has in this stream, when it has said so already.
   * @param until when to stop, in milliseconds since 1970. Default never.
   */
  constructor(
    host: SubscriberHost,
    audience: Audience,
    from?: Position | null,
    until: number = Number.POSITIVE_INFINITY,
  ) {
    this.#host = host;
    this.#audience = audience;
    this.#until = until;
    this.#unlisten = host.bus.listen(audience, () => this.wake());
    // Whoever resumes from a position need not know the newest one.
    if (typeof from !== "string") {
      this.#await(host.bus.position(audience), (position) => {
        this.#last = position;
      });
    }
    if (from === undefined) this.wake();
    else this.resume(from);
  }

  /** There may be new messages, or the browser reads again. */
  wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    if (!this.#isReading) TURNS.add(this);
  }

  /**
   * The browser has said where it stands. To be called once.
   *
   * @param answered is called when it has been told whether it missed anything.
   */
  resume(position: Position | null, answered: () => void = () => {}): void {
    if (this.#stopped) return;
    this.#asked = { position, answered };
    this.#state = "resumed";
    this.wake();
  }

  /** The browser does not say where it stands. */
  goOn(): void {
    if (this.#state === "waiting") this.#state = "unasked";
    this.wake();
  }

  /** Safe to call twice. */
  stop(): void {
    this.#state = "stopped";
    this.#unlisten();
  }

  takeTurn(): void {
    if (this.#until < Number.POSITIVE_INFINITY && Date.now() >= this.#until) this.stop();
    if (this.#stopped) return;
    this.#isWoken = false;
    const asked = this.#asked;
    if (asked !== undefined) {
      this.#asked = undefined;
      this.#answer(asked);
    } else if (this.#state !== "waiting" && this.#host.peer.ready()) {
      this.#read(this.#last, true, (reading) => this.#deliver(reading));
    }
  }

  #answer({ position, answered }: Asked): void {
    // `last` is the newest position at open, or the last one sent: newer messages have not been sent yet.
    if (position === null) {
      this.#welcome(this.#last, true);
      answered();
      this.wake();
      return;
    }
    this.#read(position, false, (reading) => {
      // Newer messages were sent before the browser asked for older ones: a replay would break the order.
      const late = reading.recovered && this.#hasSent && comparePositions(position, this.#last) < 0;
      if (!reading.recovered || late) {
        this.#deliver({ recovered: false, position: reading.position });
        answered();
        return;
      }
      this.#host.meter.replayed();
      this.#welcome(reading.position, true);
      answered();
      this.#last = position;
      this.#deliver(reading);
    });
  }

  /** A bus that has the stream at hand answers at once. */
  #read(after: Position, isLive: boolean, use: (reading: Reading) => void): void {
    try {
      const reading = this.#host.bus.read(this.#audience, after, isLive);
      if (reading instanceof Promise) this.#await(reading, use);
      else use(reading);
    } catch (error) {
      this.#host.failed(error);
    }
  }

  #await<T>(answer: Promise<T>, use: (answer: T) => void): void {
    this.#isReading = true;
    answer
      .then((it) => {
        if (!this.#stopped) use(it);
        this.#isReading = false;
        // Also by `use`: there is one turn to come, however often it was woken.
        if (this.#isWoken) TURNS.add(this);
      })
      .catch((error: unknown) => this.#host.failed(error));
  }

  /** Sends messages as long as the browser reads. */
  #deliver(reading: Reading): void {
    const { peer, meter } = this.#host;
    if (!reading.recovered) {
      meter.gap();
      this.#welcome(reading.position, false);
      this.#last = reading.position;
      return;
    }
    const { entries, end, position } = reading;
    if (entries.length > 1) peer.cork();
    const isAll = this.#sendAll(entries);
    if (entries.length > 1) peer.uncork();
    if (!isAll) return;
    this.#last = end;
    if (end !== position) this.wake();
  }

  /** False when the browser does not read any more. */
  #sendAll(entries: readonly Entry[]): boolean {
    const { peer, meter } = this.#host;
    for (const { id, text } of entries) {
      if (this.#stopped || !peer.ready()) return false;
      peer.send(text);
      meter.sent();
      this.#hasSent = true;
      this.#last = id;
    }
    return true;
  }

  #welcome(position: Position, recovered: boolean): void {
    const topic = typeof this.#audience === "string" ? {} : this.#audience;
    const welcome: WelcomeMessage = { type: "welcome", ...topic, position, recovered };
    if (!this.#stopped) this.#host.peer.send(JSON.stringify(welcome));
  }

  get #stopped(): boolean {
    return this.#state === "stopped";
  }
}
