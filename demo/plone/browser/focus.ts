/**
 * Keeps the keyboard's place when the element that had the focus is replaced or taken away by an answer: pat-inject leaves it
 * nowhere, which is the top of the page. What is pushed is the library's to care for, and is given the time to.
 */

const FOCUSABLE = "a[href], button, input:not([type=hidden]), select, [tabindex]";
const PATIENCE_MS = 60;

export function keepFocus(): void {
  /** The element that had it last and all around it, from the inside. */
  let places: readonly Element[] = [];
  let isDue = false;
  document.addEventListener("focusin", ({ target }) => {
    places = target instanceof Element ? around(target) : [];
  });
  const restore = () => {
    isDue = false;
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    for (const { id } of places) {
      const place = id ? document.getElementById(id) : null;
      const found = place && focusableIn(place);
      if (found) return found.focus();
    }
  };
  new MutationObserver(() => {
    if (isDue || !places[0] || places[0].isConnected) return;
    isDue = true;
    setTimeout(restore, PATIENCE_MS);
  }).observe(document.body, { childList: true, subtree: true });
}

function around(element: Element): Element[] {
  const places = [];
  for (let place: Element | null = element; place; place = place.parentElement) places.push(place);
  return places;
}

/** In it, or in what is next to where it was. */
function focusableIn(place: Element): HTMLElement | undefined {
  for (const candidate of [place, place.nextElementSibling, place.previousElementSibling]) {
    if (!candidate || !isShown(candidate)) continue;
    const all = [candidate, ...candidate.querySelectorAll(FOCUSABLE)];
    const found = all.find((element) => element.matches(FOCUSABLE) && isShown(element));
    if (found instanceof HTMLElement) return found;
  }
  return undefined;
}

function isShown(element: Element): boolean {
  return element.isConnected && element.getClientRects().length > 0;
}
