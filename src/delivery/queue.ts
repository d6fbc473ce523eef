/**
 * Which snippet is fetched next: at most so many requests at once, one at a time for each URL, urgent ones first, otherwise
 * in order. A snippet that is tried again later holds no place meanwhile. Pure.
 *
 * What is under way cannot be overtaken any more, and what is held back costs a task of its own: so few requests are under
 * way while more snippets become known, and many when the burst is over.
 */
import { warn } from "../ground/events.ts";
import { Timer } from "../ground/timer.ts";
import type { Snippet } from "./snippets/snippet.ts";

interface QueuePorts {
  /**
   * Make one attempt.
   *
   * @returns the pause before the next attempt, in milliseconds; undefined when there is none.
   */
  attempt(snippet: Snippet): Promise<number | undefined>;
  /** Whether a fetch of this URL, or of any, begun now needs no request of its own: one that is about to be made takes it along. */
  goesAlong(url?: URL): boolean;
}

/** Requests that are under way at once, at most, while new snippets keep coming. */
const MAX_BURST_REQUESTS = 24;
/** How long after the last new snippet a burst is over, in milliseconds. */
const QUIET_MS = 100;

export class Queue {
  readonly #concurrency: number;
  readonly #ports: QueuePorts;
  /** Known, and not to be fetched yet. */
  readonly #held = new Set<Snippet>();
  readonly #urgent = new Set<Snippet>();
  readonly #others = new Set<Snippet>();
  /** Between two attempts. */
  readonly #resting = new Map<Snippet, ReturnType<typeof setTimeout>>();
  /** Under way, or between two attempts. */
  readonly #busyUrls = new Set<string>();
  #requests = 0;
  /** When the last new snippet came, in milliseconds of `Date.now()`. */
  #newest = 0;
  /** What a burst holds back goes when it is over. */
  readonly #quiet = new Timer(() => this.#startNext());

  /** @param concurrency how many requests may be under way at once. */
  constructor(concurrency: number, ports: QueuePorts) {
    this.#concurrency = concurrency;
    this.#ports = ports;
  }

  /** Keep a snippet until {@link start} is called for it. */
  hold(snippet: Snippet): void {
    this.#held.add(snippet);
    this.#newest = Date.now();
  }

  /**
   * Fetch a snippet that is here as soon as it is its turn. Called again, it can make it urgent. Without effect for one
   * that is under way, between two attempts, or removed.
   *
   * @returns whether it still waits for its turn.
   */
  start(snippet: Snippet, isUrgent: boolean): boolean {
    if (this.#held.delete(snippet)) (isUrgent ? this.#urgent : this.#others).add(snippet);
    else if (isUrgent && this.#others.delete(snippet)) this.#urgent.add(snippet);
    this.#startNext();
    return this.has(snippet);
  }

  /** Whether the snippet is here, and not under way. */
  has(snippet: Snippet): boolean {
    return [this.#held, this.#urgent, this.#others, this.#resting].some((place) => place.has(snippet));
  }

  /** Take back a snippet that is not under way. */
  remove(snippet: Snippet): void {
    for (const place of [this.#held, this.#urgent, this.#others]) place.delete(snippet);
    const timer = this.#resting.get(snippet);
    if (timer === undefined) return;
    clearTimeout(timer);
    this.#resting.delete(snippet);
    this.#busyUrls.delete(snippet.url.href);
    this.#startNext();
  }

  clear(): void {
    for (const timer of this.#resting.values()) clearTimeout(timer);
    this.#quiet.stop();
    for (const place of [this.#held, this.#urgent, this.#others, this.#resting]) place.clear();
  }

  #startNext(): void {
    for (let next = this.#next(); next; next = this.#next()) {
      this.#urgent.delete(next);
      this.#others.delete(next);
      this.#busyUrls.add(next.url.href);
      void this.#run(next, this.#ports.goesAlong(next.url) ? 0 : 1);
    }
  }

  /** @param requests how many requests this fetch adds. */
  async #run(snippet: Snippet, requests: 0 | 1): Promise<void> {
    this.#requests += requests;
    const pause = await this.#ports.attempt(snippet).catch((error: unknown) => warn(`${snippet.url}: ${error}`));
    this.#requests -= requests;
    if (pause === undefined) this.#busyUrls.delete(snippet.url.href);
    else this.#rest(snippet, pause);
    this.#startNext();
  }

  #rest(snippet: Snippet, pause: number): void {
    const timer = setTimeout(() => {
      this.#resting.delete(snippet);
      this.#busyUrls.delete(snippet.url.href);
      this.#urgent.add(snippet);
      this.#startNext();
    }, pause);
    this.#resting.set(snippet, timer);
  }

  /** A URL under way is fetched again only when its answer is there: two answers could arrive in the wrong order. */
  #next(): Snippet | undefined {
    const isBurst = Date.now() - this.#newest < QUIET_MS;
    const most = isBurst ? Math.min(MAX_BURST_REQUESTS, this.#concurrency) : this.#concurrency;
    const isFull = this.#requests >= most;
    if (isFull && isBurst) this.#quiet.start(QUIET_MS);
    if (isFull && !this.#ports.goesAlong()) return undefined;
    for (const waiting of [this.#urgent, this.#others]) {
      for (const snippet of waiting) {
        if (this.#busyUrls.has(snippet.url.href)) continue;
        if (!isFull || this.#ports.goesAlong(snippet.url)) return snippet;
      }
    }
    return undefined;
  }
}
