/** What live patterns and custom elements have made of what the server sent. Knows nothing of messages. */

/** Prefix of the ids that fields without one have while they are morphed. */
export const FIELD_ID = "pat-inject-async-field-";

/** What the server sent for each node of a morphed target. What is not in here, scripts have made. */
const sources = new WeakMap<Node, Node>();

/** Whether a pattern other than this library's has an instance on it, or it is a custom element without a shadow tree. */
export function isLive(node: Node): node is Element {
  if (!(node instanceof Element)) return false;
  if (customElements.get(node.localName)) return !node.shadowRoot;
  return Object.entries(node).some(([key, value]) => isInstance(key) || (key.startsWith("jQuery") && isData(value)));
}

const isInstance = (key: string) => key.startsWith("pattern-") && key !== "pattern-inject-async";

/** Patterns of Patternslib's older kind are in jQuery's data, by a name in camel case. */
function isData(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).some((key) => /^pattern[-A-Z]/.test(key));
}

/** Whether the server says of a live element what it said before, or what stands there. */
export function isUnchanged(live: Element, fresh: Node): boolean {
  const source = plain(fresh);
  if (sources.get(live)?.isEqualNode(source)) return true;
  return !live.localName.includes("-") && plain(live).isEqualNode(source);
}

/** Whether scripts have put it beside a live element. */
export function isMade(node: Node): boolean {
  const siblings = node.parentNode?.childNodes ?? [];
  return !sources.has(node) && [...siblings].some((one) => sources.has(one) && isLive(one));
}

/** Has to be called before patterns see the node. */
export function remember(node: Node, source: Node | undefined): void {
  if (!source) return;
  if (!sources.has(node)) sources.set(node, source);
  for (const [index, child] of node.childNodes.entries()) remember(child, source.childNodes[index]);
}

/** The server sends something else for it now. */
export function update(node: Node, source: Node): void {
  sources.set(node, source);
}

/** Calls the patterns' own teardown. */
export function destroy(live: Element): void {
  for (const [key, instance] of Object.entries(live)) {
    const end: unknown = isInstance(key) && instance?.destroy;
    if (typeof end === "function") Reflect.apply(end, instance, []);
  }
}

function plain(node: Node): Node {
  const copy = node.cloneNode(true);
  if (!(copy instanceof Element)) return copy;
  for (const field of [copy, ...copy.querySelectorAll(`[id^="${FIELD_ID}"]`)]) {
    if (field.id.startsWith(FIELD_ID)) field.removeAttribute("id");
  }
  return copy;
}
