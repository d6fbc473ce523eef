/**
 * The document and its elements as the DOM defines them: `<img name="body">` shadows `document.body`, and a field called
 * `id` or `matches` the property of its form.
 */

/** `document`, unshadowed. */
export const dom: Document = unshadowed(document);

/** `element.matches`, unshadowed. */
export function matches(element: Element, selector: string): boolean {
  return Element.prototype.matches.call(element, selector);
}

/** For looking at a node, not for passing it on. */
export function unshadowed<N extends Node>(node: N): N {
  const prototype: object = Object.getPrototypeOf(node);
  return new Proxy(node, {
    get(_, name) {
      const value: unknown = Reflect.get(prototype, name, node);
      return typeof value === "function" ? value.bind(node) : value;
    },
  });
}
