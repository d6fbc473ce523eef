/** What live patterns and custom elements have made of what the server sent. Knows nothing of messages. */
import { idOf, matches, unshadowed } from "../ground/dom.ts";
import { warn } from "../ground/events.ts";
import { isObject } from "../ground/host.ts";
import { triggers } from "./scan.ts";

/** Prefix of the ids that what is paired without one has while it is morphed. */
export const PAIR_ID = "pat-inject-async-pair-";

/**
 * Morphed targets and what has come from the server in them, with what it sent for each node, as far as that is known. What
 * else there is, scripts have made.
 */
const sources = new WeakMap<Node, Node | undefined>();

/** Whether a pattern other than this library's works on it, or it is a custom element without a shadow tree. */
export function isLive(node: Node): node is Element {
  if (!(node instanceof Element)) return false;
  if (customElements.get(unshadowed(node).localName)) return !node.shadowRoot;
  return hasInstance(node) || isForPattern(node);
}

/** Whether a pattern other than this library's would work on it. */
export function isForPattern(node: Node): boolean {
  return node instanceof Element && triggers() !== "" && matches(node, triggers());
}

/** Patterns of Patternslib's older kind are in jQuery's data, if anywhere. */
function hasInstance(node: Element): boolean {
  return Object.entries(node).some(([key, value]) => isInstance(key) || (key.startsWith("jQuery") && isData(value)));
}

const isInstance = (key: string) => key.startsWith("pattern-") && key !== "pattern-inject-async";

/** By a name in camel case. */
function isData(value: unknown): boolean {
  return isObject(value) && Object.keys(value).some((key) => /^pattern[-A-Z]/.test(key));
}

/** Whether a live element must be made anew, since the server says something else. One that no script has touched can be morphed. */
export function mustBeRemade(live: Element, fresh: Node): boolean {
  const source = sources.get(live);
  const isTouched = !source || !unshadowed(plain(live)).isEqualNode(plain(source));
  return isTouched || hasInstance(live) || !unshadowed(live).cloneNode().isEqualNode(unshadowed(fresh).cloneNode());
}

/** Whether the server says of a live element what it said before, or what stands there. */
export function isUnchanged(live: Element, fresh: Node): boolean {
  const said = plain(fresh);
  if (!unshadowed(live).localName.includes("-") && unshadowed(plain(live)).isEqualNode(said)) return true;
  const source = sources.get(live);
  if (!source) return false;
  // The id that scripts gave to it, to pair them.
  if (said instanceof Element && !idOf(source)) unshadowed(said).removeAttribute("id");
  return unshadowed(source).isEqualNode(said);
}

/** Whether scripts have made it: all else in its place is known. */
export function isMade(node: Node): boolean {
  const { parentNode } = unshadowed(node);
  return !sources.has(node) && parentNode !== null && sources.has(parentNode);
}

/** Whether all in it has been made by scripts: what the server sends has nothing to be merged with it. */
export function isAllMade(element: Element): boolean {
  const { childNodes } = unshadowed(element);
  return childNodes.length > 0 && [...childNodes].every(isMade);
}

/** Live elements in the target that may have made it: it is in them, or stands beside them and the server does not know it. */
export function makersOf(node: Element, target: Element): Element[] {
  const found: Element[] = [];
  for (let one: Element | null = node; one && one !== target; one = unshadowed(one).parentElement) {
    const around = sources.has(one) ? null : unshadowed(one).parentElement;
    found.push(...[...(around ? unshadowed(around).children : [one])].filter(isLive));
  }
  return found;
}

/** Whether new content may be the successor of an element. An id may have been given by scripts. */
export function isLike(fresh: Element, old: Element): boolean {
  const has = (name: string) => unshadowed(fresh).getAttribute(name) === unshadowed(old).getAttribute(name);
  return has("name") && has("contenteditable") && (has("id") || !unshadowed(fresh).hasAttribute("id"));
}

/** Whether scripts have put it beside a live element, as editors and pickers do. What they put around one goes with it. */
export function isBeside(node: Node): boolean {
  const holdsKnown = (one: Node): boolean => sources.has(one) || [...unshadowed(one).childNodes].some(holdsKnown);
  const { parentNode } = unshadowed(node);
  const around = parentNode ? [...unshadowed(parentNode).childNodes] : [];
  return !holdsKnown(node) && around.some((one) => sources.has(one) && isLive(one));
}

/** What of that is next to this one. */
export function besides(live: Element): ChildNode[] {
  const found: ChildNode[] = [];
  for (const way of ["previousSibling", "nextSibling"] as const)
    for (let node = unshadowed(live)[way]; node && isMade(node); node = unshadowed(node)[way]) found.push(node);
  return found;
}

/** What scripts have put around something that has come from the server. */
export function wrapperOf(node: Node): Element | undefined {
  let wrapper: Element | undefined;
  let one = unshadowed(node).parentElement;
  for (; one && !sources.has(one); one = unshadowed(one).parentElement) wrapper = one;
  return one ? wrapper : undefined;
}

/** Whether it is in something live, which is looked at as a whole. */
export function isInLive(element: Element): boolean {
  const { parentElement } = unshadowed(element);
  return parentElement !== null && ((sources.has(parentElement) && isLive(parentElement)) || isInLive(parentElement));
}

/** Whether it was there when its target was morphed, as the server's: what scripts have made of it can be told from that. */
export function isKnown(node: Node): boolean {
  return sources.has(node);
}

/** What the server has said of it, as far as it is known. */
export function sourceOf(node: Node): Node | undefined {
  return sources.get(node);
}

/** Has to be called before patterns see the node. */
export function remember(node: Node, source: Node | undefined): void {
  if (!source) return;
  if (!sources.get(node)) sources.set(node, source);
  const { childNodes } = unshadowed(source);
  for (const [index, child] of unshadowed(node).childNodes.entries()) remember(child, childNodes[index]);
}

/** It has come from the server, which sends this for it now. */
export function setSource(node: Node, source: Node | undefined): void {
  sources.set(node, source);
}

/** Calls the patterns' own teardown. */
export function destroy(live: Element): void {
  for (const [key, instance] of Object.entries(live)) {
    const end: unknown = isInstance(key) && instance?.destroy;
    try {
      if (typeof end === "function") Reflect.apply(end, instance, []);
    } catch (error) {
      warn(`pattern ${key}, destroying it: ${error}`);
    }
  }
}

function plain(node: Node): Node {
  const copy = unshadowed(node).cloneNode(true);
  if (!(copy instanceof Element)) return copy;
  for (const paired of [copy, ...unshadowed(copy).querySelectorAll(`[id^="${PAIR_ID}"]`)]) {
    if (idOf(paired).startsWith(PAIR_ID)) unshadowed(paired).removeAttribute("id");
  }
  return copy;
}
