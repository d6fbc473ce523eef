/** An element's options: what the host's parser found in `data-pat-inject-async`, checked and typed, once. */
import { dom, unshadowed } from "./dom.ts";
import { createParser, isObject, type Parser } from "./host.ts";
import {
  DEFAULTS,
  endpoint,
  type Given,
  integer,
  origins,
  positionOrNull,
  selector,
  text,
  view,
} from "./option-values.ts";
import type { Position } from "./position.ts";
import { parseTopics, type Topic } from "./topics.ts";

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
  /** Requests that may be under way at once; fewer while more messages keep coming. Default 100. */
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
  /** Shared streams whose messages come too, as the server has signed them for this user. Default none. */
  readonly topics: readonly Topic[];
  /** URL of the snippet that this element waits for; not inherited. */
  readonly pending: string | undefined;
  /** URL of the snippet that shows the newest state of this element, which lives: a list, a counter; not inherited. */
  readonly refresh: string | undefined;
}

/** Each text is replaced by an option of its name: `update-text` and so on. */
const WORDS = ["update", "error", "retry", "summary"] as const satisfies readonly (keyof Words)[];

/** All options in the order of the short notation, with their defaults and choices. */
const ARGUMENTS: readonly Parameters<Parser["addArgument"]>[] = [
  ["url", DEFAULTS.url],
  ["position"],
  ["topics"],
  ["pending"],
  ["refresh"],
  ["concurrency", DEFAULTS.concurrency],
  ["timeout", DEFAULTS.timeout],
  ["retries", DEFAULTS.retries],
  ["allow"],
  ["batch"],
  ["jitter", DEFAULTS.jitter],
  ["when", "now", ["now", "visible"]],
  ["swap", "inject", ["inject", "morph"]],
  ["keep"],
  ["announce"],
  ...WORDS.map((word): [string] => [`${word}-text`]),
];

let parser: Parser | undefined;

/** The parser, of the host's class, so that syntax and inheritance are Patternslib's. */
export function optionsParser(): Parser {
  if (!parser) {
    parser = createParser("inject-async");
    for (const argument of ARGUMENTS) parser.addArgument(...argument);
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
  const page = unshadowed(element).closest("body, html") ?? element;
  const allow = page === element || "allow" in overrides ? given : origins(parse(page, {}).all["allow"]);
  return {
    url: endpoint(all["url"], allow),
    position: positionOrNull(all["position"]),
    topics: parseTopics(text("topics", all["topics"]) ?? ""),
    // Each placeholder waits for its own snippet: an ancestor's `pending` is not meant for what is inside it.
    pending: text("pending", own["pending"]),
    refresh: text("refresh", own["refresh"]),
    concurrency: integer("concurrency", all, 1),
    timeout: integer("timeout", all, 1),
    retries: integer("retries", all, 0),
    allow,
    batch: view(text("batch", all["batch"])),
    jitter: integer("jitter", all, 0),
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
  const words = WORDS.flatMap((word) => {
    const given = all[`${word}Text`];
    return typeof given === "string" ? [[word, given] as const] : [];
  });
  return {
    when: all["when"] === "visible" ? "visible" : "now",
    swap: all["swap"] === "morph" ? "morph" : "inject",
    keep: selector(all["keep"]),
    announce: typeof own["announce"] === "string" ? own["announce"] : undefined,
    words: Object.fromEntries(words),
  };
}

/** An element's own options, and all that apply to it. Each attribute is parsed once: the parser logs what is wrong in it. */
function parse(element: Element, overrides: object): Record<"own" | "all", Given> {
  // Not by the parser's own way up: a field called `parentNode` would lead it astray.
  const around = unshadowed(element).parentElement;
  const carrier = around && unshadowed(around).closest("[data-pat-inject-async]");
  const inherited = carrier ? parse(carrier, {}).all : asRecord(optionsParser().parse(dom.createElement("div"), {}));
  const own = asRecord(optionsParser().parse(element, overrides, false, false));
  return { own, all: { ...inherited, ...own } };
}

function asRecord(value: unknown): Record<string, unknown> {
  return isObject(value) ? { ...value } : {};
}
