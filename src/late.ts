/** Waiting for targets that are not on the page yet. Knows nothing of messages. */
import { targetExists } from "./targets.ts";

interface Waiting<T> {
  readonly selector: string;
  readonly item: T;
  readonly until: number;
}

/**
 * Keeps what came before its target, for a bounded time and in bounded number, and hands it out in the order of its
 * arrival when the target appears.
 */
export class LateTargets<T> {
  readonly #appeared: (items: T[]) => void;
  readonly #patience: number;
  readonly #capacity: number;
  #waiting: Waiting<T>[] = [];
  #observer: MutationObserver | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param patience how long an item waits, in milliseconds.
   * @param capacity how many items wait; the oldest make room.
   */
  constructor(appeared: (items: T[]) => void, patience: number, capacity: number) {
    this.#appeared = appeared;
    this.#patience = patience;
    this.#capacity = capacity;
  }

  wait(selector: string, item: T): void {
    this.#waiting.push({ selector, item, until: Date.now() + this.#patience });
    if (this.#waiting.length > this.#capacity) this.#waiting.shift();
    this.#watch();
  }

  /** Forget the items that something newer has made worthless. */
  forget(worthless: (item: T) => boolean): void {
    this.#waiting = this.#waiting.filter(({ item }) => !worthless(item));
    if (this.#waiting.length === 0) this.stop();
  }

  stop(): void {
    this.#waiting = [];
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
    const known = new Map<string, boolean>();
    const exists = (selector: string) => {
      const found = known.get(selector) ?? targetExists(selector);
      known.set(selector, found);
      return found;
    };
    const appeared = this.#waiting.filter(({ selector }) => exists(selector));
    if (appeared.length === 0) return;
    this.#waiting = this.#waiting.filter(({ selector }) => !exists(selector));
    if (this.#waiting.length === 0) this.stop();
    this.#appeared(appeared.map(({ item }) => item));
  }

  #expire(): void {
    this.#timer = undefined;
    const now = Date.now();
    this.#waiting = this.#waiting.filter(({ until }) => until > now);
    const next = this.#waiting[0];
    if (next) this.#timer = setTimeout(() => this.#expire(), next.until - now);
    else this.stop();
  }
}
