/** Keeps the keyboard's place when content is replaced. Knows nothing of messages. */
import { dom, matches, unshadowed } from "../ground/dom.ts";

const FOCUSABLE =
  "a[href], area[href], button, input, select, textarea, summary, iframe, audio[controls], video[controls], [tabindex], [contenteditable]";

/**
 * Note what in the target has the focus. The returned function gives it to the same place of the new content: by id, else by
 * name, address or label, else by position; if there is none, to the content itself, or to what comes next on the page.
 */
export function keepFocus(target: Element): (nodes: readonly Node[]) => void {
  const focused = dom.activeElement;
  if (!focused || focused === dom.body || !target.contains(focused)) return () => {};
  const before = focusable(target);
  const index = before.indexOf(focused);
  const around = focusable(dom.body);
  const at = around.indexOf(focused);
  return (nodes) => {
    if (focused.isConnected && dom.activeElement === focused) return;
    const roots = target.isConnected ? [target] : nodes.filter((node) => node instanceof Element);
    const now = roots.flatMap(focusable);
    const named = dom.getElementById(focused.id);
    const same = SIGNS.flatMap((sign) => alike(sign, focused, before, now));
    const place = [...now.slice(Math.max(index, 0)), ...now.slice(0, Math.max(index, 0)).reverse()];
    const next = [...around.slice(at + 1), ...around.slice(0, Math.max(at, 0)).reverse()];
    if ([named, ...same, ...place].some(focus)) return;
    if (!roots.some(focusText)) next.some(focus);
  };
}

type Sign = (element: Element) => string | null;

/** What two elements of the same place have in common, the surest first. */
const SIGNS: readonly Sign[] = [
  (element) => element.getAttribute("name"),
  (element) => element.getAttribute("href"),
  (element) => element.getAttribute("aria-label") ?? (element.textContent?.trim() || null),
];

/** The element with the same sign: of several, the one at the same place among them. */
function alike(sign: Sign, focused: Element, before: readonly Element[], now: readonly Element[]): Element[] {
  const value = sign(focused);
  if (value === null) return [];
  const isAlike = (element: Element) => element.localName === focused.localName && sign(element) === value;
  const found = now.filter(isAlike);
  return found.slice(Math.min(before.filter(isAlike).indexOf(focused), found.length - 1)).slice(0, 1);
}

function focusable(root: Element): Element[] {
  return [root, ...unshadowed(root).querySelectorAll(FOCUSABLE)].filter((element) => matches(element, FOCUSABLE));
}

/** Whether it has the focus now. */
function focus(element: Element | null): boolean {
  if (element instanceof HTMLElement || element instanceof SVGElement) element.focus({ preventScroll: true });
  return element !== null && element === dom.activeElement;
}

/** Where there is only text, who reads on begins there. */
function focusText(element: Element): boolean {
  element.setAttribute("tabindex", "-1");
  element.addEventListener("blur", () => element.removeAttribute("tabindex"), { once: true });
  if (focus(element)) return true;
  element.removeAttribute("tabindex");
  return false;
}
