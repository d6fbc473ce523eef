/**
 * Sees to it that no placeholder waits for ever. An element that waits for a URL has it fetched again when messages may
 * have been missed, and now and then while there is no connection and someone is looking.
 */
import { backoff } from "./backoff.ts";

/** How long push may be away before it is done without, and the longest time between two rounds, in milliseconds. */
const POLL = { base: 10_000, cap: 60_000 };
/** After a gap every browser of the site heals: they spread over this time, in milliseconds. */
const SPREAD = 2_000;
/** For how long, in milliseconds, and for how many URLs a message is remembered. */
const RECENT = 30_000;
const MAX_RECENT = 1_000;

export class Healer {
  readonly #pending: () => Iterable<string>;
  readonly #refetch: (url: string) => void;
  readonly #recent = new Map<string, number>();
  #poll: ReturnType<typeof setTimeout> | undefined;
  #heal: ReturnType<typeof setTimeout> | undefined;
  #round = 0;

  /**
   * @param pending the URLs that elements on the page wait for.
   * @param refetch have one of them fetched and injected.
   */
  constructor(pending: () => Iterable<string>, refetch: (url: string) => void) {
    this.#pending = pending;
    this.#refetch = refetch;
  }

  /** There may be a gap: fetch what is waited for. Returns false when that is about to happen already. */
  gap(): boolean {
    if (this.#heal !== undefined) return false;
    this.#heal = setTimeout(() => {
      this.#heal = undefined;
      this.now();
    }, Math.random() * SPREAD);
    return true;
  }

  /** Fetch what is waited for, at once. */
  now(): void {
    for (const url of new Set(this.#pending())) this.#refetch(url);
  }

  /** There is no connection: go on without it, fetching from time to time. */
  poll(): void {
    this.#poll ??= setTimeout(() => this.#pollOnce(), POLL.base + backoff(0, { base: POLL.base / 2, cap: POLL.cap }));
  }

  /** Messages come again, or there is no point in asking. */
  rest(): void {
    clearTimeout(this.#poll);
    this.#poll = undefined;
    this.#round = 0;
  }

  /** A message for this URL arrived. */
  messaged(url: string): void {
    this.#recent.delete(url);
    this.#recent.set(url, Date.now());
    const [oldest] = this.#recent.keys();
    if (this.#recent.size > MAX_RECENT && oldest !== undefined) this.#recent.delete(oldest);
  }

  /**
   * An element that waits for this URL appeared. If the message was here before it, the element was rendered before the
   * message and will not get another one.
   */
  appeared(url: string): void {
    const messaged = this.#recent.get(url);
    // Once for each message: what is fetched may well be a placeholder again.
    this.#recent.delete(url);
    if (messaged !== undefined && Date.now() - messaged < RECENT) this.#refetch(url);
  }

  stop(): void {
    this.rest();
    clearTimeout(this.#heal);
    this.#heal = undefined;
    this.#recent.clear();
  }

  #pollOnce(): void {
    if (document.visibilityState === "visible") this.now();
    // At least half of the time that is due: jitter must not turn into a burst.
    const due = Math.min(POLL.cap, POLL.base * 2 ** this.#round++);
    this.#poll = setTimeout(() => this.#pollOnce(), due / 2 + backoff(0, { base: due / 2, cap: POLL.cap }));
  }
}
