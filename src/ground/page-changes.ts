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

const listeners = new Set<PageListener>();
let observer: MutationObserver | undefined;
let seesAttributes = false;
const settling = new Timer(() => {
  for (const { removed } of [...listeners]) removed?.();
});

/** Listen until the returned function is called; it is safe to call it twice. */
export function watchPage(listener: PageListener): () => void {
  // One of its own, so that whoever registers twice has to leave twice.
  const own = { ...listener };
  listeners.add(own);
  observe();
  return () => {
    if (listeners.delete(own)) observe();
  };
}

/** Attributes are looked at only while somebody waits for them. */
function observe(): void {
  if (listeners.size === 0) {
    observer?.disconnect();
    observer = undefined;
    settling.stop();
    return;
  }
  const wantsAttributes = [...listeners].some(({ changed }) => changed);
  if (observer && wantsAttributes === seesAttributes) return;
  seesAttributes = wantsAttributes;
  // What has been seen and not told yet would be lost with the old observer.
  const seen = observer?.takeRecords() ?? [];
  observer?.disconnect();
  observer = new MutationObserver(notice);
  const attributes = wantsAttributes ? { attributeFilter: ATTRIBUTES } : {};
  observer.observe(document, { childList: true, subtree: true, ...attributes });
  if (seen.length > 0) queueMicrotask(() => notice(seen));
}

function notice(mutations: readonly MutationRecord[]): void {
  for (const { changed } of [...listeners]) changed?.();
  if (mutations.some(({ removedNodes }) => removedNodes.length > 0)) settling.start(SETTLE_MS);
}
