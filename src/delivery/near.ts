/**
 * When a fetch is due: at once, a moment later with the others of a crowd, or when the user comes near its target. Uses one
 * IntersectionObserver, so that no layout is forced: where nothing is painted, in a hidden tab, nothing is near.
 */
import { targetOptions } from "../ground/options.ts";
import { watchPage } from "../ground/page-changes.ts";
import { findTargets } from "../ground/targets.ts";

/** Says when; called again when it has become urgent. Returns whether the fetch still waits for its turn. */
export type Start = (isUrgent: boolean) => boolean;

/** How far outside the viewport counts as near: half a screen ahead of somebody who scrolls. */
const MARGIN = "50%";

export class Near {
  readonly #jitter: number;
  readonly #watched = new Map<Element, Set<() => void>>();
  #observer: IntersectionObserver | undefined;

  /** @param jitter over how many milliseconds the browsers of a crowd spread. */
  constructor(jitter: number) {
    this.#jitter = jitter;
  }

  /**
   * @param targets selectors; undefined while nobody knows them.
   * @param isBroadcast many browsers are told to fetch the same at the same moment.
   * @returns the undo, safe to call twice.
   */
  plan(targets: readonly string[] | undefined, isBroadcast: boolean, start: Start): () => void {
    if (!isBroadcast || this.#jitter === 0) return this.#whenDue(targets ?? [], start);
    let undo = () => {};
    const timer = setTimeout(() => {
      undo = this.#whenDue(targets ?? [], start);
    }, Math.random() * this.#jitter);
    return () => {
      clearTimeout(timer);
      undo();
    };
  }

  #whenDue(selectors: readonly string[], start: Start): () => void {
    let targets = selectors.flatMap(findTargets);
    const isLazy = targets.length > 0 && targets.every((target) => targetOptions(target).when === "visible");
    // What has to wait for its turn goes first as soon as it is seen.
    if (!isLazy && !start(false)) return () => {};
    const near = () => void start(true);
    let unwatch = this.#watch(targets, near);
    const removed = () => {
      if (targets.every((target) => target.isConnected)) return;
      unwatch();
      targets = selectors.flatMap(findTargets);
      unwatch = this.#watch(targets, near);
    };
    const forget = watchPage({ removed });
    return () => {
      forget();
      unwatch();
    };
  }

  /** Call `near`, at least once, when one of the elements is near the viewport. */
  #watch(elements: readonly Element[], near: () => void): () => void {
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

  #look(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) for (const near of [...(this.#watched.get(target) ?? [])]) near();
    }
  }

  #forget(element: Element): void {
    this.#watched.delete(element);
    this.#observer?.unobserve(element);
    if (this.#watched.size > 0) return;
    this.#observer?.disconnect();
    this.#observer = undefined;
  }
}
