/**
 * How long to wait before the next attempt: exponential backoff with full jitter, so that ten thousand browsers that lost
 * one server do not come back in step. Pure: the random source is passed in.
 */

export interface Backoff {
  /** Upper bound of the first delay, in milliseconds. */
  readonly base: number;
  /** Upper bound of every delay, in milliseconds. */
  readonly cap: number;
}

/**
 * @param attempt 0 for the first wait, 1 for the second, …
 * @param random a source of numbers in [0, 1), `Math.random` by default.
 * @returns milliseconds, anywhere between 0 and `min(cap, base · 2^attempt)`.
 */
export function backoff(attempt: number, { base, cap }: Backoff, random: () => number = Math.random): number {
  return random() * Math.min(cap, base * 2 ** attempt);
}
