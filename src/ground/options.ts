/** An element's options: what the host's parser found in `data-pat-inject-async`, checked and typed, once. */
import { dom, unshadowed } from "./dom.ts";
import { warn } from "./events.ts";
import { createParser, type Parser } from "./host.ts";
import { isPosition, type Position } from "./protocol.ts";
import { isSelector } from "./targets.ts";

/** What the library says to the user. */
export interface Words {
  /** On the button of a target that is being used and would change. */
  readonly update: string;
  /** In place of a spinner, when there is nothing to wait for any more. */
  readonly error: string;
  /** On the button that asks again. */
  readonly retry: string;
  /** Announced when several announcements come at once; `%n` is how many. */
  readonly summary: string;
}

/** Options of the whole endpoint: those of the first element that uses it. */
export interface EndpointOptions {
  /** Absolute URL of the SockJS endpoint. Default `/push` on this host. */
  readonly url: string;
  /** Requests that may be under way at once. Default 24: to a host of HTTP/1.1 a browser makes 6, and has the next ready. */
  readonly concurrency: number;
  /** Time limit of one fetch, in milliseconds. Default 30 000. */
  readonly timeout: number;
  /** How often a fetch is tried again whose failure may be transient. Default 3. */
  readonly retries: number;
  /**
   * Origins that may be fetched from and connected to besides the page's own, separated by spaces or commas. Counts only
   * when said on `<html>` or `<body>`: what is inside may be written by users. Default none.
   */
  readonly allow: readonly string[];
  /** URL of the view that gives several snippets at once. Default none. */
  readonly batch: URL | undefined;
  /** Over how many milliseconds browsers spread their fetches for a message marked as broadcast. Default 2000. */
  readonly jitter: number;
}

/** Options of one element; those inside it inherit them, except where it says otherwise. */
export interface TargetOptions {
  /** Fetch for this target at once, or when it is near the viewport. Default `now`. */
  readonly when: "now" | "visible";
  /** Replace it by pat-inject, or change only what is different in it. Default `inject`. */
  readonly swap: "inject" | "morph";
  /** A selector: what matches inside a target stays as it is when the target is replaced or morphed. Default none. */
  readonly keep: string | undefined;
  /** What to tell the user when it has changed; not inherited. Default nothing. */
  readonly announce: string | undefined;
  /** Texts in place of the library's own. */
  readonly words: Partial<Words>;
}

export interface Options extends EndpointOptions {
  /** Stream position at which the server rendered the page; null when it did not say. */
  readonly position: Position | null;
  /** URL of the snippet that this element waits for; not inherited. */
  readonly pending: string | undefined;
  /** URL of the snippet that shows the newest state of this element, which lives: a list, a counter; not inherited. */
  readonly refresh: string | undefined;
}

const DEFAULTS = { url: "/push", concurrency: 24, timeout: 30_000, retries: 3, jitter: 2_000 };
/** The option with which each text is replaced. */
const WORDS = {
  update: "updateText",
  error: "errorText",
  retry: "retryText",
  summary: "summaryText",
} as const satisfies Record<keyof Words, string>;

let parser: Parser | undefined;

/** The parser, of the host's class, so that syntax and inheritance are Patternslib's. */
export function optionsParser(): Parser {
  if (!parser) {
    parser = createParser("inject-async");
    parser.addArgument("url", DEFAULTS.url);
    parser.addArgument("position");
    parser.addArgument("pending");
    parser.addArgument("refresh");
    parser.addArgument("concurrency", DEFAULTS.concurrency);
    parser.addArgument("timeout", DEFAULTS.timeout);
    parser.addArgument("retries", DEFAULTS.retries);
    parser.addArgument("allow");
    parser.addArgument("batch");
    parser.addArgument("jitter", DEFAULTS.jitter);
    parser.addArgument("when", "now", ["now", "visible"]);
    parser.addArgument("swap", "inject", ["inject", "morph"]);
    parser.addArgument("keep");
    parser.addArgument("announce");
    for (const name of ["update-text", "error-text", "retry-text", "summary-text"]) parser.addArgument(name);
  }
  return parser;
}

/**
 * @param overrides options given in script; they go before the element's own.
 * @throws {RangeError} for an invalid value; says which, what was expected and what was found.
 */
export function readOptions(element: Element, overrides: object = {}): Options {
  const { own, all } = parse(element, overrides);
  // Everyone's is checked, and only the page's counts.
  const given = origins(all["allow"]);
  const page = element.closest("body, html") ?? element;
  const allow = page === element || "allow" in overrides ? given : origins(parse(page, {}).all["allow"]);
  return {
    url: endpoint(all["url"], allow),
    position: positionOrNull(all["position"]),
    // Each placeholder waits for its own snippet: an ancestor's `pending` is not meant for what is inside it.
    pending: text("pending", own["pending"]),
    refresh: text("refresh", own["refresh"]),
    concurrency: integer("concurrency", all["concurrency"], 1),
    timeout: integer("timeout", all["timeout"], 1),
    retries: integer("retries", all["retries"], 0),
    allow,
    batch: view(text("batch", all["batch"])),
    jitter: integer("jitter", all["jitter"], 0),
  };
}

/** Read for every target of every message, and for nearly all of them from the same few attributes. */
const read = new WeakMap<Element, { readonly attribute: string | null; readonly options: TargetOptions }>();

/** What is said about a target, on itself or around it. Never throws: an invalid value is as if it were not there. */
export function targetOptions(target: Element): TargetOptions {
  const carrier = unshadowed(target).closest("[data-pat-inject-async]") ?? dom.documentElement;
  const attribute = carrier.getAttribute("data-pat-inject-async");
  const known = read.get(carrier);
  const options = known && known.attribute === attribute ? known.options : readTargetOptions(carrier);
  if (known?.options !== options) read.set(carrier, { attribute, options });
  return carrier === target ? options : { ...options, announce: undefined };
}

function readTargetOptions(carrier: Element): TargetOptions {
  const { own, all } = parse(carrier, {});
  const words = Object.entries(WORDS).flatMap(([word, option]) => {
    const given = all[option];
    return typeof given === "string" ? [[word, given] as const] : [];
  });
  return {
    when: all["when"] === "visible" ? "visible" : "now",
    swap: all["swap"] === "morph" ? "morph" : "inject",
    keep: typeof all["keep"] === "string" && isSelector(all["keep"]) ? all["keep"] : undefined,
    announce: typeof own["announce"] === "string" ? own["announce"] : undefined,
    words: Object.fromEntries(words),
  };
}

/** An element's own options, and all that go for it. Each attribute is parsed once: the parser logs what is wrong in it. */
function parse(element: Element, overrides: object): Record<"own" | "all", Record<string, unknown>> {
  const around = element.parentElement ?? dom.createElement("div");
  const inherited = asRecord(optionsParser().parse(around, {}));
  const own = asRecord(optionsParser().parse(element, overrides, false, false));
  return { own, all: { ...inherited, ...own } };
}

function endpoint(value: unknown, allow: readonly string[]): string {
  const url = text("url", value) ?? DEFAULTS.url;
  if (!URL.canParse(url, dom.baseURI)) throw new RangeError(`url: expected a URL, found ${url}`);
  const resolved = new URL(url, dom.baseURI);
  const { origin, protocol, search, hash, username, password } = resolved;
  if (!/^https?:$/.test(protocol)) throw new RangeError(`url: expected an http(s) URL, found ${url}`);
  if (location.protocol === "https:" && protocol === "http:") {
    throw new RangeError(`url: expected an https URL, as the page's own, found ${url}`);
  }
  // Who can write content could otherwise have scripts of their own run as the page: `html` comes from the endpoint.
  if (origin !== location.origin && !allow.includes(origin)) {
    throw new RangeError(`url: expected one of this site, or of an origin that allow names on the body, found ${url}`);
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

function text(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string") throw new RangeError(`${name}: expected a text, found ${JSON.stringify(value)}`);
  return value;
}

function view(value: string | undefined): URL | undefined {
  if (value === undefined) return undefined;
  const url = URL.canParse(value, dom.baseURI) ? new URL(value, dom.baseURI) : undefined;
  if (url?.origin === location.origin) return url;
  // Without it everything comes too, one by one.
  warn(`batch: expected the URL of a view of this site, found ${value}`);
  return undefined;
}

function origins(value: unknown): string[] {
  return (text("allow", value) ?? "")
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
