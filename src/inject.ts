/**
 * The only file that knows pat-inject: reads its arguments with its own parser, and lets it inject what we have fetched.
 *
 * pat-inject's `execute` is not used. It fetches by itself and turns an error into a page reload, asks for confirmation,
 * appends a stray element for a missing target, and drops a second call while one is under way. The steps it takes once
 * the answer is there have none of these faults.
 */
import { type InjectConfig, type JQuery, jQuery, patInject } from "./host.ts";
import type { Part } from "./lanes.ts";
import { ProtocolError } from "./protocol.ts";
import { isSelector } from "./targets.ts";

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

/** Content that is ready to be put into one target. */
export interface Content {
  /** What will be injected. It is on no page yet, and may still be changed. */
  readonly fragment: DocumentFragment;
  into(target: Element): void;
}

/** A source that was found: gives each of its targets a copy of its own. */
export type Source = () => Content;

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
  // A detached element has no ancestors to inherit options from.
  const carrier = document.createElement("a");
  carrier.setAttribute("data-pat-inject", argument);
  const configs: unknown = inject.parser.parse(carrier, {}, true);
  if (!Array.isArray(configs)) throw new ProtocolError("inject", "an argument of pat-inject", argument);
  return configs.map((given: InjectConfig) => {
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
    };
    requireText("source", config.source);
    requireText("target", config.target);
    inject.extractModifiers(config);
    const { source, action = "content" } = config;
    const target = requireText("target", config.target);
    if (source !== "none") requireSelector("source", source);
    requireSelector("target", target);
    if (target === "self" || target === "none") throw new ProtocolError("target", "an element of the page", target);
    const hasSource = (given.source ?? fallback) !== undefined;
    return { target, kind: kindOf(action), action, config, hasSource };
  });
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
  // Links and forms of pat-inject are content: their argument is for when the user triggers them.
  const carriers = [...body.querySelectorAll("[data-pat-inject]")]
    .filter((element) => !element.matches(trigger))
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

/**
 * Find the sources of several injections in one snippet. pat-inject reads it as part of the page: images begin to load and
 * their handlers run, as with every pat-inject, before anything is injected.
 *
 * @returns for each injection its source, or the error that says why there is none.
 */
export async function findSources(html: string, injections: readonly Injection[]): Promise<(Source | SourceError)[]> {
  const trigger = document.createElement("a");
  const $trigger = jQuery()(trigger);
  const configs = injections.map((injection) => ({ ...injection.config }));
  const type = String(configs[0]?.["dataType"] ?? "html");
  const text = type === "html" ? withBody(html) : html;
  const event = { jqxhr: { responseText: text }, target: trigger };
  const found = await patInject().callTypeHandler(type, "sources", $trigger, [configs, text, event]);
  return injections.map((injection, index) => {
    const { source, sourceMod } = injection.config;
    const elements = source === "none" ? [] : [...(found?.[index] ?? [])];
    if (source !== "none" && elements.length === 0) {
      return new SourceError(`expected an element ${source} in the snippet, found none`);
    }
    return () => {
      const template = document.createElement("template");
      // Copies: several injections may have one source, and each may have several targets.
      const copies = elements.map((element) => document.importNode(element, true));
      template.content.append(...(sourceMod === "element" ? copies : copies.flatMap((copy) => [...copy.childNodes])));
      return { fragment: template.content, into: (target) => perform(template, target, injection, $trigger) };
    };
  });
}

function perform(template: HTMLTemplateElement, target: Element, injection: Injection, $trigger: JQuery): void {
  const { action, config } = injection;
  if (config.source === "none") {
    target.remove();
  } else if (template.content.hasChildNodes()) {
    const $ = jQuery();
    const own: InjectConfig = { ...config, source: "", sourceMod: "content", $target: $(target) };
    const [trigger = target] = $trigger;
    patInject()._performInjection(target, $trigger, $(template), own, trigger);
  } else if (action === "content") {
    // pat-inject takes a source without content for a missing one, and so would never clear a target.
    target.replaceChildren();
  } else if (action === "element") {
    target.remove();
  }
}

/** pat-inject finds the source `body`, its default, only in a text with a `<body>`. */
function withBody(html: string): string {
  return /<body[\s>]/i.test(html) ? html : `<body>${html}</body>`;
}

function requireText(name: string, value: unknown): string {
  if (typeof value !== "string" || value === "") throw new ProtocolError(`inject, ${name}`, "a selector", value);
  return value;
}

function requireSelector(name: string, value: unknown): void {
  const selector = requireText(name, value);
  if (!isSelector(selector)) throw new ProtocolError(`inject, ${name}`, "a selector that parses", selector);
}
