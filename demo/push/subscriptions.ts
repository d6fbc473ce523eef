/**
 * What one socket listens to: its user's stream, and the topics that its page was granted. Each has a subscriber, and so a
 * position of its own.
 *
 * Reads what the browser says. Knows the protocol; nothing of HTTP, SockJS or cookies.
 */
import type { Bus } from "../bus/bus.ts";
import type { Grants } from "../grants.ts";
import { type Position, parseResume } from "../protocol.ts";
import { type CloseCode, COME_BACK, TOO_MUCH_GARBAGE } from "./close-codes.ts";
import { type Meter, NO_METER } from "./meter.ts";
import { type Peer, Subscriber, type SubscriberHost } from "./subscriber.ts";

/** The browser at the other end. */
export interface ClosablePeer extends Peer {
  close(code: CloseCode): void;
}

/** What all sockets share. */
export interface SubscriptionsOptions {
  readonly bus: Bus;
  /** Without it no topic is granted. */
  readonly grants?: Pick<Grants, "verify"> | undefined;
  /**
   * The time that messages wait for the browser's `resume`. A browser that knows the protocol sends it at once;
   * messages that were sent before it could not be put in order with replayed ones.
   */
  readonly resumeTimeoutMs: number;
  readonly meter?: Meter;
  readonly log: (line: string) => void;
  /** For invalid grants, which anybody may send. Default `log`. */
  readonly refusalLog?: (line: string) => void;
}

/** For one socket. */
export const MAX_TOPICS = 20;
/** A topic with its position takes less than 200; a longer message than this is not parsed. */
const MAX_RESUME_CHARACTERS = 4096;
const MAX_LOGGED_GRANT_CHARACTERS = 80;
/** In the life of a socket. */
const MAX_INVALID_MESSAGES = 10;

type Topics = Readonly<Record<string, Position | null>>;

export class Subscriptions implements SubscriberHost {
  readonly peer: ClosablePeer;
  readonly #options: SubscriptionsOptions;
  readonly #user: string;
  readonly #own: Subscriber;
  /** Undefined while there are none: most sockets have few or none. */
  #topics: Map<string, Subscriber> | undefined;
  #resumeTimer: NodeJS.Timeout | undefined;
  #state: "waiting" | "resumed" | "stopped" = "waiting";
  #invalidMessages = 0;

  constructor(options: SubscriptionsOptions, user: string, peer: ClosablePeer) {
    this.#options = options;
    this.#user = user;
    this.peer = peer;
    this.#own = new Subscriber(this, user);
    this.#resumeTimer = setTimeout(() => this.#own.goOn(), options.resumeTimeoutMs);
  }

  get bus(): Bus {
    return this.#options.bus;
  }

  get meter(): Meter {
    return this.#options.meter ?? NO_METER;
  }

  /** The browser reads again. */
  wake(): void {
    this.#own.wake();
    for (const subscriber of this.#topics?.values() ?? []) subscriber.wake();
  }

  /** @param data a message of the browser: anything. Never throws. */
  receive(data: unknown): void {
    if (this.#state === "stopped") return;
    try {
      if (typeof data !== "string" || data.length > MAX_RESUME_CHARACTERS) {
        throw new Error(
          `message: expected a text of at most ${MAX_RESUME_CHARACTERS} characters, found ${measure(data)}`,
        );
      }
      const { position, topics = {} } = parseResume(data);
      if (this.#state === "resumed") throw new Error("message: expected one resume per socket, found another");
      this.#state = "resumed";
      this.#stopWaiting();
      this.#own.resume(position, () => this.#grant(topics));
    } catch (error) {
      this.#options.log(this.#line(`ignored a message of the browser: ${String(error)}`));
      this.#invalidMessages += 1;
      if (this.#invalidMessages >= MAX_INVALID_MESSAGES) this.#close(TOO_MUCH_GARBAGE);
    }
  }

  /** Safe to call twice. */
  stop(): void {
    this.#state = "stopped";
    this.#stopWaiting();
    this.#own.stop();
    for (const subscriber of this.#topics?.values() ?? []) subscriber.stop();
  }

  #grant(topics: Topics): void {
    // The socket may have been closed by the welcome that this follows.
    if (this.#state === "stopped") return;
    const { grants } = this.#options;
    const refusals: string[] = [];
    const subscribers = this.#topics ?? new Map<string, Subscriber>();
    for (const [text, from] of Object.entries(topics)) {
      try {
        if (grants === undefined) throw new Error("expected no topics, for there is no secret to check them with");
        const { topic, expires } = grants.verify(text, this.#user);
        if (subscribers.has(topic)) continue;
        if (subscribers.size >= MAX_TOPICS) throw new Error(`expected at most ${MAX_TOPICS} topics, found more`);
        this.#topics = subscribers.set(topic, new Subscriber(this, { topic }, from, expires));
      } catch (error) {
        refusals.push(`${JSON.stringify(text.slice(0, MAX_LOGGED_GRANT_CHARACTERS))}: ${String(error)}`);
      }
    }
    const [first, ...others] = refusals;
    if (first === undefined) return;
    const { log, refusalLog = log } = this.#options;
    refusalLog(this.#line(`refused the topic ${first}${others.length > 0 ? `, and ${others.length} more` : ""}`));
  }

  /** The stream cannot be read, and wake-ups may be lost: the browser comes back and resumes. */
  failed(error: unknown): void {
    if (this.#state === "stopped") return;
    this.#options.log(this.#line(`cannot read the stream: ${describeCause(error)}`));
    this.#close(COME_BACK);
  }

  #stopWaiting(): void {
    clearTimeout(this.#resumeTimer);
    this.#resumeTimer = undefined;
  }

  #close(code: CloseCode): void {
    this.stop();
    this.peer.close(code);
  }

  #line(what: string): string {
    return `push: ${JSON.stringify(this.#user)}: ${what}`;
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
