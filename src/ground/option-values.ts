/** Checks each option. Invalid: one line in the log and the default, but for a `url` that cannot be used, which throws. */
import { warnOnce } from "./events.ts";
import { isPosition, type Position } from "./position.ts";
import { isSelector } from "./targets.ts";
import { absolute, isSameOrigin } from "./url.ts";

/** Options as the host's parser has read them. */
export type Given = Record<string, unknown>;

/** Those of an endpoint are the first element's. */
export const DEFAULTS = { url: "/push", concurrency: 100, timeout: 30_000, retries: 3, jitter: 2_000 };

/** The longest time of a browser's timer, in milliseconds: a longer one would end at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export function endpoint(value: unknown, allow: readonly string[]): string {
  const given = text("url", value) ?? DEFAULTS.url;
  const url = absolute(given);
  if (!url) throw invalid("url", "a URL", given);
  if (!/^https?:$/.test(url.protocol)) throw invalid("url", "an http(s) URL", given);
  if (location.protocol === "https:" && url.protocol === "http:") {
    throw invalid("url", "an https URL, as the page's own", given);
  }
  // Who can write content could otherwise have scripts of their own run as the page: `html` comes from the endpoint.
  if (!isSameOrigin(url) && !allow.includes(url.origin)) {
    throw invalid("url", "this site's origin, or one listed in allow on <body>", given);
  }
  if (url.search || url.hash || url.username || url.password) {
    throw invalid("url", "a URL without query, fragment and credentials", given);
  }
  return url.href.replace(/(?<!\/)\/+$/, "");
}

function invalid(name: string, expected: string, found: unknown): RangeError {
  return new RangeError(`${name}: expected ${expected}, found ${found}`);
}

/** An invalid position is ignored. */
export function positionOrNull(value: unknown): Position | null {
  if (typeof value === "string" && isPosition(value)) return value;
  if (value) warnOnce(`position: expected one like 1732361000000-0, found ${value}: it is ignored`);
  return null;
}

export function integer(name: "concurrency" | "timeout" | "retries" | "jitter", all: Given, least: number): number {
  const value = all[name];
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= MAX_TIMER_MS) return value;
  warnOnce(
    `${name}: expected a whole number from ${least} to ${MAX_TIMER_MS}, found ${value}: ${DEFAULTS[name]} is used`,
  );
  return DEFAULTS[name];
}

export function text(name: string, value: unknown): string | undefined {
  if (typeof value === "string") return value || undefined;
  if (value !== undefined && value !== null) {
    warnOnce(`${name}: expected a text, found ${JSON.stringify(value)}: it is ignored`);
  }
  return undefined;
}

export function view(value: string | undefined): URL | undefined {
  if (value === undefined) return undefined;
  const url = absolute(value);
  if (url && isSameOrigin(url)) return url;
  // Without it everything comes too, one by one.
  warnOnce(`batch: expected the URL of a view of this site, found ${value}`);
  return undefined;
}

export function origins(value: unknown): string[] {
  return (text("allow", value) ?? "")
    .split(/[\s,]+/)
    .filter(Boolean)
    .filter((text) => {
      const isOrigin = URL.canParse(text) && new URL(text).origin === text;
      if (!isOrigin) warnOnce(`allow: expected an origin like https://example.org, found ${text}: it is left out`);
      return isOrigin;
    });
}

export function selector(value: unknown): string | undefined {
  if (typeof value === "string" && isSelector(value)) return value;
  if (value) warnOnce(`keep: expected a selector, found ${value}: it is ignored`);
  return undefined;
}
