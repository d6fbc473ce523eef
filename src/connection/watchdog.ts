/**
 * Notices a server that has gone silent without closing the socket: a half-open connection, a computer that slept.
 *
 * A SockJS server sends a heartbeat when it has sent nothing else for one interval. How long that is, only its heartbeats
 * tell, so it is learned, and kept across connections. Some servers send none that a page could hear (sockjs-node sends
 * WebSocket pings instead): there silence proves little, and is doubted ever more rarely.
 */
import { Timer } from "../ground/timer.ts";

/** Allowed on top of one and a half intervals, in milliseconds: network, and timers that a busy page runs late. */
const MARGIN_MS = 2_000;
/** Silence after which a connection is doubted that has never shown a heartbeat, in milliseconds; doubled each time. */
const DOUBT_MS = { first: 60_000, longest: 900_000 };

export class Watchdog {
  readonly #silent: () => void;
  /** The longest pause between heartbeats, in milliseconds; undefined until one has been seen. */
  #interval: number | undefined;
  #doubt = DOUBT_MS.first;
  #lastFrame = 0;
  /** Since the last heartbeat nothing else has come. */
  #quiet = false;
  readonly #deadline = new Timer(() => this.check());
  #running = false;

  /** @param silent called once when nothing has come for too long; the watchdog is stopped by then. */
  constructor(silent: () => void) {
    this.#silent = silent;
  }

  /** Start watching a connection that has just opened. */
  start(): void {
    this.stop();
    this.#lastFrame = Date.now();
    // A server that beats all its connections at once beats a new one at any moment.
    this.#quiet = false;
    this.#running = true;
    this.check();
  }

  stop(): void {
    this.#running = false;
    this.#deadline.stop();
  }

  /** A message arrived. */
  message(): void {
    this.#lastFrame = Date.now();
    this.#quiet = false;
  }

  /** A heartbeat arrived. */
  heartbeat(): void {
    // After a sleep, what was under way before it arrives first.
    this.check();
    if (!this.#running) return;
    const now = Date.now();
    // Only a pause without messages shows the interval: some servers count from their last frame, others by the clock.
    if (this.#quiet) this.#interval = Math.max(this.#interval ?? 0, now - this.#lastFrame);
    this.#lastFrame = now;
    this.#quiet = true;
    this.check();
  }

  /**
   * Compare with the clock now: timers stand still while a computer sleeps or a tab is frozen. The deadline moves with every
   * frame, the timer only when it ends, so that a message costs next to nothing.
   */
  check(): void {
    if (!this.#running) return;
    const allowed = this.#interval === undefined ? this.#doubt : 1.5 * this.#interval + MARGIN_MS;
    const left = this.#lastFrame + allowed - Date.now();
    this.#deadline.stop();
    if (left > 0) {
      this.#deadline.start(left);
      return;
    }
    if (this.#interval === undefined) this.#doubt = Math.min(2 * this.#doubt, DOUBT_MS.longest);
    // Learned anew: sockjs-client takes the padding of a streaming transport's next request for a heartbeat.
    this.#interval = undefined;
    this.stop();
    this.#silent();
  }
}
