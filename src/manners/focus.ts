/** Keeps the keyboard's place when content is replaced. Knows nothing of messages. */
import { dom, elementById, isEndless, isOnPage, matches, unshadowed } from "../ground/dom.ts";

const FOCUSABLE =
  "a[href], area[href], button, input, select, textarea, summary, iframe, audio[controls], video[controls], [tabindex], [contenteditable]";
/** Of several with one name, each has a value of its own. */
const CHOICE =
  "button, input:is([type=submit], [type=button], [type=reset], [type=image], [type=radio], [type=checkbox])";

/**
 * Note what in the target has the focus. The returned function gives it to the same place of the new content: by id, else by
 * name, address or label, else by position, and all that first in the item that it was in; if there is none, to the content
 * itself, or to what comes next on the page.
 */
export function keepFocus(target: Element): (nodes: readonly Node[]) => void {
  const focused = dom.activeElement;
  if (!focused || focused === dom.body || !unshadowed(target).contains(focused)) return () => {};
  const id = attribute(focused, "id") ?? "";
  const item = unshadowed(focused).parentElement?.closest("[id]") ?? target;
  const isItem = item !== target && unshadowed(target).contains(item);
  const itemId = (isItem && attribute(item, "id")) || "";
  const inItem = new Place(focused, focusable(item));
  const inTarget = new Place(focused, focusable(target));
  const around = focusable(dom.body);
  const at = around.indexOf(focused);
  return (nodes) => {
    // Morphed, it may be what something else was before.
    const isLeft = dom.activeElement === focused && canHaveFocus(focused);
    if (isLeft && inTarget.isStill(focused)) return;
    const roots = isOnPage(target) ? [target] : nodes.filter((node) => node instanceof Element);
    const now = roots.flatMap(focusable);
    const successor = elementById(itemId);
    const there = now.filter((element) => successor && unshadowed(successor).contains(element));
    const found = [elementById(id), ...inItem.find(there, !isLeft), ...inTarget.find(now, !isLeft)];
    if (found.some(focus) || isLeft) return;
    const next = [...around.slice(at + 1), ...around.slice(0, Math.max(at, 0)).reverse()];
    if (!roots.some(focusText)) next.some(focus);
  };
}

type Sign = (element: Element) => string | null;

/** What two elements of the same place have in common, the surest first. */
const SIGNS: readonly Sign[] = [
  (element) => {
    const [name, value] = [attribute(element, "name"), attribute(element, "value")];
    return matches(element, CHOICE) && name !== null && value !== null ? JSON.stringify([name, value]) : null;
  },
  (element) => attribute(element, "name"),
  (element) => attribute(element, "href"),
  labelOf,
];

/** The place of one element among others. */
class Place {
  readonly #index: number;
  readonly #signs: readonly { readonly rank: number; isAlike(element: Element): boolean }[];

  constructor(element: Element, among: readonly Element[]) {
    this.#index = Math.max(among.indexOf(element), 0);
    this.#signs = SIGNS.flatMap((sign) => {
      const value = sign(element);
      const isAlike = (other: Element) =>
        unshadowed(other).localName === unshadowed(element).localName && sign(other) === value;
      return value === null ? [] : [{ isAlike, rank: among.filter(isAlike).indexOf(element) }];
    });
  }

  /** Whether an element that was there before has not become another one. */
  isStill(element: Element): boolean {
    return this.#signs[0]?.isAlike(element) ?? true;
  }

  /** What is alike: of several, the one at the same place among them. Then, if so wanted, what is near. */
  find(now: readonly Element[], isNearWanted: boolean): readonly Element[] {
    const alike = this.#signs.flatMap(({ isAlike, rank }) => {
      const found = now.filter(isAlike);
      return found.slice(Math.min(rank, found.length - 1)).slice(0, 1);
    });
    const near = [...now.slice(this.#index), ...now.slice(0, this.#index).reverse()];
    return isNearWanted ? [...alike, ...near] : alike;
  }
}

function labelOf(element: Element): string | null {
  const named = ["aria-label", "aria-labelledby"].map((name) => attribute(element, name));
  const alternative = () => attribute(unshadowed(element).querySelector("[alt]") ?? element, "alt");
  const value = matches(element, CHOICE) ? attribute(element, "value") : null;
  return (
    [...named, unshadowed(element).textContent.trim(), alternative(), value, attribute(element, "title")].find(
      Boolean,
    ) ?? null
  );
}

function attribute(element: Element, name: string): string | null {
  return unshadowed(element).getAttribute(name);
}

function focusable(root: Element): Element[] {
  return [root, ...unshadowed(root).querySelectorAll(FOCUSABLE)].filter((element) => matches(element, FOCUSABLE));
}

/** What cannot have it any more loses it only when the page is next drawn. */
function canHaveFocus(element: Element): boolean {
  const isSeen = matches(element, "area") || unshadowed(element).checkVisibility({ visibilityProperty: true });
  // The host's jQuery hears of it.
  return isSeen && !isEndless(element) && !matches(element, ":disabled, [inert], [inert] *");
}

/** Whether it has the focus now. */
function focus(element: Element | null): boolean {
  if (!element || !canHaveFocus(element)) return false;
  if (element instanceof HTMLElement || element instanceof SVGElement)
    unshadowed(element).focus({ preventScroll: true });
  return element === dom.activeElement;
}

/** Where there is only text, who reads on begins there. */
function focusText(element: Element): boolean {
  unshadowed(element).setAttribute("tabindex", "-1");
  unshadowed(element).addEventListener("blur", () => unshadowed(element).removeAttribute("tabindex"), { once: true });
  if (focus(element)) return true;
  unshadowed(element).removeAttribute("tabindex");
  return false;
}
