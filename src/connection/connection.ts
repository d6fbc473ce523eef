/**
 * One SockJS connection to one endpoint, kept open across drops, restarts and sleep.
 *
 * Knows sockets and time. What has been seen of each stream is known to streams.ts, what a message is for to neither.
 */
import { type Backoff, backoff } from "../ground/backoff.ts";
import { type ConnectionState, warnOnce } from "../ground/events.ts";
import { watchLifecycle } from "../ground/lifecycle.ts";
import { parse, SESSION_OVER } from "../ground/protocol.ts";
import { Timer } from "../ground/timer.ts";
import { isClosedToUser } from "./door.ts";
import SockJS from "./sockjs.ts";
import type { Streams } from "./streams.ts";
import { Watchdog } from "./watchdog.ts";

interface ConnectionListener {
  state(state: ConnectionState): void;
  /** Something arrived that is not a message of the protocol. */
  rejected(error: unknown): void;
}

const RECONNECT_MS: Backoff = { base: 500, cap: 30_000 };
/** A connection that has lived this long, in milliseconds, is stable: after it, delays start short again. */
const STABLE_MS = 5_000;
/** How long `welcome` is awaited, in milliseconds, before the server is taken for one without replay. */
const WELCOME_PATIENCE_MS = 3_000;
/**
 * How long a transport may take to open, in milliseconds. By itself sockjs-client allows a small multiple of one round
 * trip, and gives up a WebSocket that a busy server has just accepted.
 */
const TRANSPORT_TIMEOUT_MS = 5_000;
/** Time limit for the question why no connection came about, in milliseconds. */
const INQUIRY_TIMEOUT_MS = 10_000;

export class Connection {
  readonly #url: string;
  readonly #streams: Streams;
  readonly #listener: ConnectionListener;
  readonly #watchdog = new Watchdog(() => this.#lost());
  #state: ConnectionState = "idle";
  #socket: WebSocket | undefined;
  #unwatch: (() => void) | undefined;
  #attempt = 0;
  /** The server has said that the session is over, and no connection has been stable since. */
  #wasOver = false;
  /** While waiting: until the next attempt, and the question why the last one failed. */
  readonly #retry = new Timer(() => this.#connect());
  #inquiry: AbortController | undefined;
  /** While open: until it is stable, and until `welcome` is no longer awaited. */
  readonly #stability = new Timer(() => this.#becameStable());
  readonly #welcome = new Timer(() => this.#streams.unwelcomed());

  /** @param url absolute URL of the SockJS endpoint. */
  constructor(url: string, streams: Streams, listener: ConnectionListener) {
    this.#url = url;
    this.#streams = streams;
    this.#listener = listener;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  start(): void {
    if (this.#state !== "idle") return;
    this.#unwatch = watchLifecycle({
      wake: () => this.#wake(),
      suspend: () => this.#close("waiting"),
      resume: () => this.#connect(),
    });
    this.#connect();
  }

  stop(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#close("idle");
  }

  #become(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#listener.state(state);
  }

  #connect(): void {
    this.#close("connecting");
    const socket: WebSocket = new SockJS(this.#url, null, { timeout: TRANSPORT_TIMEOUT_MS });
    this.#socket = socket;
    // A socket that has been let go may still have events under way.
    const on = (type: string, handle: (event: Event) => void) =>
      socket.addEventListener(type, (event) => socket === this.#socket && handle(event));
    on("open", () => this.#opened(socket));
    on("heartbeat", () => this.#heartbeat());
    on("message", (event) => this.#received("data" in event ? event.data : undefined));
    on("close", (event) => this.#closed("code" in event ? event.code : undefined));
  }

  /** Let go of the socket and of everything that runs with it, and be in the given state. */
  #close(state: ConnectionState): void {
    const socket = this.#socket;
    this.#socket = undefined;
    for (const part of [this.#retry, this.#stability, this.#welcome, this.#watchdog]) part.stop();
    this.#inquiry?.abort();
    this.#streams.closed();
    socket?.close();
    this.#become(state);
  }

  #opened(socket: WebSocket): void {
    this.#watchdog.start();
    this.#stability.start(STABLE_MS);
    this.#welcome.start(WELCOME_PATIENCE_MS);
    socket.send(JSON.stringify(this.#streams.opened()));
    // SockJS's own property: where a proxy is in the way of upgrades, all goes well, and more slowly.
    if ("transport" in socket && socket.transport !== "websocket") {
      warnOnce(`${this.#url}: expected a WebSocket, found ${socket.transport}: does a proxy keep upgrades away?`);
    }
    this.#become("open");
  }

  #closed(code: unknown): void {
    const wasOpen = this.#state === "open";
    this.#socket = undefined;
    const isOver = code === SESSION_OVER;
    if (isOver && this.#wasOver) this.#close("stopped");
    else if (isOver || !wasOpen) void this.#refused();
    else this.#lost();
    this.#wasOver ||= isOver;
  }

  #lost(): void {
    this.#close("waiting");
    this.#retry.start(backoff(this.#attempt++, RECONNECT_MS));
  }

  /** No connection came about, or the session is said to be over: with the cookie of now it may be another one. */
  async #refused(): Promise<void> {
    this.#lost();
    const inquiry = new AbortController();
    const { signal } = inquiry;
    this.#inquiry = inquiry;
    const limit = setTimeout(() => inquiry.abort(), INQUIRY_TIMEOUT_MS);
    const isClosed = await isClosedToUser(this.#url, signal);
    clearTimeout(limit);
    // Aborted as soon as anything else happens, so that only the newest attempt is judged.
    if (!signal.aborted && isClosed) this.#close("stopped");
  }

  #wake(): void {
    if (this.#state === "stopped") this.#wasOver = false;
    if (this.#state === "waiting" || this.#state === "stopped") this.#connect();
    else this.#watchdog.check();
  }

  #becameStable(): void {
    this.#wasOver = false;
    this.#attempt = 0;
  }

  #heartbeat(): void {
    // sockjs-client takes the padding at the start of a streaming transport for one.
    if (this.#state !== "open") return;
    this.#watchdog.heartbeat();
    this.#attempt = 0;
  }

  #received(data: unknown): void {
    this.#watchdog.message();
    try {
      this.#streams.received(parse(data));
    } catch (error) {
      // On an HTTP transport, sockjs-client reads a message again and again while its listener throws.
      this.#listener.rejected(error);
    }
  }
}
