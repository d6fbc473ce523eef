/** The one observer of the page: tells whoever is interested that elements came, changed or went. Knows no messages. */
import { Timer } from "./timer.ts";

export interface PageListener {
  /** At once, when elements were added, or changed in what may make them a target or free for one. */
  readonly changed?: () => void;
  /** A moment after elements were removed. */
  readonly removed?: () => void;
}

/** Pause between a removal and its notice, in milliseconds: removals come in bursts. */
const SETTLE_MS = 50;
/** What makes an element a target, or one that is in use. */
const ATTRIBUTES = ["id", "class", "open", "aria-modal", "aria-expanded"];

const OBSERVED = { childList: true, subtree: true, attributeFilter: ATTRIBUTES };

const listeners = new Set<PageListener>();
const observer = new MutationObserver((mutations) => {
  for (const { changed } of [...listeners]) changed?.();
  if (mutations.some(({ removedNodes }) => removedNodes.length > 0)) settling.start(SETTLE_MS);
});
const settling = new Timer(() => {
  for (const { removed } of [...listeners]) removed?.();
});

/** Listen until the returned function is called; it is safe to call it twice. */
export function watchPage(listener: PageListener): () => void {
  // One of its own, so that whoever registers twice has to leave twice.
  const own = { ...listener };
  if (listeners.size === 0) observer.observe(document, OBSERVED);
  listeners.add(own);
  return () => {
    listeners.delete(own);
    if (listeners.size > 0) return;
    observer.disconnect();
    settling.stop();
  };
}
