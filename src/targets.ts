/** Targets on the page: finding them and looking at them. Knows nothing of messages. */

/** Whether the browser understands a selector, and it is one of elements: a pseudo-element is none. */
export function isSelector(selector: string): boolean {
  if (idOf(selector) !== undefined) return true;
  if (/::[\w-]+$/.test(selector)) return false;
  try {
    document.createDocumentFragment().querySelector(selector);
    return true;
  } catch {
    return false;
  }
}

/** The elements that match now. An id is looked up directly, which costs the same on a page of any size. */
export function findTargets(selector: string): Element[] {
  const id = idOf(selector);
  if (id === undefined) return [...document.querySelectorAll(selector)];
  const element = document.getElementById(id);
  return element ? [element] : [];
}

/** Whether any element matches now. */
export function targetExists(selector: string): boolean {
  const id = idOf(selector);
  return id === undefined ? document.querySelector(selector) !== null : document.getElementById(id) !== null;
}

/** The id that a selector consists of. Digits may lead, as in `#4f2a`, which `querySelector` would not take. */
function idOf(selector: string): string | undefined {
  return /^#([\w-]+)$/.exec(selector)?.[1];
}

/** Whether any part of the element is in the viewport. */
export function isVisible(element: Element): boolean {
  const { top, bottom, left, right } = element.getBoundingClientRect();
  return bottom > 0 && right > 0 && top < window.innerHeight && left < window.innerWidth;
}
