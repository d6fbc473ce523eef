/** An element's options: what the host's parser found in `data-pat-inject-async`, checked and typed, once. */
import { createParser, type Parser } from "./host.ts";
import { isPosition, type Position } from "./protocol.ts";

export interface Options {
  /** Absolute URL of the SockJS endpoint. Default `/push` on this host. */
  readonly url: string;
  /** Stream position at which the server rendered the page; null when it did not say. */
  readonly position: Position | null;
  /** URL of the snippet that this element waits for; not inherited. */
  readonly pending: string | undefined;
  /** Fetches that may be under way at once. Default 6. */
  readonly concurrency: number;
  /** Time limit of one fetch, in milliseconds. Default 30 000. */
  readonly timeout: number;
  /** How often a fetch that failed in passing is made again. Default 3. */
  readonly retries: number;
  /** Origins that may be fetched from besides the page's own, separated by spaces or commas. Default none. */
  readonly allow: readonly string[];
}

const DEFAULTS = { url: "/push", concurrency: 6, timeout: 30_000, retries: 3 };

let parser: Parser | undefined;

/** The parser, of the host's class, so that syntax and inheritance are Patternslib's. */
export function optionsParser(): Parser {
  if (!parser) {
    parser = createParser("inject-async");
    parser.addArgument("url", DEFAULTS.url);
    parser.addArgument("position");
    parser.addArgument("pending");
    parser.addArgument("concurrency", DEFAULTS.concurrency);
    parser.addArgument("timeout", DEFAULTS.timeout);
    parser.addArgument("retries", DEFAULTS.retries);
    parser.addArgument("allow");
  }
  return parser;
}

/**
 * @param overrides options given in script; they go before the element's own.
 * @throws {RangeError} for a value that is of no use; says which, what was expected and what was found.
 */
export function readOptions(element: Element, overrides: object = {}): Options {
  const inherited = asRecord(optionsParser().parse(element, overrides));
  // Each placeholder waits for its own snippet: an ancestor's `pending` is not meant for what is inside it.
  const own = asRecord(optionsParser().parse(element, overrides, false, false));
  return {
    url: endpoint(inherited["url"]),
    position: positionOrNull(inherited["position"]),
    pending: typeof own["pending"] === "string" ? own["pending"] : undefined,
    concurrency: integer("concurrency", inherited["concurrency"], 1),
    timeout: integer("timeout", inherited["timeout"], 1),
    retries: integer("retries", inherited["retries"], 0),
    allow: origins(inherited["allow"]),
  };
}

function endpoint(value: unknown): string {
  const url = typeof value === "string" ? value : DEFAULTS.url;
  if (!URL.canParse(url, document.baseURI)) throw new RangeError(`url: expected a URL, found ${url}`);
  const resolved = new URL(url, document.baseURI);
  const { protocol, search, hash, username, password } = resolved;
  if (!/^https?:$/.test(protocol)) throw new RangeError(`url: expected an http(s) URL, found ${url}`);
  if (location.protocol === "https:" && protocol === "http:") {
    throw new RangeError(`url: expected an https URL, as the page's own, found ${url}`);
  }
  if (search || hash || username || password) {
    throw new RangeError(`url: expected a URL without query, fragment and credentials, found ${url}`);
  }
  return resolved.href.replace(/\/+$/, "");
}

/** What is no position says nothing about where the page was rendered. */
function positionOrNull(value: unknown): Position | null {
  return typeof value === "string" && isPosition(value) ? value : null;
}

function integer(name: string, value: unknown, least: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least) {
    throw new RangeError(`${name}: expected a whole number of at least ${least}, found ${value}`);
  }
  return value;
}

function origins(value: unknown): string[] {
  if (typeof value !== "string") return [];
  return value
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((text) => {
      const origin = URL.canParse(text) ? new URL(text).origin : "null";
      if (origin !== text) throw new RangeError(`allow: expected an origin like https://example.org, found ${text}`);
      return origin;
    });
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
