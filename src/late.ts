/** Waiting for targets that are not on the page yet. Knows nothing of messages. */
import { targetExists } from "./targets.ts";

interface Waiting<T> {
  readonly selector: string;
  readonly item: T;
  readonly until: number;
}

export interface LatePorts<T> {
  /** Targets have appeared: what waited for them, in the order of its arrival. */
  appeared(items: T[]): void;
  /** Given up: the time is over, or newer ones needed the room. */
  missed(item: T): void;
}

/**
 * Keeps what came before its target, for a bounded time and in bounded number, and hands it out in the order of its
 * arrival when the target appears.
 */
export class LateTargets<T> {
  readonly #ports: LatePorts<T>;
  readonly #patience: number;
  readonly #capacity: number;
  /** In the order of arrival, and by selector. */
  readonly #waiting = new Set<Waiting<T>>();
  readonly #bySelector = new Map<string, Set<Waiting<T>>>();
  #observer: MutationObserver | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param patience how long an item waits, in milliseconds.
   * @param capacity how many items wait; the oldest make room.
   */
  constructor(ports: LatePorts<T>, patience: number, capacity: number) {
    this.#ports = ports;
    this.#patience = patience;
    this.#capacity = capacity;
  }

  wait(selector: string, item: T): void {
    const waiting = { selector, item, until: Date.now() + this.#patience };
    this.#waiting.add(waiting);
    this.#bySelector.set(selector, (this.#bySelector.get(selector) ?? new Set()).add(waiting));
    const [oldest] = this.#waiting;
    if (this.#waiting.size > this.#capacity && oldest) this.#miss(oldest);
    this.#watch();
  }

  /** Forget those of a selector's items that something newer has made worthless. */
  forget(selector: string, isWorthless: (item: T) => boolean): void {
    for (const waiting of this.#bySelector.get(selector) ?? []) if (isWorthless(waiting.item)) this.#remove(waiting);
    if (this.#waiting.size === 0) this.stop();
  }

  stop(): void {
    this.#waiting.clear();
    this.#bySelector.clear();
    this.#observer?.disconnect();
    this.#observer = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #watch(): void {
    if (!this.#observer) {
      this.#observer = new MutationObserver(() => this.#look());
      // Ids and classes are also given to elements that are there already.
      this.#observer.observe(document, { childList: true, subtree: true, attributeFilter: ["id", "class"] });
    }
    this.#timer ??= setTimeout(() => this.#expire(), this.#patience);
  }

  #look(): void {
    const selectors = new Set([...this.#bySelector.keys()].filter(targetExists));
    if (selectors.size === 0) return;
    const appeared = [...this.#waiting].filter(({ selector }) => selectors.has(selector));
    for (const waiting of appeared) this.#remove(waiting);
    if (this.#waiting.size === 0) this.stop();
    this.#ports.appeared(appeared.map(({ item }) => item));
  }

  #expire(): void {
    this.#timer = undefined;
    const now = Date.now();
    for (const waiting of this.#waiting) {
      if (waiting.until > now) {
        this.#timer = setTimeout(() => this.#expire(), waiting.until - now);
        return;
      }
      this.#miss(waiting);
    }
    this.stop();
  }

  #miss(waiting: Waiting<T>): void {
    this.#remove(waiting);
    this.#ports.missed(waiting.item);
  }

  #remove(waiting: Waiting<T>): void {
    this.#waiting.delete(waiting);
    const others = this.#bySelector.get(waiting.selector);
    others?.delete(waiting);
    if (others?.size === 0) this.#bySelector.delete(waiting.selector);
  }
}
