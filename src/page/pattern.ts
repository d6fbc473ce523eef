/**
 * The pattern: what Patternslib makes of an element with the class `pat-inject-async`.
 *
 * It keeps the contract of Patternslib's `BasePattern` (src/core/basepattern.js) without extending it: that class is the
 * host's, and may not be there yet when this module loads.
 */
import { dom, isOnPage, unshadowed } from "../ground/dom.ts";
import { type ConnectionState, warn } from "../ground/events.ts";
import { HostError, isExcluded, type Parser, registry } from "../ground/host.ts";
import { type Options, optionsParser, readOptions } from "../ground/options.ts";
import { type Subscription, subscribe } from "./endpoints.ts";

const NAME = "inject-async";
const INSTANCE = `pattern-${NAME}`;

let isHostTold = false;
/** How long a page with our elements may be without a Patternslib that has scanned it, in milliseconds. */
const HOST_PATIENCE_MS = 10_000;

declare global {
  interface Element {
    /** The pattern's instance, as every pattern of Patternslib leaves it. */
    "pattern-inject-async"?: InjectAsync;
  }
}

export class InjectAsync {
  static readonly name = NAME;
  static readonly trigger = `.pat-${NAME}`;
  static readonly order = 1000;
  static get parser(): Parser {
    return optionsParser();
  }

  readonly name = NAME;
  readonly trigger = InjectAsync.trigger;
  readonly el: Element;
  /** Set when the pattern is initialised. */
  options: Options | undefined;
  readonly #start: ReturnType<typeof setTimeout>;
  #subscription: Subscription | undefined;

  /**
   * @param element the element, or a jQuery object that holds it, as Patternslib's registry passes it.
   * @param overrides options that go before those of the element.
   */
  constructor(element: Element | ArrayLike<Element>, overrides?: object | null) {
    const el = element instanceof Element ? element : element[0];
    if (!el) throw new TypeError("pat-inject-async: expected an element, found none");
    this.el = el;
    this.#emit("pre-init", true);
    // BasePattern initialises in the next tick, and others rely on it.
    this.#start = setTimeout(() => this.#initialise(overrides ?? {}));
  }

  /** State of the connection that this element uses. */
  get state(): ConnectionState {
    return this.#subscription?.state ?? "idle";
  }

  /** Stop using the connection. Called by itself when the element leaves the page. */
  destroy(): void {
    clearTimeout(this.#start);
    this.#subscription?.end();
    this.#subscription = undefined;
    if (this.el[INSTANCE] === this) delete this.el[INSTANCE];
  }

  #initialise(overrides: object): void {
    if (this.el[INSTANCE]) {
      this.#emit("not-init", false);
      return;
    }
    // Replaced in the same tick in which it was found.
    if (!isOnPage(this.el)) return;
    try {
      this.options = readOptions(this.el, overrides);
    } catch (error) {
      // Of the host, once is enough.
      if (!(error instanceof HostError && isHostTold)) {
        warn(`not initialised, ${error instanceof Error ? error.message : error}`);
      }
      isHostTold ||= error instanceof HostError;
      return;
    }
    this.el[INSTANCE] = this;
    this.#subscription = subscribe({ element: this.el, options: this.options, removed: () => this.destroy() });
    this.#emit("init", true);
  }

  #emit(what: string, cancelable: boolean): void {
    unshadowed(this.el).dispatchEvent(new Event(`${what}.${NAME}.patterns`, { bubbles: true, cancelable }));
  }
}

/** Without Patternslib nothing ever happens, and nobody would know why. */
function missHost(): void {
  if (window.__patternslib_registry_initialized || !dom.querySelector(InjectAsync.trigger)) return;
  setTimeout(() => {
    if (window.__patternslib_registry_initialized) return;
    warn("waiting for Patternslib 9.7 or newer, found none on this page: is Plone's bundle missing, or too old?");
  }, HOST_PATIENCE_MS);
}

/**
 * Add the pattern to Patternslib's registry. Works before, after and without Patternslib: when the page has been scanned
 * already, its elements are initialised here, as Patternslib's own `registry.register` would.
 *
 * @returns false when it is registered already, or on the page's blacklist.
 */
export function register(): boolean {
  const patterns = registry();
  const blacklist = window.__patternslib_patterns_blacklist;
  if (NAME in patterns || (Array.isArray(blacklist) && blacklist.includes(NAME))) return false;
  patterns[NAME] = InjectAsync;
  if (dom.readyState === "complete") missHost();
  else window.addEventListener("load", missHost, { once: true });
  if (window.__patternslib_registry_initialized) {
    for (const element of dom.querySelectorAll(InjectAsync.trigger)) {
      if (!isExcluded(element)) new InjectAsync(element);
    }
  }
  return true;
}
