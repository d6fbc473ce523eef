/** Sizes and times, formatted for people. Pure. */

const UNITS = ["KB", "MB", "GB"] as const;

/** @param bytes e.g. 52428800, which reads "50 MB". */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${Number(value.toFixed(value < 9.95 ? 1 : 0))} ${UNITS[unit]}`;
}

const SECONDS_PER_UNIT = [
  ["day", 24 * 60 * 60],
  ["hour", 60 * 60],
  ["minute", 60],
] as const;

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const absolute = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** "just now", "5 minutes ago", "yesterday". Both in milliseconds since 1970. */
export function timeAgo(time: number, now: number = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - time) / 1000));
  const [unit, length] = SECONDS_PER_UNIT.find(([, step]) => seconds >= step) ?? [];
  return unit === undefined ? "just now" : relative.format(-Math.floor(seconds / length), unit);
}

/** "23 Nov 2024, 14:05". */
export function dateTime(time: number): string {
  return absolute.format(time);
}
