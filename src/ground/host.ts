/**
 * The host page's Patternslib: its registry, parser, pat-inject and jQuery. None of them is ours or bundled with us, and
 * none need be there when our script loads: all are looked up when they are used.
 */
import { dom, matches } from "./dom.ts";

/** The part of jQuery's objects that is used. */
export interface JQuery extends ArrayLike<Element>, Iterable<Element> {
  trigger(type: string, data?: readonly unknown[]): JQuery;
  /** Of its events only that one is listened to which jQuery sends nowhere else: before each of its requests. */
  on(type: "ajaxSend", listener: AjaxListener): void;
  off(type: "ajaxSend", listener: AjaxListener): void;
}

export type AjaxListener = (event: unknown, request: XMLHttpRequest, settings: { readonly url: string }) => void;

/** What pat-inject takes for a source: the first generation reads its `contents()`, from Patternslib 9.10 on its items. */
export interface Sources extends ReadonlyArray<{ readonly innerHTML: string }> {
  contents(): JQuery;
}

export type JQueryStatic = (elements: Node | readonly Node[]) => JQuery;

/** Patternslib's argument parser, `src/core/parser.js` of Patternslib. */
export interface Parser {
  addArgument(name: string, defaultValue?: unknown, choices?: readonly string[], multiple?: boolean): void;
  /** One object of options, or a list of them, one for each side of `&&`, when `multiple` is true. */
  parse(element: Element, options: object, multiple?: boolean, inherit?: boolean, group?: boolean): unknown;
  /** What one side of `&&` says, without defaults: an object, or a list of them. Not in every version. */
  _parse?(text: string): unknown;
  /** Options as they were written, the shorthands resolved. Not in every version. */
  _cleanupOptions?(options: object): object;
}

/** One source and target of a `data-pat-inject` argument, as pat-inject keeps them. */
export interface InjectConfig {
  source?: unknown;
  target?: unknown;
  sourceMod?: "content" | "element";
  /** What happens to the target: `content` or `element`, each with nothing, `before` or `after` behind it. */
  action?: string;
  url?: string;
  $target?: JQuery;
  [option: string]: unknown;
}

/** pat-inject, `src/pat/inject/inject.js` of Patternslib: the steps of its `execute` that come after the request. */
export interface PatInject {
  readonly trigger: string;
  readonly parser: Parser;
  /** Take `::element`, `::before` and `::after` off source and target and note them in the config. */
  extractModifiers(config: InjectConfig): boolean;
  /** The elements that match the source of each config, found in a document given as text. */
  callTypeHandler(
    type: string,
    method: "sources",
    context: JQuery,
    parameters: [configs: InjectConfig[], html: string, event: object],
  ): Promise<readonly JQuery[] | null>;
  /** Put the sources into the target, tell everyone, have the new content scanned for patterns. */
  _performInjection(
    target: Element,
    $trigger: JQuery,
    $sources: Sources,
    config: InjectConfig,
    trigger: Element,
    $title?: JQuery,
  ): void;
}

/** The page lacks something of Patternslib that is needed now. */
export class HostError extends Error {
  override readonly name = "HostError";
}

declare global {
  interface Window {
    /** All patterns by name, shared by every copy of Patternslib on the page. */
    __patternslib_registry?: Record<string, unknown>;
    /** True from the first scan of the page on. */
    __patternslib_registry_initialized?: boolean;
    __patternslib_patterns_blacklist?: unknown;
    jQuery?: unknown;
  }
}

/** The registry, made when we come before Patternslib, which then takes ours. */
export function registry(): Record<string, unknown> {
  window.__patternslib_registry ??= {};
  return window.__patternslib_registry;
}

/** Whether patterns are never initialised on the element: Patternslib's src/core/registry.js. */
export function isExcluded(element: Element): boolean {
  return matches(element, ".disable-patterns, .disable-patterns *, .cant-touch-this, .cant-touch-this *, pre *");
}

/** @throws {HostError} when the page has no pat-inject, or one that works in another way. */
export function patInject(): PatInject {
  const inject = registry()["inject"];
  if (!isPatInject(inject)) {
    const found = inject ? `one without ${lackOf(inject)}` : "none";
    throw new HostError(`expected the pat-inject of Patternslib 9.7.0 or newer in the registry, found ${found}`);
  }
  return inject;
}

let known: { readonly inject: PatInject; readonly $: JQueryStatic } | undefined;

/**
 * The host's own jQuery, which need not be `window.jQuery`: a theme may have put another one there.
 *
 * @throws {HostError} when the page has none.
 */
export function jQuery(): JQueryStatic {
  const inject = patInject();
  if (known?.inject !== inject) known = { inject, $: findJQuery() };
  return known.$;
}

/** A parser passes an element of the host's jQuery to a default that is a function. */
function findJQuery(): JQueryStatic {
  let found: unknown;
  const parser = createParser("inject-async-host");
  parser.addArgument("jquery", ($el: unknown) => {
    found = has($el, "constructor") ? $el.constructor : undefined;
    return "";
  });
  parser.parse(dom.createElement("a"), {});
  const $ = [found, window.jQuery].find(isJQuery);
  if (!$) throw new HostError(`expected the jQuery of Patternslib, found ${window.jQuery}`);
  return $;
}

/** A new parser for `data-pat-<name>`, of the host's own class. */
export function createParser(name: string): Parser {
  const parser: unknown = Reflect.construct(patInject().parser.constructor, [name]);
  if (!isParser(parser)) throw new HostError("expected Patternslib's argument parser");
  return parser;
}

function isPatInject(value: unknown): value is PatInject {
  return lackOf(value) === undefined;
}

function lackOf(value: unknown): string | undefined {
  if (!has(value, "parser") || !isParser(value.parser)) return "parser";
  return ["extractModifiers", "callTypeHandler", "_performInjection"].find(
    (method) => !has(value, method) || typeof value[method] !== "function",
  );
}

function isParser(value: unknown): value is Parser {
  return has(value, "parse") && typeof value.parse === "function" && has(value, "addArgument");
}

function isJQuery(value: unknown): value is JQueryStatic {
  return typeof value === "function" && "fn" in value;
}

function has<K extends string>(value: unknown, key: K): value is Record<K, unknown> {
  return isObject(value) && key in value;
}

/** Whether it is an object: what comes from the host may be anything. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
