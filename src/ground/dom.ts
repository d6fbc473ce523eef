/**
 * The document and its elements as the DOM defines them: `<img name="body">` shadows `document.body`, and a field called
 * `id` or `matches` the property of its form.
 */

/** Proxies that `bare` has returned. */
const made = new WeakSet<Node>();

/** Looked up once: `document` is a getter of the window. */
const own: Node = document;

/** `document`, unshadowed. */
export const dom: Document = unshadowed(document);

/** `document.getElementById`, unshadowed. */
export function elementById(id: string): HTMLElement | null {
  return Document.prototype.getElementById.call(document, id);
}

/** `element.matches`, unshadowed. */
export function matches(element: Element, selector: string): boolean {
  return Element.prototype.matches.call(element, selector);
}

/** `element.id`, unshadowed; empty for other nodes. */
export function idOf(node: Node): string {
  return node instanceof Element ? unshadowed(node).id : "";
}

/** Whether it is on the page. */
export function isOnPage(node: Node): boolean {
  return unshadowed(node).isConnected;
}

/** A document of its own, in which nothing is loaded and no script runs; unshadowed, for Firefox shadows such a one, too. */
export function parseDocument(html: string): Document {
  return bare(new DOMParser().parseFromString(trusted(html), "text/html"));
}

/** Its content is on no page yet, and may be changed. */
export function parseTemplate(html: string): HTMLTemplateElement {
  const template = dom.createElement("template");
  template.innerHTML = trusted(html);
  return template;
}

/** Null where the page allows none. */
let policy: { createHTML(html: string): string } | null | undefined;

/** Where a page requires Trusted Types, it allows ours by name: snippets are as its own pages. */
function trusted(html: string): string {
  if (policy === undefined) {
    policy = null;
    try {
      policy = window.trustedTypes?.createPolicy("pat-inject-async", { createHTML: (text) => text }) ?? null;
    } catch {
      // The page allows no policy of this name, or only the one of another copy: its default policy decides.
    }
  }
  return policy ? policy.createHTML(html) : html;
}

declare global {
  interface Window {
    /** `createHTML` is typed as returning a string: its TrustedHTML is accepted wherever HTML is. */
    readonly trustedTypes?: {
      createPolicy(name: string, rules: { createHTML(html: string): string }): { createHTML(html: string): string };
    };
  }
}

/** For looking at a node, not for passing it on. Of the page's nodes, only forms and the document itself can be shadowed. */
export function unshadowed<N extends Node>(node: N): N {
  return (!(node instanceof HTMLFormElement) && node !== own) || made.has(node) ? node : bare(node);
}

/** The node as its prototype has it. */
function bare<N extends Node>(node: N): N {
  const prototype: object = Object.getPrototypeOf(node);
  const proxy = new Proxy(node, {
    get(_, name) {
      const value: unknown = Reflect.get(prototype, name, node);
      return typeof value === "function" ? value.bind(node) : value;
    },
  });
  made.add(proxy);
  return proxy;
}

/** Whether it is in a form with a field called `parentNode`, which the host's jQuery would follow from there for ever. */
export function isEndless(node: Node): boolean {
  const { parentNode } = unshadowed(node);
  return node.parentNode !== parentNode || (parentNode !== null && isEndless(parentNode));
}

/** The element with the focus, in whatever open shadow tree it is. */
export function focusedElement(): Element | null {
  let focused = dom.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return focused;
}
