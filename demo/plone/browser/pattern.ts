/**
 * Registers a pattern of the demo's own with the page's Patternslib, which initialises it wherever its trigger appears: in
 * the page as it is rendered, and in everything that is injected.
 */

/** An element that a pattern was made for; the host passes it in jQuery's wrapping. */
interface Wrapped {
  readonly [index: number]: HTMLElement;
}

interface Pattern {
  readonly name: string;
  readonly trigger: string;
  init(wrapped: Wrapped): void;
}

type JQuery = (document: Document) => { trigger(event: string, args: readonly unknown[]): void };

declare global {
  interface Window {
    __patternslib_registry?: Record<string, unknown>;
    jQuery?: unknown;
  }
}

/** This script comes before the host's, so that its first scan knows the pattern. */
export function register(name: string, init: (element: HTMLElement) => void): void {
  const pattern: Pattern = {
    name,
    trigger: `.pat-${name}`,
    init: ({ 0: element }) => {
      if (element) init(element);
    },
  };
  window.__patternslib_registry ??= {};
  window.__patternslib_registry[name] = pattern;
}

/** Has the host initialise what is in an element that a script has put into the page. */
export function scan(element: Element): void {
  const { jQuery } = window;
  if (isJQuery(jQuery)) jQuery(document).trigger("patterns-injected", [undefined, undefined, element]);
}

function isJQuery(value: unknown): value is JQuery {
  return typeof value === "function";
}
