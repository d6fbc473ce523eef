/** The system's clock, finer than `Date.now()`. */

/**
 * Reads whole milliseconds at the very moment they change, and lets `performance.now()` count from there. A page's
 * `performance.timeOrigin + performance.now()` is the same clock, so times of both can be compared.
 *
 * @returns a function that gives the milliseconds since 1970. Take a new one for each run: the two clocks drift.
 */
export function systemClock(): () => number {
  const before = Date.now();
  let tick = before;
  while (tick === before) tick = Date.now();
  const offset = tick - performance.now();
  return () => offset + performance.now();
}
