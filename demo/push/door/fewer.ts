/** A log that a stranger cannot fill: so many lines in a while, and how many more there were. */

const MAX_LINES = 10;
const WHILE_MS = 10_000;

/** @param now the clock, in milliseconds. */
export function fewer(
  log: (line: string) => void,
  now: () => number = () => performance.now(),
): (line: string) => void {
  let since = Number.NEGATIVE_INFINITY;
  let lines = 0;
  return (line) => {
    if (now() - since >= WHILE_MS) {
      if (lines > MAX_LINES) log(`push: left out ${lines - MAX_LINES} more lines like the last ones`);
      since = now();
      lines = 0;
    }
    lines += 1;
    if (lines <= MAX_LINES) log(line);
  };
}
