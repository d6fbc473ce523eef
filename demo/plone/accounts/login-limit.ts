/**
 * Slows down whoever guesses a password: after a few wrong ones for one user from one address, the next attempt has to wait,
 * longer each time. Other users, and this one at other addresses, wait for nothing.
 *
 * Knows nothing of passwords or HTTP.
 */
import { LRUCache } from "lru-cache";

const FREE_ATTEMPTS = 5;
const MAX_WAIT_SECONDS = 60;
/** Without another attempt. */
const FORGOTTEN_AFTER_MS = 15 * 60 * 1000;
/** Pairs of user and address. */
const MAX_PAIRS = 10_000;
/** Of what a form contains; real names are shorter. */
const MAX_NAME_CHARACTERS = 64;
const LOG_INTERVAL_MS = 60_000;

interface Failures {
  readonly count: number;
  /** In milliseconds since 1970. */
  readonly until: number;
}

export interface LoginLimitOptions {
  readonly log: (line: string) => void;
  /** The clock, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
}

export class LoginLimit {
  readonly #log: (line: string) => void;
  readonly #now: () => number;
  readonly #failures = new LRUCache<string, Failures>({ max: MAX_PAIRS });
  #loggedAt = Number.NEGATIVE_INFINITY;
  /** Attempts since the last line in the log. */
  #wrong = 0;
  #heldBack = 0;

  constructor({ log, now = Date.now }: LoginLimitOptions) {
    this.#log = log;
    this.#now = now;
  }

  /**
   * Whether this attempt has to wait, and how long, in seconds; 0 when it may go on. Whoever has to wait is not to be told
   * whether the password was right.
   */
  wait(name: unknown, address: string): number {
    const key = keyOf(name, address);
    const known = this.#failures.get(key);
    const seconds = Math.ceil(((known?.until ?? 0) - this.#now()) / 1000);
    if (seconds <= 0) return 0;
    this.#heldBack += 1;
    this.#tell(key);
    return seconds;
  }

  failed(name: unknown, address: string): void {
    const key = keyOf(name, address);
    const now = this.#now();
    const known = this.#failures.get(key);
    const count = known && now - known.until < FORGOTTEN_AFTER_MS ? known.count + 1 : 1;
    const waits = count < FREE_ATTEMPTS ? 0 : Math.min(2 ** (count - FREE_ATTEMPTS), MAX_WAIT_SECONDS);
    this.#failures.set(key, { count, until: now + waits * 1000 });
    this.#wrong += 1;
    if (waits > 0) this.#tell(key);
  }

  succeeded(name: unknown, address: string): void {
    this.#failures.delete(keyOf(name, address));
  }

  /** Once in a while. */
  #tell(key: string): void {
    if (this.#now() - this.#loggedAt < LOG_INTERVAL_MS) return;
    this.#log(`login: ${this.#wrong} wrong passwords, ${this.#heldBack} attempts held back; the last by ${key}`);
    this.#loggedAt = this.#now();
    this.#wrong = 0;
    this.#heldBack = 0;
  }
}

/** Quoted, as it goes into the log. */
function keyOf(name: unknown, address: string): string {
  return JSON.stringify([String(name).slice(0, MAX_NAME_CHARACTERS), address]);
}
