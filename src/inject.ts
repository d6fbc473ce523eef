/** What is to go where: pat-inject's arguments, read with its own parser, of a message or of the snippet itself. */
import { type InjectConfig, type Parser, patInject } from "./host.ts";
import type { Part } from "./lanes.ts";
import { ProtocolError } from "./protocol.ts";
import { canonical, isSelector } from "./targets.ts";

/** One source and one target. */
export interface Injection extends Part {
  /** pat-inject's word for what happens to the target, e.g. `content`, `elementafter`. */
  readonly action: string;
  readonly config: InjectConfig;
  /** False when the argument names no source. */
  readonly hasSource: boolean;
  /** The source's own HTML, when the snippet named the target itself; otherwise the source is found in the snippet. */
  readonly html?: string;
}

/** Of a form of pat-inject: it may have an argument of its own. */
const BUTTON = "form.pat-inject :is(button, input)";

/** A snippet that does not hold what was asked for. */
export class SourceError extends Error {
  override readonly name = "SourceError";
}

/**
 * Read pat-inject's argument, as it stands in `data-pat-inject` or in a message's `inject`.
 *
 * @param url of the snippet; its fragment (`/doc#a`) is the default source and target, as for pat-inject itself.
 * @throws {ProtocolError} when a target is missing, or a selector does not parse.
 */
export function parseArgument(argument: string, url = ""): Injection[] {
  const inject = patInject();
  return readConfigs(inject.parser, argument).map((given) => {
    const fallback = given["defaultSelector"] ?? /#.+$/.exec(url)?.[0];
    const config: InjectConfig = {
      ...given,
      source: given.source ?? fallback ?? "body",
      target: given.target ?? fallback,
      url: url.split("#")[0] ?? "",
      // The user did not ask for this injection: it must not ask back, nor move the page or its history.
      confirm: "never",
      history: "none",
      scroll: "none",
      loadingClass: "",
      // Scanned by us, many injections at once: see scan.ts.
      skipPatInjectHandler: true,
    };
    requireText("source", config.source);
    requireText("target", config.target);
    inject.extractModifiers(config);
    const { source, action = "content" } = config;
    const target = requireText("target", config.target);
    if (source !== "none" && source !== "body") requireSelector("source", source);
    requireSelector("target", target);
    if (target === "self" || target === "none") throw new ProtocolError("target", "an element of the page", target);
    const hasSource = (given.source ?? fallback) !== undefined;
    return { target: canonical(target), kind: kindOf(action), action, config, hasSource };
  });
}

/** The defaults of each parser. */
const defaults = new WeakMap<Parser, InjectConfig>();

/** Reads an argument as the parser reads an attribute, without looking for ancestors to inherit from: there are none. */
function readConfigs(parser: Parser, argument: string): InjectConfig[] {
  const known = defaults.get(parser) ?? readAttribute(parser, "")[0] ?? {};
  defaults.set(parser, known);
  if (!parser._parse) return readAttribute(parser, argument);
  const sides = argument.split(/\s*&&\s*/).flatMap((side) => parser._parse?.(side.trim()));
  if (!sides.every(isConfig)) throw new ProtocolError("inject", "an argument of pat-inject", argument);
  const configs = sides.map((side) => ({ ...known, ...side }));
  // What is said twice is done once.
  return configs.length === 1
    ? configs
    : [...new Map(configs.map((config) => [JSON.stringify(config), config])).values()];
}

function readAttribute(parser: Parser, argument: string): InjectConfig[] {
  const carrier = document.createElement("a");
  carrier.setAttribute("data-pat-inject", argument);
  const configs: unknown = parser.parse(carrier, {}, true);
  if (Array.isArray(configs) && configs.every(isConfig)) return configs;
  throw new ProtocolError("inject", "an argument of pat-inject", argument);
}

function isConfig(value: unknown): value is InjectConfig {
  return typeof value === "object" && value !== null;
}

function kindOf(action: string): Part["kind"] {
  if (/^content(before|after)$/.test(action)) return "inside";
  return /(before|after)$/.test(action) ? "beside" : "replacement";
}

/**
 * The injections that a snippet names itself: elements with `data-pat-inject`, or else top-level elements with an id,
 * each of which replaces the element with the same id. A snippet that names nothing replaces the elements that wait for it.
 *
 * @param url of the snippet: relative addresses in it start there.
 * @param waiting ids of the elements that wait for it.
 * @throws {SourceError} when it names none, and nothing waits for it.
 * @throws {ProtocolError} when one of its arguments is wrong.
 */
export function describeSnippet(html: string, url: string, waiting: readonly string[]): Injection[] {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  const { trigger } = patInject();
  // The fragment of the URL would be every argument's default target.
  const base = url.split("#")[0];
  // Links and forms of pat-inject, and their buttons, are content: their argument is for when the user triggers them.
  const carriers = [...body.querySelectorAll("[data-pat-inject]")]
    .filter((element) => !element.matches(trigger) && !element.matches(BUTTON))
    .map((element) => ({ element, argument: element.getAttribute("data-pat-inject") ?? "" }));
  // Left in place, the argument would be inherited by every pat-inject inside the injected element.
  for (const { element } of carriers) element.removeAttribute("data-pat-inject");
  const named = carriers.flatMap(({ element, argument }) =>
    parseArgument(argument, base).map((injection) => ({ ...injection, html: ownHtml(injection, element, body) })),
  );
  if (named.length > 0) return named;

  const identified = [...body.children].filter((element) => element.id !== "");
  const whole = identified.length > 0 ? [] : waiting.map((id) => ({ id, outerHTML: html }));
  // As JSON: in the other notation a semicolon in an id would end it.
  const byId = [...identified, ...whole].flatMap(({ id, outerHTML }) =>
    parseArgument(JSON.stringify({ target: `#${CSS.escape(id)}::element` }), base).map((injection) => ({
      ...injection,
      html: outerHTML,
    })),
  );
  if (byId.length > 0) return byId;
  throw new SourceError("expected a snippet with data-pat-inject, or with an id at its top level; found neither");
}

/** Content replaces content; in every other place the element itself is meant. */
function ownHtml(injection: Injection, element: Element, body: Element): string {
  if (injection.hasSource) return body.innerHTML;
  return injection.action === "content" ? element.innerHTML : element.outerHTML;
}

function requireText(name: string, value: unknown): string {
  if (typeof value !== "string" || value === "") throw new ProtocolError(`inject, ${name}`, "a selector", value);
  return value;
}

function requireSelector(name: string, value: unknown): void {
  const selector = requireText(name, value);
  if (!isSelector(selector)) throw new ProtocolError(`inject, ${name}`, "a selector that parses", selector);
}
