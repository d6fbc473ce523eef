/**
 * Tells when an element is near the viewport, by one IntersectionObserver, so that no layout is forced: the browser looks
 * when it paints. Where nothing is painted, in a hidden tab, nothing is near.
 */

/** How far outside the viewport counts as near: half a screen ahead of somebody who scrolls. */
const MARGIN = "50%";

export class Viewport {
  #observer: IntersectionObserver | undefined;
  readonly #watched = new Map<Element, Set<() => void>>();

  /** Call `near`, at least once, when one of the elements is near the viewport. Returns the undo, safe to call twice. */
  watch(elements: readonly Element[], near: () => void): () => void {
    for (const element of elements) {
      const known = this.#watched.get(element);
      this.#watched.set(element, (known ?? new Set()).add(near));
      this.#observer ??= new IntersectionObserver((entries) => this.#look(entries), { rootMargin: MARGIN });
      // What is observed already would not be reported again.
      if (known) this.#observer.unobserve(element);
      this.#observer.observe(element);
    }
    return () => {
      for (const element of elements) {
        const callbacks = this.#watched.get(element);
        callbacks?.delete(near);
        if (callbacks?.size === 0) this.#forget(element);
      }
    };
  }

  stop(): void {
    this.#observer?.disconnect();
    this.#observer = undefined;
    this.#watched.clear();
  }

  #look(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) for (const near of [...(this.#watched.get(target) ?? [])]) near();
    }
  }

  #forget(element: Element): void {
    this.#watched.delete(element);
    this.#observer?.unobserve(element);
    if (this.#watched.size === 0) this.stop();
  }
}
